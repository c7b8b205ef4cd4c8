#ifndef BOUNCELAB_MODELS_PATH_TRACEROUTE_RESULT_H
#define BOUNCELAB_MODELS_PATH_TRACEROUTE_RESULT_H

#include "formats/clock.h"
#include "models/path/traceroute-config.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::path
{

/// An ICMP message that answers a probe.
struct TracerouteAnswer
{
    Ipv4 from;
    SimTime received{};
    std::uint8_t icmpType = 0; //!< 11 time exceeded, 3 unreachable (RFC 792).
    std::uint8_t icmpCode = 0;
    std::uint8_t ttl = 0; //!< Of the answer as it arrived.
};

struct TracerouteProbe
{
    SimTime sent{};
    std::optional<TracerouteAnswer> answer; //!< Empty: none came in time.
};

struct TracerouteHop
{
    std::uint8_t ttl = 0;
    std::vector<TracerouteProbe> probes;
};

/// What one traceroute measured.
struct TracerouteResult
{
    TracerouteConfig config;
    std::vector<TracerouteHop> hops;
    bool finished = false; //!< False while it runs.
};

/**
 * What `traceroute -n` of BSD writes about its measurements (LBL traceroute 1.4a12, as FreeBSD
 * ships it), heading included; S003-51 to S003-65 are such lines. Times come from stamps in whole
 * microseconds.
 */
std::string TracerouteText(const TracerouteResult& result);

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_TRACEROUTE_RESULT_H

#ifndef BOUNCELAB_MODELS_PATH_TRACEROUTE_RESULT_H
#define BOUNCELAB_MODELS_PATH_TRACEROUTE_RESULT_H

#include "formats/clock.h"
#include "formats/packet.h"
#include "models/path/traceroute-config.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::path
{

/// An ICMP message that answers a probe.
struct TracerouteAnswer
{
    IpAddress from;
    SimTime received{};
    std::uint8_t icmpType = 0; //!< 11 time exceeded, 3 unreachable (RFC 792), also
                               //!< where the message is ICMPv6's.
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
    IpAddress source;
    std::vector<TracerouteHop> hops;
    bool finished = false; //!< False while it runs.

    /// Of a probe: what is left of its size, and at least what the program puts into it.
    std::size_t DataBytes() const
    {
        constexpr std::size_t LEAST = 12;
        const std::size_t headers = (source.IsIpv6() ? IPV6_BYTES : IPV4_BYTES) + UDP_BYTES;
        return std::max<std::size_t>(config.packetBytes, headers + LEAST) - headers;
    }
};

/**
 * What `traceroute -n` of BSD writes about its measurements (LBL traceroute 1.4a12, as FreeBSD
 * ships it; of IPv6 traceroute6), heading included; S003-51 to S003-65 are such lines. Times come
 * from stamps in whole microseconds.
 */
std::string TracerouteText(const TracerouteResult& result);

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_TRACEROUTE_RESULT_H

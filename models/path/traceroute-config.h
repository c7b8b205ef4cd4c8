#ifndef BOUNCELAB_MODELS_PATH_TRACEROUTE_CONFIG_H
#define BOUNCELAB_MODELS_PATH_TRACEROUTE_CONFIG_H

#include "formats/address.h"
#include "formats/describe.h"

#include <cstdint>

namespace bouncelab::path
{

/// One call of BSD `traceroute -n`; the defaults are that program's.
struct TracerouteConfig
{
    Ipv4 target;
    std::uint8_t maxHops = 64;
    std::uint8_t probes = 3;
    std::uint16_t packetBytes = 40;
    std::uint16_t basePort = 33434;
    std::uint16_t sourcePort = 0;
    Nanoseconds timeout{5000000000};
    Nanoseconds turnround{60000};
};

template <class Visitor>
void
Describe(Visitor& v, TracerouteConfig& c)
{
    v.Field("target", c.target, {"Address whose path is traced.", "", 0, 0, true});
    v.Field("max-hops", c.maxHops, {"Gives up behind this hop.", "", 1, 255});
    v.Field("probes", c.probes, {"Probes sent to each hop.", "", 1, 10});
    v.Field("packet-bytes", c.packetBytes, {"Size of a probe's IP packet.", "bytes", 40, 1500});
    v.Field("base-port",
            c.basePort,
            {"The n-th probe goes to this UDP port plus n.", "", 1, 65000});
    v.Field("source-port",
            c.sourcePort,
            {"UDP port of the probes; 0 = from the process number, as the program does."});
    v.Field("timeout", c.timeout, {"Waits this long for an answer.", "", 1e6, 60e9});
    v.Field("turnround",
            c.turnround,
            {"Time that the program takes from one answer to the next probe.", "", 0, 1e9});
}

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_TRACEROUTE_CONFIG_H

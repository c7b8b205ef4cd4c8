#ifndef BOUNCELAB_MODELS_PATH_TRACEROUTE_CONFIG_H
#define BOUNCELAB_MODELS_PATH_TRACEROUTE_CONFIG_H

#include "formats/address.h"
#include "formats/field.h"

#include <cstdint>

namespace bouncelab::path
{

/// One call of BSD `traceroute -n`; the defaults are that program's.
struct TracerouteConfig
{
    IpAddress target = Field(&target, "target").Required() | "Address whose path is traced.";
    std::uint8_t maxHops =
        Field(&maxHops, "max-hops", 64).Range(1, 255) | "Gives up behind this hop.";
    std::uint8_t probes = Field(&probes, "probes", 3).Range(1, 10) | "Probes sent to each hop.";
    std::uint16_t packetBytes =
        Field(&packetBytes, "packet-bytes", 40).Unit("bytes").Range(40, 1500) |
        "Size of a probe's IP packet.";
    std::uint16_t basePort = Field(&basePort, "base-port", 33434).Range(1, 65000) |
                             "The n-th probe goes to this UDP port plus n.";
    std::uint16_t sourcePort =
        Field(&sourcePort, "source-port") |
        "UDP port of the probes; 0 = from the process number, as the program does.";
    Nanoseconds timeout = Field(&timeout, "timeout", Nanoseconds(5000000000)).Range(1e6, 60e9) |
                          "Waits this long for an answer.";
    Nanoseconds turnround = Field(&turnround, "turnround", Nanoseconds(60000)).Range(0, 1e9) |
                            "Time that the program takes from one answer to the next probe.";
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_TRACEROUTE_CONFIG_H

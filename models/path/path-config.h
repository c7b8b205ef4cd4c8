#ifndef BOUNCELAB_MODELS_PATH_PATH_CONFIG_H
#define BOUNCELAB_MODELS_PATH_PATH_CONFIG_H

#include "formats/address.h"
#include "formats/field.h"

#include <array>
#include <cstdint>
#include <vector>

namespace bouncelab::path
{

/// How the hops of a path are simulated; the captures are the same bytes either way.
enum class PathForm
{
    Channel, //!< All hops inside one channel: an event per packet and cut, not per hop.
    Routers, //!< An ns-3 node per hop: the reference.
};

constexpr auto
EnumNames(PathForm)
{
    return std::array<EnumName<PathForm>, 2>{
        {{"channel", PathForm::Channel}, {"routers", PathForm::Routers}}};
}

/**
 * One hop: the link that leads to it from the hop before, and the router (or, at the end, the host)
 * behind that link.
 */
struct HopConfig
{
    IpAddress address =
        Field(&address, "address").Required() | "Address that the hop answers from.";
    Nanoseconds delay =
        Field(&delay, "delay").Range(0, 10e9) | "One-way delay of the link to this hop.";
    Nanoseconds jitter =
        Field(&jitter, "jitter").Range(0, 1e9) |
        "Uniform addition to the delay, drawn per packet and direction; never reorders.";
    std::uint64_t bitsPerSecond =
        Field(&bitsPerSecond, "bits-per-second", 1000000000).Unit("bit/s").Range(1000, 1e12) |
        "Rate of the link.";
    std::uint32_t lossPerMillion =
        Field(&lossPerMillion, "loss-per-million").Unit("ppm").Range(0, 1e6) |
        "Packets lost on the link, each way.";
    Nanoseconds icmpDelay = Field(&icmpDelay, "icmp-delay").Range(0, 1e9) |
                            "Time that the router takes to make an ICMP message.";
    Nanoseconds icmpJitter =
        Field(&icmpJitter, "icmp-jitter").Range(0, 1e9) | "Uniform addition to it.";
    std::uint32_t icmpSlowPerMillion =
        Field(&icmpSlowPerMillion, "icmp-slow-per-million").Unit("ppm").Range(0, 1e6) |
        "How often the router is busy and takes longer by up to `icmp-slow`.";
    Nanoseconds icmpSlow =
        Field(&icmpSlow, "icmp-slow").Range(0, 1e9) | "Upper end of that uniform addition.";
    std::uint8_t icmpTtl = Field(&icmpTtl, "icmp-ttl", 255).Range(1, 255) |
                           "Initial TTL of the router's ICMP messages.";
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_PATH_CONFIG_H

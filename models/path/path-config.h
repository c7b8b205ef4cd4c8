#ifndef BOUNCELAB_MODELS_PATH_PATH_CONFIG_H
#define BOUNCELAB_MODELS_PATH_PATH_CONFIG_H

#include "formats/address.h"
#include "formats/describe.h"

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
    Ipv4 address;
    Nanoseconds delay{0};
    Nanoseconds jitter{0};
    std::uint64_t bitsPerSecond = 1000000000;
    std::uint32_t lossPerMillion = 0;
    Nanoseconds icmpDelay{0};
    Nanoseconds icmpJitter{0};
    std::uint32_t icmpSlowPerMillion = 0;
    Nanoseconds icmpSlow{0};
    std::uint8_t icmpTtl = 255;
};

template <class Visitor>
void
Describe(Visitor& v, HopConfig& h)
{
    v.Field("address", h.address, {"Address that the hop answers from.", "", 0, 0, true});
    v.Field("delay", h.delay, {"One-way delay of the link to this hop.", "", 0, 10e9});
    v.Field("jitter",
            h.jitter,
            {"Uniform addition to the delay, drawn per packet and direction; never reorders.",
             "",
             0,
             1e9});
    v.Field("bits-per-second", h.bitsPerSecond, {"Rate of the link.", "bit/s", 1000, 1e12});
    v.Field("loss-per-million",
            h.lossPerMillion,
            {"Packets lost on the link, each way.", "ppm", 0, 1e6});
    v.Field("icmp-delay",
            h.icmpDelay,
            {"Time that the router takes to make an ICMP message.", "", 0, 1e9});
    v.Field("icmp-jitter", h.icmpJitter, {"Uniform addition to it.", "", 0, 1e9});
    v.Field("icmp-slow-per-million",
            h.icmpSlowPerMillion,
            {"How often the router is busy and takes longer by up to `icmp-slow`.", "ppm", 0, 1e6});
    v.Field("icmp-slow", h.icmpSlow, {"Upper end of that uniform addition.", "", 0, 1e9});
    v.Field("icmp-ttl", h.icmpTtl, {"Initial TTL of the router's ICMP messages.", "", 1, 255});
}

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_PATH_CONFIG_H

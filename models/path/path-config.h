#ifndef BOUNCELAB_MODELS_PATH_PATH_CONFIG_H
#define BOUNCELAB_MODELS_PATH_PATH_CONFIG_H

#include "formats/address.h"
#include "formats/field.h"

#include <array>
#include <cstdint>
#include <optional>
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

/// What is sent round a detour as one.
enum class DetourUnit
{
    Flow,   //!< Packets of one protocol, source and destination, ports included (ECMP).
    Packet, //!< Each for itself.
};

constexpr auto
EnumNames(DetourUnit)
{
    return std::array<EnumName<DetourUnit>, 2>{
        {{"flow", DetourUnit::Flow}, {"packet", DetourUnit::Packet}}};
}

/// Which way a detour leads; outward is from the beginning of the path to its end.
enum class DetourDirection
{
    Both,
    Outward,
    Inward,
};

constexpr auto
EnumNames(DetourDirection)
{
    return std::array<EnumName<DetourDirection>, 3>{{{"both", DetourDirection::Both},
                                                     {"outward", DetourDirection::Outward},
                                                     {"inward", DetourDirection::Inward}}};
}

/// A second way from one hop to the next, over routers that answer nothing. Each direction draws
/// for itself.
struct DetourConfig
{
    std::uint8_t hops =
        Field(&hops, "hops", 1).Range(1, 64) | "Routers on it: the TTL is lower by as many.";
    Nanoseconds delay = Field(&delay, "delay").Range(0, 10e9) |
                        "How much later a packet arrives over it; others may overtake it.";
    std::uint32_t perMillion =
        Field(&perMillion, "per-million", 1000000).Unit("ppm").Range(0, 1e6) |
        "Share that takes it.";
    DetourDirection direction = Field(&direction, "direction", DetourDirection::Both) |
                                "Which way it leads: one alone makes the route asymmetric.";
    DetourUnit by = Field(&by, "by", DetourUnit::Flow) | "Share of what.";
    Nanoseconds from = Field(&from, "from").Range(0, 1e18) | "When the route begins to lead there.";
    Nanoseconds until = Field(&until, "until").Range(0, 1e18) |
                        "When it leads there no longer; 0 = as long as the run lasts.";
};

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
    std::uint32_t duplicatePerMillion =
        Field(&duplicatePerMillion, "duplicate-per-million").Unit("ppm").Range(0, 1e6) |
        "Packets that the link delivers twice, each way.";
    Nanoseconds duplicateDelay = Field(&duplicateDelay, "duplicate-delay").Range(0, 10e9) |
                                 "How much later the copy arrives; 0 = right behind.";
    std::uint32_t reorderPerMillion =
        Field(&reorderPerMillion, "reorder-per-million").Unit("ppm").Range(0, 1e6) |
        "Packets that are held back at the end of the link, each way.";
    Nanoseconds reorderDelay =
        Field(&reorderDelay, "reorder-delay", Nanoseconds(1000000)).Range(1, 10e9) |
        "How long they are held back; others overtake them meanwhile.";
    std::uint32_t queuePackets =
        Field(&queuePackets, "queue-packets").Unit("packets").Range(0, 1e6) |
        "Packets that may wait for the link, each way; what comes when it is full is dropped. 0 = "
        "as many as come.";
    std::uint32_t queueBytes = Field(&queueBytes, "queue-bytes").Unit("bytes").Range(0, 1e9) |
                               "Octets of packets that may wait for the link, each way, likewise.";
    std::uint16_t mtu =
        Field(&mtu, "mtu").Unit("bytes").Range(0, 65535) |
        "Longest packet that the link takes, at least 576, over IPv6 1280; the router before it "
        "drops longer ones. 0 = any. Not of a first or last link.";
    bool icmpTooBig = Field(&icmpTooBig, "icmp-too-big", true) |
                      "That router tells the sender so; off = a black hole.";
    std::uint16_t mssLimit =
        Field(&mssLimit, "mss-limit").Unit("bytes").Range(0, 65495) |
        "Lowers what SYNs that pass the link, either way, offer as maximum segment size; 0 = no.";
    bool stripsTimestamps = Field(&stripsTimestamps, "strips-timestamps") |
                            "Puts NOPs in the place of the timestamps option of such SYNs.";
    Nanoseconds sleepsAfter =
        Field(&sleepsAfter, "sleeps-after").Range(0, 3600e9) |
        "After so long without a packet the link sleeps, each way for itself, as radio links do "
        "that give their channel back; 0 = never. It is asleep at the start.";
    Nanoseconds wakeDelay = Field(&wakeDelay, "wake-delay").Range(0, 60e9) |
                            "How long it takes to wake; what comes meanwhile waits.";
    std::optional<DetourConfig> detour =
        Field(&detour, "detour") | "A second way for some of what takes the link.";
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

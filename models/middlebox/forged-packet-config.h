#ifndef BOUNCELAB_MODELS_MIDDLEBOX_FORGED_PACKET_CONFIG_H
#define BOUNCELAB_MODELS_MIDDLEBOX_FORGED_PACKET_CONFIG_H

#include "formats/field.h"

#include <array>
#include <cstdint>
#include <string>

namespace bouncelab::middlebox
{

/// What a forged segment is, by its control bits.
enum class ForgedKind
{
    Data,     //!< ACK and a payload.
    Reset,    //!< RST alone.
    ResetAck, //!< RST and ACK.
    Finish,   //!< FIN and ACK.
    SynAck,   //!< SYN and ACK.
};

constexpr auto
EnumNames(ForgedKind)
{
    return std::array<EnumName<ForgedKind>, 5>{{{"data", ForgedKind::Data},
                                                {"reset", ForgedKind::Reset},
                                                {"reset-ack", ForgedKind::ResetAck},
                                                {"finish", ForgedKind::Finish},
                                                {"syn-ack", ForgedKind::SynAck}}};
}

/// Who receives it; it is sent in the other one's name.
enum class ForgedToward
{
    Client,
    Server,
};

constexpr auto
EnumNames(ForgedToward)
{
    return std::array<EnumName<ForgedToward>, 2>{
        {{"client", ForgedToward::Client}, {"server", ForgedToward::Server}}};
}

enum class TtlRule
{
    Value,     //!< The number itself.
    Trigger,   //!< What the trigger has where it passes the injector.
    Sender,    //!< What the last genuine packet of the side that it names had there.
    Scattered, //!< Drawn from the number up to 255 for each packet.
};

constexpr auto
EnumNames(TtlRule)
{
    return std::array<EnumName<TtlRule>, 4>{{{"value", TtlRule::Value},
                                             {"trigger", TtlRule::Trigger},
                                             {"sender", TtlRule::Sender},
                                             {"scattered", TtlRule::Scattered}}};
}

enum class IpIdRule
{
    Value,          //!< The number itself.
    Trigger,        //!< The trigger's plus the number.
    Random,         //!< Drawn for each packet.
    Counter,        //!< The number, and one more for each packet that the device has forged.
    SwappedCounter, //!< The same with its octets swapped, as little-endian machines forget to.
};

constexpr auto
EnumNames(IpIdRule)
{
    return std::array<EnumName<IpIdRule>, 5>{{{"value", IpIdRule::Value},
                                              {"trigger", IpIdRule::Trigger},
                                              {"random", IpIdRule::Random},
                                              {"counter", IpIdRule::Counter},
                                              {"swapped-counter", IpIdRule::SwappedCounter}}};
}

enum class FlowLabelRule
{
    Zero,
    Sender, //!< That of the side in whose name it is sent.
};

constexpr auto
EnumNames(FlowLabelRule)
{
    return std::array<EnumName<FlowLabelRule>, 2>{
        {{"zero", FlowLabelRule::Zero}, {"sender", FlowLabelRule::Sender}}};
}

enum class WindowRule
{
    Value,   //!< The number itself.
    Trigger, //!< The trigger's.
    Ttl,     //!< The number plus the TTL: both count in lockstep.
    Counter, //!< The number, and `window-step` more for each packet that the device has forged.
};

constexpr auto
EnumNames(WindowRule)
{
    return std::array<EnumName<WindowRule>, 4>{{{"value", WindowRule::Value},
                                                {"trigger", WindowRule::Trigger},
                                                {"ttl", WindowRule::Ttl},
                                                {"counter", WindowRule::Counter}}};
}

/// The timestamps option of a forged segment.
enum class TimestampRule
{
    None,
    Value,  //!< The number, which echoes nothing.
    Sender, //!< The last ones of both sides, where the connection has any.
};

constexpr auto
EnumNames(TimestampRule)
{
    return std::array<EnumName<TimestampRule>, 3>{{{"none", TimestampRule::None},
                                                   {"value", TimestampRule::Value},
                                                   {"sender", TimestampRule::Sender}}};
}

/// The acknowledgment number of a forged segment that has one.
enum class AckRule
{
    TriggerEnd, //!< What its receiver has sent up to the trigger's end.
    Zero,
};

constexpr auto
EnumNames(AckRule)
{
    return std::array<EnumName<AckRule>, 2>{
        {{"trigger-end", AckRule::TriggerEnd}, {"zero", AckRule::Zero}}};
}

/// One packet that an injector forges, or several copies that count up (facts I19 to I26).
struct ForgedPacketConfig
{
    ForgedKind kind = Field(&kind, "kind") | "What the forged packet is.";
    ForgedToward toward = Field(&toward, "toward") |
                          "Who receives the forged packet; it is sent in the other side's name.";
    std::string payload =
        Field(&payload, "payload", "500 error\r\n") | "Bytes that data carry; see `carries`.";
    bool carries = Field(&carries, "carries") |
                   "Packets other than data carry the payload too, as some resets do.";
    std::uint32_t copies = Field(&copies, "copies", 1).Range(1, 16) | "How many of it are sent.";
    Nanoseconds after = Field(&after, "after").Range(0, 60e9) |
                        "From the end of the processing delay to the first of them.";
    Nanoseconds spacing = Field(&spacing, "spacing", Nanoseconds(10000)).Range(0, 10e9) |
                          "From one copy to the next.";
    std::uint8_t ttl = Field(&ttl, "ttl", 64).Range(1, 255) |
                       "Initial TTL, or hop limit, of the forged packet; see `ttl-rule`.";
    TtlRule ttlRule = Field(&ttlRule, "ttl-rule") | "Where its TTL comes from.";
    std::uint8_t ttlStep = Field(&ttlStep, "ttl-step") |
                           "Added to the TTL from one trigger to the next; beyond 255 it begins "
                           "again at `ttl`.";
    std::uint8_t ttlCopyStep =
        Field(&ttlCopyStep, "ttl-copy-step") | "The same from one copy to the next.";
    std::int32_t ipId = Field(&ipId, "ip-id", 64).Range(-65535, 65535) |
                        "IP identification of the forged packet; see `ip-id-rule`.";
    IpIdRule ipIdRule = Field(&ipIdRule, "ip-id-rule") | "Where its IP identification comes from.";
    std::uint16_t ipIdStep =
        Field(&ipIdStep, "ip-id-step") | "Added to the IP identification from copy to copy.";
    FlowLabelRule flowLabelRule =
        Field(&flowLabelRule, "flow-label-rule") |
        "Where its flow label comes from, over IPv6, which has no IP identification and no DF.";
    bool dontFragment = Field(&dontFragment, "dont-fragment") | "DF of the forged packet.";
    std::uint16_t window =
        Field(&window, "window") | "Window field of the forged packet; see `window-rule`.";
    WindowRule windowRule = Field(&windowRule, "window-rule") | "Where its window comes from.";
    std::uint16_t windowStep =
        Field(&windowStep, "window-step") | "Added to the window from copy to copy.";
    bool push = Field(&push, "push", true) | "PSH of forged data.";
    std::uint8_t reservedBits =
        Field(&reservedBits, "reserved-bits").Range(0, 15) |
        "The four bits between data offset and control bits of the TCP header.";
    std::int32_t sequenceOffset = Field(&sequenceOffset, "sequence-offset").Unit("bytes") |
                                  "Added to the sequence number that fits.";
    std::uint32_t sequenceStep = Field(&sequenceStep, "sequence-step").Unit("bytes") |
                                 "Added to the sequence number from copy to copy.";
    TimestampRule timestampRule =
        Field(&timestampRule, "timestamp-rule") | "Where its timestamps option comes from.";
    std::uint32_t timestamp =
        Field(&timestamp, "timestamp") | "Timestamp of the rule `value`: a wrong one.";
    AckRule ackRule = Field(&ackRule, "ack-rule") | "What it acknowledges.";
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_FORGED_PACKET_CONFIG_H

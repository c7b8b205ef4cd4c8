#ifndef BOUNCELAB_MODELS_MIDDLEBOX_FLOW_WATCH_CONFIG_H
#define BOUNCELAB_MODELS_MIDDLEBOX_FLOW_WATCH_CONFIG_H

#include "formats/field.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::middlebox
{

/// What a device acts on.
enum class TriggerKind
{
    Command, //!< A line of the client's stream whose verb is `command`.
    Line,    //!< Any line of the client's stream, whatever protocol it is.
    Segment, //!< The payload of a single packet, of either side: nothing is put together.
    Syn,     //!< The client's SYN.
    SynAck,  //!< The server's answer to it.
    None,    //!< Nothing in particular: whatever passes, once a flow; see `acts-after`.
};

constexpr auto
EnumNames(TriggerKind)
{
    return std::array<EnumName<TriggerKind>, 6>{{{"command", TriggerKind::Command},
                                                 {"line", TriggerKind::Line},
                                                 {"segment", TriggerKind::Segment},
                                                 {"syn", TriggerKind::Syn},
                                                 {"syn-ack", TriggerKind::SynAck},
                                                 {"none", TriggerKind::None}}};
}

/// Which packets pass a device; outward is from the beginning of the path to its end.
enum class WatchedDirection
{
    Both,
    Outward,
    Inward,
};

constexpr auto
EnumNames(WatchedDirection)
{
    return std::array<EnumName<WatchedDirection>, 3>{{{"both", WatchedDirection::Both},
                                                      {"outward", WatchedDirection::Outward},
                                                      {"inward", WatchedDirection::Inward}}};
}

/// A packet that closes a flow, by its control bits.
enum class ClosingPacket
{
    Reset,
    ResetAck,
    Finish, //!< Without ACK, as no host sends it.
    FinishAck,
};

constexpr auto
EnumNames(ClosingPacket)
{
    return std::array<EnumName<ClosingPacket>, 4>{{{"rst", ClosingPacket::Reset},
                                                   {"rst-ack", ClosingPacket::ResetAck},
                                                   {"fin", ClosingPacket::Finish},
                                                   {"fin-ack", ClosingPacket::FinishAck}}};
}

/// Which closing packets concern a flow.
enum class ClosingScope
{
    Client,    //!< Those that the client of the flow sends.
    Addresses, //!< Any between the two addresses, whatever the ports.
    Tuple,     //!< Those of the flow, of either side.
    Sequence,  //!< The client's that have the sequence number due.
    None,
};

constexpr auto
EnumNames(ClosingScope)
{
    return std::array<EnumName<ClosingScope>, 5>{{{"client", ClosingScope::Client},
                                                  {"addresses", ClosingScope::Addresses},
                                                  {"tuple", ClosingScope::Tuple},
                                                  {"sequence", ClosingScope::Sequence},
                                                  {"none", ClosingScope::None}}};
}

/// How a device beside or in a path follows flows, and what it takes for its trigger (facts I18,
/// I20, I26).
struct FlowWatchConfig
{
    TriggerKind trigger = Field(&trigger, "trigger") | "What it acts on.";
    std::string command =
        Field(&command, "command", "RCPT") | "SMTP verb that it acts on, in any case.";
    std::string pattern =
        Field(&pattern, "pattern") |
        "Text that the command, line or payload must contain, in any case; empty = any.";
    Nanoseconds actsAfter = Field(&actsAfter, "acts-after").Range(0, 1e15) |
                            "With the trigger `none`: so long after it has learned of a flow at "
                            "the earliest. What it misses makes way for the next packet.";
    WatchedDirection sees =
        Field(&sees, "sees") | "Which packets pass it: one way alone where routes are asymmetric.";
    bool needsHandshake =
        Field(&needsHandshake, "needs-handshake") |
        "Acts on flows only of which it has seen SYN, answer, and the answer's acknowledgment.";
    bool needsSyn =
        Field(&needsSyn, "needs-syn", true) | "Acts on flows only whose SYN it has seen.";
    bool learnsFromSynAck = Field(&learnsFromSynAck, "learns-from-syn-ack") |
                            "A server's SYN-ACK makes a flow known, too.";
    bool inOrderOnly = Field(&inOrderOnly, "in-order-only") |
                       "With the trigger `segment`, overlooks what does not have the client's "
                       "sequence number due, and so whatever the server says.";
    ClosingScope forgetsBy = Field(&forgetsBy, "forgets-by") |
                             "Whose closing packets make it forget a flow. Without `needs-syn` it "
                             "is blind to what it has forgotten until the next SYN, unless the "
                             "rule is `client`.";
    std::vector<ClosingPacket> closing = Field(&closing,
                                               "closing",
                                               {ClosingPacket::Reset,
                                                ClosingPacket::ResetAck,
                                                ClosingPacket::Finish,
                                                ClosingPacket::FinishAck}) |
                                         "What a closing packet is.";
    bool resynchronizesAfterClose =
        Field(&resynchronizesAfterClose, "resynchronizes-after-close") |
        "In the place of forgetting a flow it goes on from the client's next packet.";
    bool resynchronizesOnAck = Field(&resynchronizesOnAck, "resynchronizes-on-ack") |
                               "Goes on from the sequence number of each bare ACK of the client.";
    bool checksChecksums =
        Field(&checksChecksums, "checks-checksums") | "Overlooks segments whose checksum is wrong.";
    bool plainHeadersOnly = Field(&plainHeadersOnly, "plain-headers-only") |
                            "Overlooks segments whose TCP header has options.";
    std::uint32_t flowSharePerMillion =
        Field(&flowSharePerMillion, "flow-share-per-million", 1000000).Unit("ppm").Range(0, 1e6) |
        "Share of the flows that it watches, chosen by addresses and ports.";
    std::uint32_t missPerMillion =
        Field(&missPerMillion, "miss-per-million").Unit("ppm").Range(0, 1e6) |
        "How often it misses a trigger.";
    std::vector<std::uint32_t> missByHour =
        Field(&missByHour, "miss-per-million-by-hour") |
        "The same from midnight UTC, one number an hour, in ppm; empty: `miss-per-million`.";
};

/// What is wrong with it beyond single values, one clear line each.
std::vector<std::string> Faults(const FlowWatchConfig& config);

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_FLOW_WATCH_CONFIG_H

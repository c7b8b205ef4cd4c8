#ifndef BOUNCELAB_MODELS_HOST_STACK_PROFILE_H
#define BOUNCELAB_MODELS_HOST_STACK_PROFILE_H

#include "formats/field.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::host
{

/// How the 16-bit IP identification field is filled.
enum class IpIdPolicy
{
    HostCounter, //!< One counter for all packets of the host (BSD, Windows).
    FlowCounter, //!< One counter per connection from a random start (Linux 2.4 and later).
    Zero,
};

constexpr auto
EnumNames(IpIdPolicy)
{
    return std::array<EnumName<IpIdPolicy>, 3>{{{"host-counter", IpIdPolicy::HostCounter},
                                                {"flow-counter", IpIdPolicy::FlowCounter},
                                                {"zero", IpIdPolicy::Zero}}};
}

/// What becomes of a segment whose ACK field covers data never sent (S003-29).
enum class AckOfUnsent
{
    Process,   //!< The ACK field is ignored, data and FIN are taken (Linux before about 2.6.30).
    Discard,   //!< Answered with an ACK and dropped (RFC 9293 3.10.7.4).
    Challenge, //!< As Discard, with the answers rate-limited (RFC 5961 5.2).
};

constexpr auto
EnumNames(AckOfUnsent)
{
    return std::array<EnumName<AckOfUnsent>, 3>{{{"process", AckOfUnsent::Process},
                                                 {"discard", AckOfUnsent::Discard},
                                                 {"challenge", AckOfUnsent::Challenge}}};
}

/// How an incoming RST is checked.
enum class ResetCheck
{
    Window,    //!< Anywhere in the receive window (RFC 793).
    Exact,     //!< Exactly at rcv_nxt, else silence (FreeBSD 6).
    Challenge, //!< Exactly at rcv_nxt, else a challenge ACK (RFC 5961 3.2).
    Unchecked, //!< Any sequence number.
};

constexpr auto
EnumNames(ResetCheck)
{
    return std::array<EnumName<ResetCheck>, 4>{{{"window", ResetCheck::Window},
                                                {"exact", ResetCheck::Exact},
                                                {"challenge", ResetCheck::Challenge},
                                                {"unchecked", ResetCheck::Unchecked}}};
}

/// Of which resets the TTL is compared with that of the connection.
enum class ResetTtlCheck
{
    None,
    Bare, //!< Those without ACK.
    Any,
};

constexpr auto
EnumNames(ResetTtlCheck)
{
    return std::array<EnumName<ResetTtlCheck>, 3>{{{"none", ResetTtlCheck::None},
                                                   {"bare", ResetTtlCheck::Bare},
                                                   {"any", ResetTtlCheck::Any}}};
}

/// What a listening port makes of a SYN with FIN.
enum class SynFin
{
    Accept,  //!< A SYN like any other; the FIN comes again (RFC 9293 3.10.7.2).
    Reset,   //!< Answered as at a closed port (Windows since Vista).
    Discard, //!< Dropped (Linux today).
};

constexpr auto
EnumNames(SynFin)
{
    return std::array<EnumName<SynFin>, 3>{
        {{"accept", SynFin::Accept}, {"reset", SynFin::Reset}, {"discard", SynFin::Discard}}};
}

/// How the advertised window moves when the application reads slowly or in small steps.
enum class WindowUpdate
{
    Always,   //!< Every segment shows the room there is (BSD, Linux).
    MssSteps, //!< The right edge moves only by a full MSS or half the buffer (S002-20, Windows).
    Clamped,  //!< The window stays full while unread data fit in as much room again (Linux).
};

constexpr auto
EnumNames(WindowUpdate)
{
    return std::array<EnumName<WindowUpdate>, 3>{{{"always", WindowUpdate::Always},
                                                  {"mss-steps", WindowUpdate::MssSteps},
                                                  {"clamped", WindowUpdate::Clamped}}};
}

/// Which incoming segments refresh ts_recent, the timestamp that is echoed (S003-32).
enum class TimestampEcho
{
    AfterTrim,  //!< Only a segment that brings something new (BSD trims first).
    BeforeTrim, //!< Any acceptable segment at or below the last ACK sent (RFC 7323 4.3).
};

constexpr auto
EnumNames(TimestampEcho)
{
    return std::array<EnumName<TimestampEcho>, 2>{
        {{"after-trim", TimestampEcho::AfterTrim}, {"before-trim", TimestampEcho::BeforeTrim}}};
}

/// Which source port a connection gets (RFC 6056 3.3), within the profile's range.
enum class EphemeralPorts
{
    Sequential,     //!< One after another, whoever the peer is (BSD of old, Windows, Linux 2.4).
    PerDestination, //!< One after another from an offset for each destination (algorithm 3; Linux).
    Random,         //!< Any that is free (algorithm 1; FreeBSD since 5.3).
};

constexpr auto
EnumNames(EphemeralPorts)
{
    return std::array<EnumName<EphemeralPorts>, 3>{
        {{"sequential", EphemeralPorts::Sequential},
         {"per-destination", EphemeralPorts::PerDestination},
         {"random", EphemeralPorts::Random}}};
}

/// From where the timestamp clock counts (RFC 7323 5.4).
enum class TimestampOrigin
{
    Boot,       //!< From the boot of the machine: one clock for all peers.
    Peer,       //!< From an offset for each peer (Linux since 4.10).
    Connection, //!< From an offset for each connection (FreeBSD).
};

constexpr auto
EnumNames(TimestampOrigin)
{
    return std::array<EnumName<TimestampOrigin>, 3>{{{"boot", TimestampOrigin::Boot},
                                                     {"peer", TimestampOrigin::Peer},
                                                     {"connection", TimestampOrigin::Connection}}};
}

/**
 * What makes a TCP/IP stack recognizable on the wire, and what it does with segments that a polite
 * peer never sends. A profile is a file in models/personas/stacks; it holds nothing of one machine
 * (see HostStart for that).
 */
struct StackProfile
{
    static constexpr std::string_view FOLDER = "stacks"; //!< Of personas.

    std::string description = Field(&description, "description") | "The system in a few words.";
    std::uint8_t ttl = Field(&ttl, "ttl", 64).Range(1, 255) | "Initial TTL of every packet.";
    bool dontFragment = Field(&dontFragment, "dont-fragment", true) |
                        "Sets DF on TCP segments (path MTU discovery).";
    bool resetsDontFragment =
        Field(&resetsDontFragment, "resets-dont-fragment", true) |
        "Sets DF on RSTs as well, where `dont-fragment` is on (Windows did not before Vista).";
    bool flowLabels = Field(&flowLabels, "flow-labels") |
                      "Gives each TCP connection over IPv6 a flow label of its own; else it is 0.";
    bool datagramsDontFragment =
        Field(&datagramsDontFragment, "datagrams-dont-fragment") |
        "Sets DF on UDP datagrams as well; their identification is 0 then, unless the host has one "
        "counter for all (Linux).";
    IpIdPolicy ipId =
        Field(&ipId, "ip-id", IpIdPolicy::FlowCounter) | "How the IP identification is filled.";
    bool zeroIdOnSynAck =
        Field(&zeroIdOnSynAck, "zero-id-on-syn-ack") |
        "A SYN-ACK, sent before the connection has a socket, carries identification 0 (Linux).";
    EphemeralPorts ephemeralPorts =
        Field(&ephemeralPorts, "ephemeral-ports", EphemeralPorts::Sequential) |
        "Which source port a connection gets.";
    std::uint16_t firstEphemeralPort =
        Field(&firstEphemeralPort, "first-ephemeral-port", 49152).Range(1024, 65535) |
        "Lowest source port that is chosen.";
    std::uint16_t lastEphemeralPort =
        Field(&lastEphemeralPort, "last-ephemeral-port", 65535).Range(1024, 65535) |
        "Highest source port that is chosen, at least `first-ephemeral-port`.";
    std::uint16_t mss = Field(&mss, "mss", 1460).Unit("bytes").Range(88, 65495) |
                        "Maximum segment size announced in SYN and SYN-ACK.";
    std::uint32_t synWindow = Field(&synWindow, "syn-window", 65535).Unit("bytes").Range(1, 65535) |
                              "Window shown in a SYN.";
    std::optional<std::uint32_t> synAckWindow =
        Field(&synAckWindow, "syn-ack-window").Unit("bytes").Range(1, 65535) |
        "Window shown in a SYN-ACK; not given = `syn-window`.";
    std::optional<std::uint32_t> plainSynAckWindow =
        Field(&plainSynAckWindow, "plain-syn-ack-window").Unit("bytes").Range(1, 65535) |
        "Window shown in a SYN-ACK without timestamps; not given = `syn-ack-window`.";
    std::uint32_t receiveBuffer =
        Field(&receiveBuffer, "receive-buffer", 65535).Unit("bytes").Range(1024, 1048576) |
        "Receive buffer: the window of an idle reader after the handshake.";
    std::uint8_t windowScale = Field(&windowScale, "window-scale").Unit("bits").Range(0, 14) |
                               "Shift announced where `scaling` is on.";
    bool timestamps = Field(&timestamps, "timestamps", true) |
                      "Accepts TCP timestamps (RFC 7323), and offers them where `syn-options` has "
                      "`ts`.";
    bool sackPermitted = Field(&sackPermitted, "sack-permitted", true) |
                         "Accepts SACK (RFC 2018), and offers it where `syn-options` has `sackok`.";
    bool scaling = Field(&scaling, "scaling", true) |
                   "Accepts window scaling (RFC 7323), and offers it where `syn-options` has `ws`.";
    bool ecn = Field(&ecn, "ecn") |
               "Accepts ECN in a SYN-ACK (RFC 3168 6.1.1). It offers none and marks no packet.";
    std::vector<std::string> synOptions =
        Field(&synOptions,
              "syn-options",
              {"mss", "nop", "ws", "nop", "nop", "ts", "sackok", "eol"}) |
        "Order of the options of a SYN: `mss`, `nop`, `ws`, `ts`, `sackok`, `eol`. An option that "
        "was not negotiated is left out together with the NOPs before it; two NOPs stand for a "
        "`sackok` before `ts`, and `eol` only fills up to four octets.";
    std::vector<std::string> synAckOptions =
        Field(&synAckOptions, "syn-ack-options") |
        "Order of the options of a SYN-ACK; empty means as in `syn-options`.";
    std::vector<std::string> plainSynAckOptions =
        Field(&plainSynAckOptions, "plain-syn-ack-options") |
        "Order of the options of a SYN-ACK without timestamps; empty means as in "
        "`syn-ack-options`.";
    bool zeroTimestampOnSynAck =
        Field(&zeroTimestampOnSynAck, "zero-timestamp-on-syn-ack") |
        "A SYN-ACK carries timestamp 0 and echoes none; later segments have the clock (Windows "
        "before Vista).";
    std::uint32_t timestampHz =
        Field(&timestampHz, "timestamp-hz", 1000).Unit("ticks/s").Range(1, 1000000) |
        "Rate of the timestamp clock.";
    TimestampOrigin timestampOrigin =
        Field(&timestampOrigin, "timestamp-origin", TimestampOrigin::Boot) |
        "From where the timestamp clock counts.";
    TimestampEcho timestampEcho =
        Field(&timestampEcho, "timestamp-echo", TimestampEcho::BeforeTrim) |
        "Which segments refresh the echoed timestamp.";
    bool acceptsMissingTimestamp =
        Field(&acceptsMissingTimestamp, "accepts-missing-timestamp", true) |
        "Takes a segment without the negotiated timestamp (RFC 7323 3.2 lets a stack drop it).";
    bool trimsOldSegments =
        Field(&trimsOldSegments, "trims-old-segments", true) |
        "Takes ACK and window of a wholly duplicate segment (RFC 9293 3.10.7.4).";
    AckOfUnsent ackOfUnsent = Field(&ackOfUnsent, "ack-of-unsent", AckOfUnsent::Discard) |
                              "What becomes of an ACK of data never sent.";
    ResetCheck resetCheck =
        Field(&resetCheck, "reset-check", ResetCheck::Window) | "How an incoming RST is checked.";
    ResetTtlCheck resetTtlCheck =
        Field(&resetTtlCheck, "reset-ttl-check") |
        "Which resets it ignores when their TTL, or hop limit, differs by more than one from that "
        "of the peer's last segment. No known stack does.";
    bool resetsNeedTimestamp =
        Field(&resetsNeedTimestamp, "resets-need-timestamp") |
        "Ignores a reset without the negotiated timestamp, against RFC 7323 5.2: genuine ones have "
        "none.";
    bool holdsEarlySegments =
        Field(&holdsEarlySegments, "holds-early-segments") |
        "On connections that it opens, holds data and resets that come sooner after its own last "
        "data than the handshake's round trip, for as long as that, and discards them if the peer "
        "says something else meanwhile. No known stack does.";
    WindowUpdate windowUpdate = Field(&windowUpdate, "window-update", WindowUpdate::Always) |
                                "How the advertised window moves.";
    Nanoseconds ackDelay = Field(&ackDelay, "ack-delay", Nanoseconds(100000000)).Range(0, 500e6) |
                           "Longest delay of an acknowledgement.";
    std::uint32_t ackEvery = Field(&ackEvery, "ack-every", 2).Unit("segments").Range(1, 64) |
                             "In-order segments after which an acknowledgement is sent at once.";
    std::uint32_t quickAcks =
        Field(&quickAcks, "quick-acks").Unit("segments").Range(0, 64) |
        "First data segments acknowledged at once, until the application has answered one within "
        "the ACK delay (Linux's quick-ACK and ping-pong modes); 0 = none.";
    bool acksFinAtOnce = Field(&acksFinAtOnce, "acks-fin-at-once", true) |
                         "Acknowledges a FIN with a segment of its own at once (BSD), or lets the "
                         "application's answer carry it (Linux).";
    Nanoseconds minimumRto =
        Field(&minimumRto, "minimum-rto", Nanoseconds(200000000)).Range(1e6, 60e9) |
        "Floor of the retransmission timeout.";
    Nanoseconds rtoSlop =
        Field(&rtoSlop, "rto-slop", Nanoseconds(200000000)).Range(0, 60e9) |
        "The retransmission timeout is at least the smoothed round trip and this.";
    Nanoseconds initialRto =
        Field(&initialRto, "initial-rto", Nanoseconds(3000000000)).Range(1e6, 60e9) |
        "Retransmission timeout of a SYN.";
    bool resetsDataAfterClose =
        Field(&resetsDataAfterClose, "resets-data-after-close", true) |
        "Answers data with RST once its application has closed the socket for both directions.";
    bool resetsClosedPorts = Field(&resetsClosedPorts, "resets-closed-ports", true) |
                             "Answers a segment for a port or connection that does not exist with "
                             "RST; off = silence (FreeBSD's `net.inet.tcp.blackhole=2`).";
    SynFin synFin = Field(&synFin, "syn-fin", SynFin::Accept) |
                    "What a listening port makes of a SYN with FIN.";
    bool resetsStraySegments =
        Field(&resetsStraySegments, "resets-stray-segments") |
        "Answers a segment without SYN, ACK and RST to a listening port with RST (Windows), where "
        "RFC 9293 3.10.7.2 drops it.";
    bool resetsRepeatSequence =
        Field(&resetsRepeatSequence, "resets-repeat-sequence") |
        "A RST without ACK has its sequence number in the acknowledgment field again (Windows), "
        "instead of 0.";
    bool resetsCountFin =
        Field(&resetsCountFin, "resets-count-fin", true) |
        "A RST that answers a segment without ACK acknowledges its FIN, too (RFC 9293 3.10.7.1).";
    std::uint16_t quotedOctets =
        Field(&quotedOctets, "quoted-octets", 8).Unit("bytes").Range(8, 548) |
        "How much of a packet, behind its IP header, an ICMP error about it quotes (RFC 792: 8; "
        "RFC 1812 4.3.2.3: what goes into 576 octets).";
    bool echoesCode = Field(&echoesCode, "echoes-code", true) |
                      "An ICMP echo reply has the request's code; off = 0 (Windows).";
    bool echoesDontFragment = Field(&echoesDontFragment, "echoes-dont-fragment") |
                              "An ICMP echo reply has DF where the request has; off = never.";
    Nanoseconds maximumSegmentLifetime =
        Field(&maximumSegmentLifetime, "maximum-segment-lifetime", Nanoseconds(30000000000))
            .Range(1e6, 240e9) |
        "Half the stay in TIME-WAIT.";

    /// Whether its SYN has it. \param option `ts`, `ws` or `sackok`
    bool Offers(std::string_view option) const;
};

inline bool
StackProfile::Offers(std::string_view option) const
{
    const bool knows = option == "ts" ? timestamps : option == "ws" ? scaling : sackPermitted;
    return knows && std::find(synOptions.begin(), synOptions.end(), option) != synOptions.end();
}

/// Where one machine's counters and clocks stand when the run starts, and how quick it is. What is
/// not given is drawn, by the habits of the profile (host::BootState).
struct HostStart
{
    std::uint32_t firstIsn =
        Field(&firstIsn, "first-isn") |
        "Initial sequence number of the first connection; 0 = drawn. Later ones are drawn.";
    std::optional<std::uint16_t> firstPort =
        Field(&firstPort, "first-port").Range(1024, 65535) |
        "Source port of the first connection; not given = drawn. Later ones follow the stack's "
        "habit.";
    std::optional<std::uint16_t> ipId =
        Field(&ipId, "ip-id") |
        "Identification of the first packet that has one; not given = drawn.";
    double otherPacketsPerSecond =
        Field(&otherPacketsPerSecond, "other-packets-per-second").Unit("packets/s").Range(0, 1e6) |
        "Packets that the host sends elsewhere: they advance its IP identification.";
    std::optional<Nanoseconds> uptime =
        Field(&uptime, "uptime").Range(0, 31536000e9) |
        "How long the machine has been running at the start; not given = drawn, up to 60 days.";
    std::optional<std::uint32_t> timestamp =
        Field(&timestamp, "timestamp").Unit("ticks") |
        "Timestamp clock at the start of the run; not given = as the uptime has it.";
    Nanoseconds timestampPhase =
        Field(&timestampPhase, "timestamp-phase").Range(0, 1e9) |
        "How far into its tick the clock is at the start, where `timestamp` is given.";
    Nanoseconds kernelLatency = Field(&kernelLatency, "kernel-latency").Range(0, 1e9) |
                                "From the wire to the stack and out again.";
    Nanoseconds applicationLatency =
        Field(&applicationLatency, "application-latency").Range(0, 60e9) |
        "From readable data to the application's next write.";
    Nanoseconds latencyJitter = Field(&latencyJitter, "latency-jitter").Range(0, 1e9) |
                                "Uniform addition to each of the two.";
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_STACK_PROFILE_H

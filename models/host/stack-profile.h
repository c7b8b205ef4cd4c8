#ifndef BOUNCELAB_MODELS_HOST_STACK_PROFILE_H
#define BOUNCELAB_MODELS_HOST_STACK_PROFILE_H

#include "formats/describe.h"

#include <array>
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

/**
 * What makes a TCP/IP stack recognizable on the wire, and what it does with segments that a polite
 * peer never sends. A profile is a file in models/personas/stacks; it holds nothing of one machine
 * (see HostStart for that).
 */
struct StackProfile
{
    static constexpr std::string_view FOLDER = "stacks"; //!< Of personas.

    std::string description;
    std::uint8_t ttl = 64;
    bool dontFragment = true;
    IpIdPolicy ipId = IpIdPolicy::FlowCounter;
    bool zeroIdOnSynAck = false;
    std::uint16_t mss = 1460;
    std::uint32_t synWindow = 65535;
    std::uint32_t receiveBuffer = 65535;
    std::uint8_t windowScale = 0;
    bool timestamps = true;
    bool sackPermitted = true;
    bool scaling = true;
    std::vector<std::string> synOptions{"mss", "nop", "ws", "nop", "nop", "ts", "sackok", "eol"};
    std::vector<std::string> synAckOptions;
    std::uint32_t timestampHz = 1000;
    TimestampEcho timestampEcho = TimestampEcho::BeforeTrim;
    bool acceptsMissingTimestamp = true;
    bool trimsOldSegments = true;
    AckOfUnsent ackOfUnsent = AckOfUnsent::Discard;
    ResetCheck resetCheck = ResetCheck::Window;
    WindowUpdate windowUpdate = WindowUpdate::Always;
    Nanoseconds ackDelay{100000000};
    std::uint32_t ackEvery = 2;
    std::uint32_t quickAcks = 0;
    bool acksFinAtOnce = true;
    Nanoseconds minimumRto{200000000};
    Nanoseconds rtoSlop{200000000};
    Nanoseconds initialRto{3000000000};
    bool resetsDataAfterClose = true;
    bool resetsClosedPorts = true;
    Nanoseconds maximumSegmentLifetime{30000000000};
};

template <class Visitor>
void
Describe(Visitor& v, StackProfile& p)
{
    v.Field("description", p.description, {"The system in a few words."});
    v.Field("ttl", p.ttl, {"Initial TTL of every packet.", "", 1, 255});
    v.Field("dont-fragment", p.dontFragment, {"Sets DF on TCP segments (path MTU discovery)."});
    v.Field("ip-id", p.ipId, {"How the IP identification is filled."});
    v.Field(
        "zero-id-on-syn-ack",
        p.zeroIdOnSynAck,
        {"A SYN-ACK, sent before the connection has a socket, carries identification 0 (Linux)."});
    v.Field("mss",
            p.mss,
            {"Maximum segment size announced in SYN and SYN-ACK.", "bytes", 88, 65495});
    v.Field("syn-window", p.synWindow, {"Window shown in SYN and SYN-ACK.", "bytes", 1, 65535});
    v.Field("receive-buffer",
            p.receiveBuffer,
            {"Receive buffer: the window of an idle reader after the handshake.",
             "bytes",
             1024,
             1048576});
    v.Field("window-scale",
            p.windowScale,
            {"Shift announced where `scaling` is on.", "bits", 0, 14});
    v.Field("timestamps", p.timestamps, {"Offers and accepts TCP timestamps (RFC 7323)."});
    v.Field("sack-permitted", p.sackPermitted, {"Offers and accepts SACK (RFC 2018)."});
    v.Field("scaling", p.scaling, {"Offers and accepts window scaling (RFC 7323)."});
    v.Field(
        "syn-options",
        p.synOptions,
        {"Order of the options of a SYN: `mss`, `nop`, `ws`, `ts`, `sackok`, `eol`. An option that "
         "was not negotiated is left out together with the NOPs before it."});
    v.Field("syn-ack-options",
            p.synAckOptions,
            {"Order of the options of a SYN-ACK; empty means as in `syn-options`."});
    v.Field("timestamp-hz", p.timestampHz, {"Rate of the timestamp clock.", "ticks/s", 1, 1000000});
    v.Field("timestamp-echo", p.timestampEcho, {"Which segments refresh the echoed timestamp."});
    v.Field(
        "accepts-missing-timestamp",
        p.acceptsMissingTimestamp,
        {"Takes a segment without the negotiated timestamp (RFC 7323 3.2 lets a stack drop it)."});
    v.Field("trims-old-segments",
            p.trimsOldSegments,
            {"Takes ACK and window of a wholly duplicate segment (RFC 9293 3.10.7.4)."});
    v.Field("ack-of-unsent", p.ackOfUnsent, {"What becomes of an ACK of data never sent."});
    v.Field("reset-check", p.resetCheck, {"How an incoming RST is checked."});
    v.Field("window-update", p.windowUpdate, {"How the advertised window moves."});
    v.Field("ack-delay", p.ackDelay, {"Longest delay of an acknowledgement.", "", 0, 500e6});
    v.Field(
        "ack-every",
        p.ackEvery,
        {"In-order segments after which an acknowledgement is sent at once.", "segments", 1, 64});
    v.Field(
        "quick-acks",
        p.quickAcks,
        {"First data segments acknowledged at once, until the application has answered one within "
         "the ACK delay (Linux's quick-ACK and ping-pong modes); 0 = none.",
         "segments",
         0,
         64});
    v.Field(
        "acks-fin-at-once",
        p.acksFinAtOnce,
        {"Acknowledges a FIN with a segment of its own at once (BSD), or lets the application's "
         "answer carry it (Linux)."});
    v.Field("minimum-rto", p.minimumRto, {"Floor of the retransmission timeout.", "", 1e6, 60e9});
    v.Field(
        "rto-slop",
        p.rtoSlop,
        {"The retransmission timeout is at least the smoothed round trip and this.", "", 0, 60e9});
    v.Field("initial-rto", p.initialRto, {"Retransmission timeout of a SYN.", "", 1e6, 60e9});
    v.Field(
        "resets-data-after-close",
        p.resetsDataAfterClose,
        {"Answers data with RST once its application has closed the socket for both directions."});
    v.Field(
        "resets-closed-ports",
        p.resetsClosedPorts,
        {"Answers a segment for a port or connection that does not exist with RST; off = silence "
         "(FreeBSD's `net.inet.tcp.blackhole=2`)."});
    v.Field("maximum-segment-lifetime",
            p.maximumSegmentLifetime,
            {"Half the stay in TIME-WAIT.", "", 1e6, 240e9});
}

/// Where one machine's counters and clocks stand when the run starts, and how quick it is.
struct HostStart
{
    std::uint32_t firstIsn = 0;
    std::uint16_t firstPort = 49152;
    std::uint16_t ipId = 1;
    double otherPacketsPerSecond = 0;
    std::uint32_t timestamp = 0;
    Nanoseconds timestampPhase{0};
    Nanoseconds kernelLatency{0};
    Nanoseconds applicationLatency{0};
    Nanoseconds latencyJitter{0};
};

template <class Visitor>
void
Describe(Visitor& v, HostStart& s)
{
    v.Field("first-isn",
            s.firstIsn,
            {"Initial sequence number of the first connection; 0 = drawn. Later ones are drawn."});
    v.Field("first-port",
            s.firstPort,
            {"Source port of the first connection; later ones count up.", "", 1024, 65535});
    v.Field("ip-id", s.ipId, {"Identification of the first packet that has one."});
    v.Field("other-packets-per-second",
            s.otherPacketsPerSecond,
            {"Packets that the host sends elsewhere: they advance its IP identification.",
             "packets/s",
             0,
             1e6});
    v.Field("timestamp", s.timestamp, {"Timestamp clock at the start of the run.", "ticks"});
    v.Field("timestamp-phase",
            s.timestampPhase,
            {"How far into its tick the clock is at the start.", "", 0, 1e9});
    v.Field("kernel-latency",
            s.kernelLatency,
            {"From the wire to the stack and out again.", "", 0, 1e9});
    v.Field("application-latency",
            s.applicationLatency,
            {"From readable data to the application's next write.", "", 0, 60e9});
    v.Field("latency-jitter",
            s.latencyJitter,
            {"Uniform addition to each of the two.", "", 0, 1e9});
}

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_STACK_PROFILE_H

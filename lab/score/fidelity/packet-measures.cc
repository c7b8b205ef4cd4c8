#include "lab/score/fidelity/measures.h"

#include "formats/text.h"

#include <fmt/format.h>

namespace bouncelab::score
{

namespace
{

/// What snort prints of a packet (S003-10 to S003-19).
Facts
DescribePacket(const Subject& subject, int number)
{
    const CaseSession& session = subject.Session();
    const CaptureFrame& p = session.Packet(number);
    const TcpOptions& options = p.tcp->options;
    Facts facts{Milliseconds("t", p.timeNs - session.Packet(1).timeNs),
                {"heading", session.IsOutward(p) ? "out" : "in"},
                Count("TTL", p.ip->ttl),
                Count("TOS", p.ip->tos),
                Count("IP ID", p.ip->id),
                Count("length", p.ip->totalLength),
                Count("captured", static_cast<std::int64_t>(p.bytes.size())),
                YesNo("DF", p.ip->dontFragment),
                {"flags", FlagLetters(p.tcp->flags)},
                Hex("seq", p.tcp->sequence),
                Hex("ack", p.tcp->acknowledgment),
                Count("window", p.tcp->window),
                Count("header", p.tcp->headerLength),
                {"options", OptionLayout(p)},
                {"MSS", "none"},
                {"WS", "none"},
                {"TS", "none"},
                {"TS echo", "none"},
                Count("payload", static_cast<std::int64_t>(p.Payload().size()), "B"),
                {"text", Escape(p.Payload())}};
    const auto set = [&](std::string_view name, std::uint32_t value)
    {
        for (Fact& fact : facts)
        {
            fact.value = fact.name == name ? std::to_string(value) : fact.value;
        }
    };
    if (options.mss)
    {
        set("MSS", *options.mss);
    }
    if (options.windowScale)
    {
        set("WS", *options.windowScale);
    }
    if (options.timestamp)
    {
        set("TS", options.timestampValue);
        set("TS echo", options.timestampEcho);
    }
    return facts;
}

} // namespace

void
AddPacketMeasures(MeasureTable& table)
{
    for (int number = 1; number <= 9; ++number)
    {
        table[fmt::format("packet-{}", number)] = {
            fmt::format("Headers and text of P{} of the case's session; t counts from P1.", number),
            {"t",   "heading", "TTL", "TOS",     "IP ID",   "length", "captured",
             "DF",  "flags",   "seq", "ack",     "window",  "header", "options",
             "MSS", "WS",      "TS",  "TS echo", "payload", "text"},
            [number](const Subject& subject) { return DescribePacket(subject, number); }};
    }
    table["omitted-packets"] = {
        "Time from HELO to RCPT, between which S003 leaves packets out.",
        {"P5 to P6"},
        [](const Subject& subject)
        {
            const CaseSession& s = subject.Session();
            return Facts{Milliseconds("P5 to P6", s.Packet(6).timeNs - s.Packet(5).timeNs)};
        }};
}

} // namespace bouncelab::score

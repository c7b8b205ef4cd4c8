#include "lab/score/fidelity/measures.h"

#include <fmt/format.h>

namespace bouncelab::score
{

namespace
{

const TcpOptions&
StampOf(const CaptureFrame& frame)
{
    if (!frame.tcp->options.timestamp)
    {
        throw NotMeasurable(fmt::format("frame {} has no timestamp", frame.number));
    }
    return frame.tcp->options;
}

std::int64_t
Ticks(const CaptureFrame& from, const CaptureFrame& to)
{
    return static_cast<std::int32_t>(StampOf(to).timestampValue - StampOf(from).timestampValue);
}

/// Ticks per second, to the nearest: whole tens where that is within a tick.
std::int64_t
Rate(const CaptureFrame& from, const CaptureFrame& to)
{
    const double seconds = static_cast<double>(to.timeNs - from.timeNs) / 1e9;
    return static_cast<std::int64_t>(static_cast<double>(Ticks(from, to)) / seconds + 0.5);
}

std::string
Uptime(std::int64_t seconds)
{
    return fmt::format("{} h {} m {} s", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

Facts
ServerClock(const Subject& subject)
{
    const CaseSession& s = subject.Session();
    const CaptureFrame& first = s.Packet(2);
    const std::int64_t rate = Rate(first, s.Packet(8));
    return {Count("rate", rate, "Hz"),
            Count("P2 to P4", Ticks(first, s.Packet(4))),
            Count("P2 to P8", Ticks(first, s.Packet(8))),
            {"uptime", Uptime(StampOf(first).timestampValue / 100)}};
}

Facts
ClientClock(const Subject& subject)
{
    const CaseSession& s = subject.Session();
    const CaptureFrame& first = s.Packet(1);
    return {Count("rate", Rate(first, s.Packet(9)), "Hz"),
            Count("P1 to P9", Ticks(first, s.Packet(9))),
            {"uptime", Uptime(StampOf(first).timestampValue / 1000)}};
}

/// Whether P9 echoes the timestamp of P8, which was wholly a duplicate, or an older one (S003-32).
Facts
TimestampEcho(const Subject& subject)
{
    const CaseSession& s = subject.Session();
    const std::uint32_t echo = StampOf(s.Packet(9)).timestampEcho;
    const std::uint32_t duplicate = StampOf(s.Packet(8)).timestampValue;
    return {Count("echo", echo),
            Count("TS of P8", duplicate),
            YesNo("echoes P8", echo == duplicate),
            YesNo("echoes what P6 echoed", echo == StampOf(s.Packet(6)).timestampEcho)};
}

} // namespace

void
AddClockMeasures(MeasureTable& table)
{
    table["server-clock"] = {"The server's timestamp clock; uptime if it counts hundredths from 0.",
                             {"rate", "P2 to P4", "P2 to P8", "uptime"},
                             ServerClock};
    table["client-clock"] = {"The client's timestamp clock; uptime if it counts ms from 0.",
                             {"rate", "P1 to P9", "uptime"},
                             ClientClock};
    table["timestamp-echo"] = {"Which timestamp the client echoes after the duplicate.",
                               {"echo", "TS of P8", "echoes P8", "echoes what P6 echoed"},
                               TimestampEcho};
}

} // namespace bouncelab::score

#include "formats/endpoint.h"
#include "lab/score/fidelity/measures.h"
#include "lab/score/label-param.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

/// What it costs a server to look recipients up while the sender waits, or not to (S004-19,
/// S004-26).
namespace bouncelab::score
{

namespace
{

using Ends = std::pair<std::string, std::string>; //!< Client, server.

bool
Did(const Label& label, std::string_view what)
{
    return ParamOf(label, "did") == what;
}

/// "1.234": thousandths, rounded down, without floating point.
std::string
Thousandths(std::int64_t numerator, std::int64_t denominator)
{
    const std::int64_t value = denominator == 0 ? 0 : numerator * 1000 / denominator;
    return fmt::format("{}.{:03}", value / 1000, value % 1000);
}

Facts
HarvesterLearned(const Subject& subject)
{
    std::int64_t learned = 0;
    bool isThere = false;
    bool isThrough = false;
    for (const Label& label : subject.Run().Labels())
    {
        if (label.classLabel == "harvest.probe")
        {
            learned += Did(label, "found") ? 1 : 0;
            isThere = true;
            isThrough = Did(label, "ended");
        }
    }
    if (!isThere)
    {
        throw NotMeasurable("nobody harvests");
    }
    return {Count("names learned", learned), YesNo("dictionary tried", isThrough)};
}

/// The reports that people got who never wrote, beside all that the server took.
Facts
Backscatter(const Subject& subject)
{
    std::set<Ends> reports;
    for (const Label& label : subject.Run().Labels())
    {
        if (label.classLabel == "backscatter.ndr" && Did(label, "sent"))
        {
            reports.emplace(ParamOf(label, "client"), ParamOf(label, "server"));
        }
    }
    const auto server = subject.Run().ServerOf(subject.Case().to);
    std::int64_t in = 0;
    std::int64_t out = 0;
    for (const CaptureFrame& frame : subject.Packets().Frames())
    {
        if (!frame.tcp || frame.tcp->destinationPort != 25 || frame.tcp->payload.size == 0)
        {
            continue;
        }
        const Ends ends{EndpointText(frame.ip->source, frame.tcp->sourcePort),
                        EndpointText(frame.ip->destination, frame.tcp->destinationPort)};
        if (reports.count(ends) > 0)
        {
            out += static_cast<std::int64_t>(frame.tcp->payload.size);
        }
        else if (server && frame.ip->destination == *server)
        {
            in += static_cast<std::int64_t>(frame.tcp->payload.size);
        }
    }
    return {Count("reports", static_cast<std::int64_t>(reports.size())),
            Count("octets in", in),
            Count("octets out", out),
            {"per octet", Thousandths(out, in)}};
}

/// How long the sessions take of the host that sends the message under study.
Facts
SessionTime(const Subject& subject)
{
    const auto address = subject.SenderParameter("/address");
    const auto client = Ipv4::Parse(address.is_string() ? address.get<std::string>() : "");
    std::map<std::uint16_t, std::pair<std::int64_t, std::int64_t>> sessions; //!< By its port.
    for (const CaptureFrame& frame : subject.Packets().Frames())
    {
        if (frame.tcp && client && frame.ip->source == *client && frame.tcp->destinationPort == 25)
        {
            auto& session = sessions.try_emplace(frame.tcp->sourcePort, frame.timeNs, frame.timeNs)
                                .first->second;
            session.second = frame.timeNs;
        }
    }
    if (sessions.empty())
    {
        throw NotMeasurable("the capture has no session of the host that sends the message");
    }
    std::vector<std::int64_t> times;
    for (const auto& [port, session] : sessions)
    {
        times.push_back(session.second - session.first);
    }
    std::sort(times.begin(), times.end());
    return {Count("sessions", static_cast<std::int64_t>(times.size())),
            {"median", Thousandths(times[times.size() / 2], 1000000000) + " s"},
            {"nine in ten", Thousandths(times[times.size() * 9 / 10], 1000000000) + " s"},
            {"longest", Thousandths(times.back(), 1000000000) + " s"}};
}

} // namespace

void
AddLookupMeasures(MeasureTable& table)
{
    table["harvester-learned"] = {"What harvesters learned from the replies to RCPT.",
                                  {"names learned", "dictionary tried"},
                                  HarvesterLearned};
    table["backscatter-octets"] = {
        "Reports sent to senders who never wrote, beside all that clients sent to the server.",
        {"reports", "octets in", "octets out", "per octet"},
        Backscatter};
    table["session-time"] = {"Sessions of the host that sends the message under study.",
                             {"sessions", "median", "nine in ten", "longest"},
                             SessionTime};
}

} // namespace bouncelab::score

#include "detectors/unreachable-calls.h"

#include "detectors/analysis/analysis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace unreachable
{

namespace
{

/// SYNs that ICMP alone answers.
Alert
TellRefusals(const Evidence& evidence, Finding finding, const RefusedPackets::Refusals& refusals)
{
    const Flow& flow = evidence.flow;
    const TimeExceeded& first = refusals.first.front();
    const std::string router = first.router.ToString();
    finding.dottedClass = IsRefusal(first) ? "unreachable.refused" : "unreachable.route";
    finding.explanation =
        fmt::format("{} calls {} at port {} with {} SYN{}, the first in {}, and nothing but ICMP "
                    "comes back: {}. No SMTP took place.",
                    flow.address[CLIENT].ToString(),
                    flow.address[SERVER].ToString(),
                    flow.port[SERVER],
                    flow.segments.size(),
                    flow.segments.size() == 1 ? "" : "s",
                    NameOfFrame(flow, 0),
                    refusals.Tell(flow));
    Alert alert = MakeAlert(evidence, finding, SIGNATURE);
    alert.where.side =
        first.router == flow.address[SERVER]
            ? std::string(
                  "the server's host or a firewall before it, or whoever speaks in its name")
            : fmt::format("the router or firewall at {}, or whoever speaks in its name", router);
    alert.evidence.next = fmt::format("whose {} is, and what it filters there; the same connection "
                                      "from another network; a capture at the server shows whether "
                                      "the SYNs arrive",
                                      router);
    return alert;
}

} // namespace

void
JudgeCalls(const Evidence& evidence, Analysis& analysis, AlertSink& sink)
{
    AddSession(evidence, analysis, sink);
    constexpr std::array<std::uint16_t, 5> MAIL_PORTS{25, 465, 587, 2525, 24};
    // One SYN may be the capture's last packet; the first repetition comes after a second.
    constexpr std::int64_t WAITED_NS = 900000000;
    const Flow& flow = evidence.flow;
    const bool isMail =
        std::find(MAIL_PORTS.begin(), MAIL_PORTS.end(), flow.port[SERVER]) != MAIL_PORTS.end();
    const bool isBare = std::all_of(flow.segments.begin(),
                                    flow.segments.end(),
                                    [](const Segment& segment)
                                    { return segment.side == CLIENT && segment.Has(tcp::SYN); });
    if (!isMail || !isBare)
    {
        return;
    }
    Finding finding;
    finding.accused = 0;
    for (std::uint32_t i = 1; i < flow.segments.size() && i < 8; ++i)
    {
        finding.others.push_back(i);
    }
    finding.verdict = Verdict::Inconclusive;
    if (const auto* refusals = analysis.refusedPackets.Of(flow, evidence.context.logs.expired))
    {
        sink.AddOrCount(TellRefusals(evidence, finding, *refusals));
        return;
    }
    if (flow.segments.size() < 2 ||
        (flow.segments.back().time - flow.segments.front().time).count() < WAITED_NS)
    {
        return;
    }
    finding.dottedClass = "unreachable.port";
    finding.explanation =
        fmt::format("{} calls {} at port {} with {} SYNs in {} and nothing comes back, the first "
                    "in {}: they or the answers are dropped, near the sender (a provider that "
                    "blocks the port), on the way, or at the server; or the capture shows one "
                    "direction alone.",
                    flow.address[CLIENT].ToString(),
                    flow.address[SERVER].ToString(),
                    flow.port[SERVER],
                    flow.segments.size(),
                    Milliseconds((flow.segments.back().time - flow.segments.front().time).count()),
                    NameOfFrame(flow, 0));
    Alert alert = MakeAlert(evidence, finding, SIGNATURE);
    alert.where.side = "unknown: near the sender, on the way, or the server's";
    alert.evidence.next = "the same connection from another network, one to another provider's "
                          "server from here, and port 587 of the same host; a capture at the "
                          "server shows whether the SYNs arrive";
    sink.AddOrCount(std::move(alert));
}

} // namespace unreachable

} // namespace bouncelab::detectors

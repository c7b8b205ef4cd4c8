#include "detectors/accusations.h"
#include "detectors/analysis/flow-dialog.h"
#include "detectors/analysis/header-deviation.h"
#include "detectors/analysis/path-timing.h"
#include "detectors/analysis/stream-sides.h"
#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace bouncelab::detectors
{

namespace early_reply
{

constexpr AlertRule SIGNATURE{"early-reply",
                              1100001,
                              "BOUNCELAB reply earlier than the path allows"};

/// A later segment that answers the same with other bytes, at a time that the path allows.
std::optional<std::uint32_t>
GenuineCounterpart(const Flow& flow,
                   std::uint32_t accused,
                   const PathTiming& timing,
                   const RoundTripBound& bound)
{
    for (const Conflict& conflict : flow.stream[flow.At(accused).side].conflicts)
    {
        if (conflict.first == accused)
        {
            const auto trigger = timing.TriggerOf(flow.At(conflict.second));
            if (trigger && !bound.Excludes(trigger->elapsedNs))
            {
                return conflict.second;
            }
        }
    }
    return std::nullopt;
}

std::string
BoundText(const RoundTripBound& bound)
{
    std::vector<std::string> parts;
    if (bound.handshakeNs)
    {
        parts.push_back("handshake " + Milliseconds(*bound.handshakeNs));
    }
    if (bound.routeNs)
    {
        parts.push_back("traceroute " + Milliseconds(*bound.routeNs));
    }
    parts.push_back(
        fmt::format("{} round trip{} compared", bound.samples, bound.samples == 1 ? "" : "s"));
    return fmt::format("{}", fmt::join(parts, ", "));
}

/// "its command RCPT TO in frame 6", or of any other protocol "what it answers in frame 6".
std::string
TriggerText(const Flow& flow, Side replier, std::uint32_t trigger)
{
    const std::string command =
        replier == SERVER && flow.IsSmtp() ? FlowDialog(flow).CommandIn(trigger) : std::string();
    return fmt::format("{} in {}",
                       command.empty() ? "what it answers" : "its command " + command,
                       NameOfFrame(flow, trigger));
}

void
FindOn(const Evidence& evidence, Side replier, std::vector<Finding>& findings)
{
    const Flow& flow = evidence.flow;
    if (flow.stream[replier].dataSegments == 0 || IsBesideTap(flow, replier))
    {
        return;
    }
    const PathTiming timing(flow, replier, evidence.RouteNs(replier));
    const SenderProfile profile(flow, replier);
    for (std::uint32_t index = 0; index < flow.segments.size(); ++index)
    {
        const Segment& segment = flow.At(index);
        if (segment.side != replier || segment.payloadLength == 0 || segment.Has(tcp::RST))
        {
            continue;
        }
        const std::optional<Trigger> trigger = timing.TriggerOf(segment);
        if (!trigger)
        {
            continue;
        }
        const std::optional<RoundTripBound> bound = timing.BoundWithout(segment);
        if (!bound || !bound->Excludes(trigger->elapsedNs))
        {
            continue;
        }
        const HeaderDeviation deviation = DeviationOf(flow, profile, index);
        const auto genuine = GenuineCounterpart(flow, index, timing, *bound);
        const bool far = bound->ExcludesByItself(trigger->elapsedNs);
        // A greeting may wait in a gateway that finished the far handshake first.
        const bool greeting = segment.acknowledged == 1;
        // What stands against the headers or another answer does not rest on the trigger alone.
        if (!trigger->reliable && !genuine && !deviation.Corroborates())
        {
            continue;
        }
        if (!genuine && !deviation.IsOutlier() && (greeting || !(far || deviation.Corroborates())))
        {
            continue;
        }
        // Time alone convicts nothing that the sender's own stack may have sent. A text may tell
        // neither TTL nor IP ID: then options are what is left to tell a stack by.
        const bool tellsNeither = segment.ttl == 0 && segment.ipId == 0;
        const bool isOwn = tellsNeither ? !deviation.Corroborates()
                                        : deviation.idFits && std::abs(deviation.ttlGap) <= 1;
        if (!genuine && (isOwn || StreamGoesOnBehind(flow, index) ||
                         timing.IsQuickElsewhere(segment, trigger->elapsedNs)))
        {
            continue;
        }
        const double lead =
            1.0 - static_cast<double>(trigger->elapsedNs) / static_cast<double>(bound->minimumNs);
        Finding finding;
        finding.accused = index;
        finding.others.push_back(trigger->segment);
        finding.dottedClass = ForgedClassOf(flow, segment);
        finding.score =
            std::min(1.0,
                     0.6 + 0.3 * lead + (genuine ? 0.2 : 0) + (deviation.Corroborates() ? 0.2 : 0));
        finding.explanation = fmt::format("\"{}\" in {} came {} after {}, path RTT at least {} "
                                          "({})",
                                          QuoteOf(flow, segment),
                                          NameOfFrame(flow, index),
                                          Milliseconds(trigger->elapsedNs),
                                          TriggerText(flow, replier, trigger->segment),
                                          Milliseconds(bound->minimumNs),
                                          BoundText(*bound));
        if (genuine)
        {
            finding.others.push_back(*genuine);
            finding.explanation +=
                fmt::format("; the other answer, {}, came {} later",
                            NameOfFrame(flow, *genuine),
                            Milliseconds((flow.At(*genuine).time - segment.time).count()));
        }
        finding.explanation += ".";
        findings.push_back(std::move(finding));
    }
}

std::vector<Finding>
Find(const Evidence& evidence)
{
    std::vector<Finding> findings;
    FindOn(evidence, SERVER, findings);
    FindOn(evidence, CLIENT, findings);
    return findings;
}

void
Judge(const Evidence& evidence, Analysis&, AlertSink& sink)
{
    if (!ReportOneSided(evidence, SIGNATURE, sink))
    {
        AddAlerts(evidence, Find, SIGNATURE, sink);
    }
}

} // namespace early_reply

/**
 * Data that answer something before the path's round trip has passed were sent by a host nearer
 * than the host whose address they bear (S003-25). Silent where the whole connection answers that
 * fast, as behind a front end; where the side stands beside the capture; where TTL and IP ID are
 * the sender's own or its stream goes on behind the data, since servers poll and clients sleep.
 */
extern const Detector EARLY_REPLY{early_reply::SIGNATURE,
                                  "a reply that came earlier than the path's round trip allows",
                                  {{kinds::PACKETS}, {"forged"}},
                                  early_reply::Judge,
                                  nullptr};

} // namespace bouncelab::detectors

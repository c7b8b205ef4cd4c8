#include "detectors/accusations.h"
#include "detectors/analysis/flow-dialog.h"
#include "detectors/analysis/header-deviation.h"
#include "detectors/analysis/path-timing.h"
#include "detectors/analysis/stream-sides.h"
#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>

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

/// A segment that came before the path allows it.
struct EarlySegment
{
    std::uint32_t index = 0;
    Trigger trigger;
    RoundTripBound bound;
    HeaderDeviation deviation;
    std::optional<std::uint32_t> genuine; //!< The other answer.
};

/// Whether another sender is shown.
bool
Convicts(const Flow& flow, const PathTiming& timing, const EarlySegment& early)
{
    const Segment& segment = flow.At(early.index);
    const HeaderDeviation& deviation = early.deviation;
    const bool far = early.bound.ExcludesByItself(early.trigger.elapsedNs);
    // A greeting may wait in a gateway that finished the far handshake first.
    const bool greeting = segment.acknowledged == 1;
    // What stands against the headers or another answer does not rest on the trigger alone.
    if (early.genuine || (!early.trigger.reliable && !deviation.Corroborates()))
    {
        return early.genuine.has_value();
    }
    if (!deviation.IsOutlier() && (greeting || !(far || deviation.Corroborates())))
    {
        return false;
    }
    // Time alone convicts nothing that the sender's own stack may have sent. A text may tell
    // neither TTL nor IP ID: then options are what is left to tell a stack by.
    const bool tellsNeither = segment.ttl == 0 && segment.ipId == 0;
    const bool isOwn = tellsNeither ? !deviation.Corroborates()
                                    : deviation.idFits && std::abs(deviation.ttlGap) <= 1;
    return !isOwn && !StreamGoesOnBehind(flow, early.index) &&
           !timing.IsQuickElsewhere(segment, early.trigger.elapsedNs);
}

/// How often the other side says one thing behind a segment that its sender never follows up; 0
/// where it does.
std::size_t
RepeatsIntoSilence(const Flow& flow, std::uint32_t index)
{
    const Side replier = flow.At(index).side;
    std::map<std::int64_t, std::size_t> said;
    std::size_t most = 0;
    for (std::uint32_t later = index + 1; later < flow.segments.size(); ++later)
    {
        const Segment& segment = flow.At(later);
        if (segment.side == replier)
        {
            return 0;
        }
        if (segment.payloadLength > 0 && !segment.Has(tcp::RST))
        {
            most = std::max(most, ++said[segment.start]);
        }
    }
    return most;
}

/// Whether it is the last that is heard of its sender, long before the path allows it, and not as a
/// new way would have it, which answers what follows as quickly.
bool
IsLastWord(const Flow& flow, const PathTiming& timing, const EarlySegment& early)
{
    constexpr int ENOUGH = 3;
    const Segment& segment = flow.At(early.index);
    return early.trigger.reliable && segment.acknowledged > 1 && early.bound.samples >= ENOUGH &&
           early.trigger.elapsedNs < early.bound.minimumNs / 2 &&
           RepeatsIntoSilence(flow, early.index) >= ENOUGH &&
           !timing.IsQuickElsewhere(segment, early.trigger.elapsedNs);
}

Finding
Describe(const Flow& flow, const EarlySegment& early, bool convicts)
{
    const Segment& segment = flow.At(early.index);
    const auto elapsed = static_cast<double>(early.trigger.elapsedNs);
    const double lead = 1.0 - elapsed / static_cast<double>(early.bound.minimumNs);
    Finding finding;
    finding.accused = early.index;
    finding.others.push_back(early.trigger.segment);
    finding.dottedClass = ForgedClassOf(flow, segment);
    finding.explanation = fmt::format("\"{}\" in {} came {} after {}, path RTT at least {} "
                                      "({})",
                                      QuoteOf(flow, segment),
                                      NameOfFrame(flow, early.index),
                                      Milliseconds(early.trigger.elapsedNs),
                                      TriggerText(flow, segment.side, early.trigger.segment),
                                      Milliseconds(early.bound.minimumNs),
                                      BoundText(early.bound));
    if (!convicts)
    {
        finding.verdict = Verdict::Inconclusive;
        finding.score = 0.3;
        const std::string sender = flow.address[segment.side].ToString();
        finding.explanation += fmt::format(
            ", and nothing more comes from {} while the other side says the same {} times: a "
            "machine on the path that answers in its name and keeps the rest away would do this, "
            "and so would a path that became shorter just before it broke; a capture at {} would "
            "decide.",
            sender,
            RepeatsIntoSilence(flow, early.index),
            sender);
        return finding;
    }
    finding.score = std::min(1.0,
                             0.6 + 0.3 * lead + (early.genuine ? 0.2 : 0) +
                                 (early.deviation.Corroborates() ? 0.2 : 0));
    if (early.genuine)
    {
        finding.others.push_back(*early.genuine);
        finding.explanation +=
            fmt::format("; the other answer, {}, came {} later",
                        NameOfFrame(flow, *early.genuine),
                        Milliseconds((flow.At(*early.genuine).time - segment.time).count()));
    }
    finding.explanation += ".";
    return finding;
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
        const std::optional<RoundTripBound> bound =
            trigger ? timing.BoundWithout(segment) : std::nullopt;
        if (!bound || !bound->Excludes(trigger->elapsedNs))
        {
            continue;
        }
        const EarlySegment early{index,
                                 *trigger,
                                 *bound,
                                 DeviationOf(flow, profile, index),
                                 GenuineCounterpart(flow, index, timing, *bound)};
        const bool convicts = Convicts(flow, timing, early);
        if (convicts || IsLastWord(flow, timing, early))
        {
            findings.push_back(Describe(flow, early, convicts));
        }
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
 * Where it is the last that is heard of the host while the other side repeats itself, time alone
 * leaves it open.
 */
extern const Detector EARLY_REPLY{early_reply::SIGNATURE,
                                  "a reply that came earlier than the path's round trip allows",
                                  {{kinds::PACKETS}, {"forged"}},
                                  early_reply::Judge,
                                  nullptr};

} // namespace bouncelab::detectors

#include "detectors/accusations.h"
#include "detectors/analysis/header-deviation.h"
#include "detectors/analysis/path-timing.h"
#include "detectors/analysis/stream-sides.h"
#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::detectors
{

namespace header_outlier
{

constexpr AlertRule SIGNATURE{"header-outlier", 1100003, "BOUNCELAB headers of another sender"};

/// Whether a segment stops its receiver, and came before its sender can have heard what it answers.
bool
StopsTooEarly(const Evidence& evidence, const Segment& segment)
{
    if (segment.window != 0 || segment.payloadLength > 0 || segment.Has(tcp::FIN))
    {
        return false;
    }
    const PathTiming timing(evidence.flow, segment.side, evidence.RouteNs(segment.side));
    const auto trigger = timing.TriggerOf(segment);
    return trigger && timing.IsEarly(segment) &&
           !timing.IsQuickElsewhere(segment, trigger->elapsedNs);
}

/// Segments without data that are said once, with the first of them.
Finding*
EarlierStop(const Flow& flow, std::vector<Finding>& findings, Side side)
{
    const auto earlier = std::find_if(findings.begin(),
                                      findings.end(),
                                      [&](const Finding& finding)
                                      {
                                          const Segment& other = flow.At(finding.accused);
                                          return other.side == side && other.payloadLength == 0;
                                      });
    return earlier == findings.end() ? nullptr : &*earlier;
}

std::vector<Finding>
Find(const Evidence& evidence)
{
    const Flow& flow = evidence.flow;
    const bool uniform[2]{LooksUniform(flow, CLIENT), LooksUniform(flow, SERVER)};
    const SenderProfile profiles[2]{{flow, CLIENT}, {flow, SERVER}};
    std::vector<Finding> findings;
    for (std::uint32_t index = 0; index < flow.segments.size(); ++index)
    {
        const Segment& segment = flow.At(index);
        const bool isStop = segment.payloadLength == 0;
        if (uniform[segment.side] || (isStop && segment.window != 0) || segment.Has(tcp::RST) ||
            segment.Has(tcp::SYN))
        {
            continue;
        }
        Finding* const earlier = isStop ? EarlierStop(flow, findings, segment.side) : nullptr;
        const HeaderDeviation deviation = DeviationOf(flow, profiles[segment.side], index);
        if (!deviation.IsOutlier() || (isStop ? !earlier && !StopsTooEarly(evidence, segment)
                                              : StreamGoesOnBehind(flow, index)))
        {
            continue;
        }
        if (earlier)
        {
            earlier->others.push_back(index);
            continue;
        }
        Finding finding;
        finding.accused = index;
        finding.dottedClass = isStop ? classes::FORGED_DATA : ForgedClassOf(flow, segment);
        finding.score = deviation.Score();
        const std::string what =
            isStop ? "which closes the window" : fmt::format("\"{}\"", QuoteOf(flow, segment));
        finding.explanation = fmt::format("{} ({}) differs from everything else that {} sends "
                                          "in this flow: {}{}.",
                                          NameOfFrame(flow, index),
                                          what,
                                          flow.address[segment.side].ToString(),
                                          Enumerate(deviation.reasons),
                                          isStop ? "; and it came sooner after what it "
                                                   "acknowledges than the way takes"
                                                 : "");
        findings.push_back(std::move(finding));
    }
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

} // namespace header_outlier

/**
 * A data segment, or one that closes the window before its sender can have heard what it answers,
 * whose headers differ in several independent ways from everything else that its sender shows in
 * the flow (S003-43). One deviation alone is never enough.
 */
extern const Detector HEADER_OUTLIER{
    header_outlier::SIGNATURE,
    "data whose TTL, IP ID, DF, timestamp and window are not its sender's",
    {{kinds::PACKETS}, {"forged"}},
    header_outlier::Judge,
    nullptr};

} // namespace bouncelab::detectors

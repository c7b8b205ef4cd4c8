#include "detectors/accusations.h"
#include "detectors/analysis/header-deviation.h"
#include "detectors/analysis/stream-sides.h"
#include "detectors/detector.h"

#include <fmt/format.h>

namespace bouncelab::detectors
{

namespace header_outlier
{

constexpr AlertRule SIGNATURE{"header-outlier", 1100003, "BOUNCELAB headers of another sender"};

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
        if (uniform[segment.side] || segment.payloadLength == 0 || segment.Has(tcp::RST) ||
            segment.Has(tcp::SYN))
        {
            continue;
        }
        const HeaderDeviation deviation = DeviationOf(flow, profiles[segment.side], index);
        if (!deviation.IsOutlier() || StreamGoesOnBehind(flow, index))
        {
            continue;
        }
        Finding finding;
        finding.accused = index;
        finding.dottedClass = ForgedClassOf(flow, segment);
        finding.score = deviation.Score();
        finding.explanation = fmt::format("{} (\"{}\") differs from everything else that {} sends "
                                          "in this flow: {}.",
                                          NameOfFrame(flow, index),
                                          QuoteOf(flow, segment),
                                          flow.address[segment.side].ToString(),
                                          Enumerate(deviation.reasons));
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
 * A data segment whose headers differ in several independent ways from everything else that its
 * sender shows in the flow (S003-43). One deviation alone is never enough.
 */
extern const Detector HEADER_OUTLIER{
    header_outlier::SIGNATURE,
    "data whose TTL, IP ID, DF, timestamp and window are not its sender's",
    {{kinds::PACKETS}, {"forged"}},
    header_outlier::Judge,
    nullptr};

} // namespace bouncelab::detectors

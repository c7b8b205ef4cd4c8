#include "detectors/header-outlier.h"

#include "detectors/analysis/header-deviation.h"

#include <fmt/format.h>

namespace bouncelab::detectors
{

namespace
{

constexpr Signature SIGNATURE{HeaderOutlier::NAME, 1100003, "BOUNCELAB headers of another sender"};

} // namespace

std::vector<Finding>
FindHeaderOutliers(const Evidence& evidence)
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
        if (!deviation.IsOutlier())
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
HeaderOutlier::Judge(const Evidence& evidence, AlertSink& sink)
{
    if (ReportOneSided(evidence, SIGNATURE, sink))
    {
        return;
    }
    for (const Finding& finding : FindHeaderOutliers(evidence))
    {
        sink.Add(MakeAlert(evidence, finding, SIGNATURE));
    }
}

} // namespace bouncelab::detectors

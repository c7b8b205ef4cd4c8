#include "detectors/analysis/text-alert.h"

#include <algorithm>
#include <cmath>

namespace bouncelab::detectors
{

Alert
MakeTextAlert(const TextFinding& finding, const AlertRule& signature)
{
    constexpr std::size_t MOST_LINES = 8;
    Alert alert;
    alert.time = finding.time;
    alert.source = finding.source;
    alert.destination = finding.destination;
    alert.detector = signature.detector;
    alert.signatureId = signature.id;
    alert.signature = signature.text;
    alert.category = finding.verdict == Verdict::Fault    ? "Mail not delivered"
                     : finding.verdict == Verdict::Benign ? "Odd but explained"
                                                          : "Evidence does not decide";
    alert.severity = finding.verdict == Verdict::Fault ? 2 : 3;
    alert.dottedClass = finding.dottedClass;
    alert.verdict = finding.verdict;
    alert.score = std::round(std::clamp(finding.score, 0.0, 1.0) * 1000) / 1000;
    alert.where.side = finding.side;
    alert.evidence.explanation = finding.explanation;
    alert.evidence.next = finding.next;
    alert.evidence.log = finding.lines;
    alert.evidence.log.resize(std::min(alert.evidence.log.size(), MOST_LINES));
    if (!finding.lines.empty())
    {
        alert.evidence.file = finding.lines.front().file;
    }
    return alert;
}

} // namespace bouncelab::detectors

#ifndef BOUNCELAB_DETECTORS_ANALYSIS_TEXT_ALERT_H
#define BOUNCELAB_DETECTORS_ANALYSIS_TEXT_ALERT_H

#include "detectors/detector.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/// What a detector concludes from lines of texts, of which no session is at hand.
struct TextFinding
{
    std::string_view dottedClass; //!< formats/vocabulary.h
    Verdict verdict = Verdict::Fault;
    double score = 0;
    std::vector<QuotedLine> lines; //!< That it rests on, the accused first; eight are kept.
    WallTime time{};               //!< Of the first one; zero = not told.
    HostAddress source;            //!< Who did it, as far as the lines name him.
    HostAddress destination;
    std::string explanation;
    std::string side; //!< On whose side the cause lies.
    std::string next; //!< What would decide, or whom to ask.
};

/// Puts more behind an explanation, in front of its full stop.
inline void
AddRemark(TextFinding& finding, const std::string& remark)
{
    finding.explanation.insert(finding.explanation.size() - 1, remark);
}

Alert MakeTextAlert(const TextFinding& finding, const AlertRule& signature);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_TEXT_ALERT_H

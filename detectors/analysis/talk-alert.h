#ifndef BOUNCELAB_DETECTORS_ANALYSIS_TALK_ALERT_H
#define BOUNCELAB_DETECTORS_ANALYSIS_TALK_ALERT_H

#include "detectors/analysis/smtp-talk.h"
#include "detectors/detector.h"

#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/// What a detector concludes of one session.
struct TalkFinding
{
    std::string_view dottedClass; //!< formats/vocabulary.h
    Verdict verdict = Verdict::Fault;
    double score = 0;
    std::vector<Spot> spots; //!< What it rests on; the first one gives the alert its time.
    bool byServer = false;   //!< The server did it; else the client.
    std::string explanation;
};

/// The alert of a finding; rows of logs are quoted, frames of captures are named.
Alert MakeTalkAlert(const Talk& talk, const TalkFinding& finding, const Signature& signature);

/// "line 7" or "frame 7"
std::string NameOfSpot(const Talk& talk, const Spot& spot);

/// "the server's log" of a talk from a receive log, "the sender's log", "a capture".
std::string_view NameOfVantage(const Talk& talk);

/// "5.000 s"
std::string Seconds(std::int64_t nanoseconds);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_TALK_ALERT_H

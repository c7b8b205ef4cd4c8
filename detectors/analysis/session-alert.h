#ifndef BOUNCELAB_DETECTORS_ANALYSIS_SESSION_ALERT_H
#define BOUNCELAB_DETECTORS_ANALYSIS_SESSION_ALERT_H

#include "detectors/analysis/smtp-session.h"
#include "detectors/detector.h"

#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/// What a detector concludes of one session.
struct SessionFinding
{
    std::string_view dottedClass; //!< formats/vocabulary.h
    Verdict verdict = Verdict::Fault;
    double score = 0;
    std::vector<EvidenceRef> refs; //!< What it rests on; the first one gives the alert its time.
    bool byServer = false;         //!< The server did it; else the client.
    std::string explanation;
};

/// The alert of a finding; rows of logs are quoted, frames of captures are named.
Alert MakeSessionAlert(const SmtpSession& session,
                       const SessionFinding& finding,
                       const AlertRule& signature);

/// "line 7" or "frame 7"
std::string NameOfRef(const SmtpSession& session, const EvidenceRef& ref);

/// "the server's log" of a session from a receive log, "the sender's log", "a capture".
std::string_view NameOfVantage(const SmtpSession& session);

/// "5.000 s"
std::string Seconds(std::int64_t nanoseconds);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_SESSION_ALERT_H

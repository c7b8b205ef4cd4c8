#ifndef BOUNCELAB_DETECTORS_ANALYSIS_SESSION_REPLIES_H
#define BOUNCELAB_DETECTORS_ANALYSIS_SESSION_REPLIES_H

#include "detectors/analysis/smtp-session.h"
#include "detectors/readers/server-logs.h"

#include <vector>

namespace bouncelab::detectors
{

/// What ReportedReply::program is for a captured session.
constexpr const char* CAPTURE = "capture";
constexpr const char* PRINTED_PACKETS = "printed packets";

/**
 * The replies of class 4 and 5 by which a session refuses mail: at the greeting, EHLO, AUTH, MAIL,
 * RCPT, DATA and the message. Left out are an EHLO after which HELO was taken, STARTTLS and what
 * else is tried and may be missing, and errors that follow from a refusal before them. In captures,
 * frames stand for lines.
 */
std::vector<InFile<ReportedReply>> RefusalsOf(const SmtpSession& session);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_SESSION_REPLIES_H

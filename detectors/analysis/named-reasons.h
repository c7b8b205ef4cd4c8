#ifndef BOUNCELAB_DETECTORS_ANALYSIS_NAMED_REASONS_H
#define BOUNCELAB_DETECTORS_ANALYSIS_NAMED_REASONS_H

#include "detectors/analysis/reply-reason.h"

#include <string>

namespace bouncelab::detectors
{

/**
 * The reason of a reply that names it, in words or a code that nobody uses for anything else: what
 * its general words would be taken for is somebody else's ("blocked using" of a list that refuses
 * the server's own resolver).
 * \param lower its words in lower case
 * \return null for any other reply
 */
const ReplyReason* NamedReason(const ReportedReply& reply, const std::string& lower);

/// Whether a reply ended the log-on of a user: told by a mail program or a library, or by a mail
/// server that logs on to another one with a name and a password.
bool IsOfUsersLogOn(const ReportedReply& reply);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_NAMED_REASONS_H

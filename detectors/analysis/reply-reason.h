#ifndef BOUNCELAB_DETECTORS_ANALYSIS_REPLY_REASON_H
#define BOUNCELAB_DETECTORS_ANALYSIS_REPLY_REASON_H

#include "detectors/readers/reported-reply.h"
#include "formats/vocabulary.h"

#include <string>
#include <string_view>

namespace bouncelab::detectors
{

/// What a refusal is about, as far as servers' words and codes agree on it.
struct ReplyReason
{
    std::string_view dottedClass;
    std::string_view
        what; //!< "the sender's domain does not authenticate the mail (SPF, DKIM, DMARC)"
    std::string_view side;
    std::string_view next;
    Verdict verdict = Verdict::Fault;
    double score = 0.8;
};

/**
 * The reason of a reply, or of what a sending host says itself: by its words, then by its enhanced
 * codes (RFC 3463). What nothing is known of is `refused`, or `deferred` if it is of class 4, and
 * inconclusive. Reasons that pass by themselves are none of a permanent refusal.
 */
const ReplyReason& ReasonOf(const ReportedReply& reply);

/// Whether it is the reason of what nothing is known of.
bool IsUnexplained(const ReplyReason& reason);

/// Whether a server says that it has a trouble of its own (RFC 3463, X.3).
bool IsOwnTrouble(const ReportedReply& reply);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_REPLY_REASON_H

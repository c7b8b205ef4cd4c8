#ifndef BOUNCELAB_DETECTORS_ANALYSIS_REFUSAL_SIDE_H
#define BOUNCELAB_DETECTORS_ANALYSIS_REFUSAL_SIDE_H

#include "detectors/analysis/text-alert.h"
#include "detectors/readers/reported-reply.h"

namespace bouncelab::detectors
{

/// Whether a host reports of its own delivery, and that it fails.
bool FailsInOwnDelivery(const ReportedReply& reply);

/**
 * Whose side a refusal is on by who says it to whom, beside its words: a program of the sending
 * host, that host by its own rules, a server that does not take its own domain's mail, or one that
 * quotes its own name. What the words say stays where the place tells nothing else.
 */
void JudgeSides(const ReportedReply& reply, TextFinding& finding);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_REFUSAL_SIDE_H

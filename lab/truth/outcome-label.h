#ifndef BOUNCELAB_LAB_TRUTH_OUTCOME_LABEL_H
#define BOUNCELAB_LAB_TRUTH_OUTCOME_LABEL_H

#include "models/mail/outcome-tracker.h"
#include "models/provenance/ledger.h"

#include <string_view>

namespace bouncelab::truth
{

/**
 * The label of one recipient of a message: kind "message", at the time when the queue was through
 * with it (or was given up on at the end of the run, last). Params: message_serial, message_id,
 * sender, recipient, sender_view (pending, delivered, failed, lost), copies, attempts, unconfirmed
 * (attempts without an answer to the content), agree (true, false), bounce_serial (0 = none); where
 * a copy has another body than was sent, changed (how many).
 * \param classLabel the class of the outcome's cause; "ordinary" without one.
 */
provenance::Action OutcomeLabel(const mail::MessageOutcome& outcome,
                                const mail::RecipientOutcome& recipient,
                                provenance::ActorId actor,
                                std::string_view classLabel,
                                SimTime last);

} // namespace bouncelab::truth

#endif // BOUNCELAB_LAB_TRUTH_OUTCOME_LABEL_H

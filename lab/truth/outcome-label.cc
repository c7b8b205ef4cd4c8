#include "lab/truth/outcome-label.h"

#include <string>

namespace bouncelab::truth
{

namespace
{

std::string_view
NameOfView(mail::SenderView view)
{
    switch (view)
    {
    case mail::SenderView::Delivered:
        return "delivered";
    case mail::SenderView::Failed:
        return "failed";
    case mail::SenderView::Lost:
        return "lost";
    case mail::SenderView::Pending:
        break;
    }
    return "pending";
}

} // namespace

provenance::Action
OutcomeLabel(const mail::MessageOutcome& outcome,
             const mail::RecipientOutcome& recipient,
             provenance::ActorId actor,
             std::string_view classLabel,
             SimTime last)
{
    provenance::Action action;
    action.time = outcome.ended.value_or(last);
    action.kind = "message";
    action.classLabel = classLabel;
    action.cause = outcome.cause;
    action.actor = actor;
    action.params = {{"message_serial", std::to_string(outcome.serial)},
                     {"message_id", outcome.messageId},
                     {"sender", outcome.sender},
                     {"recipient", recipient.recipient},
                     {"sender_view", std::string(NameOfView(recipient.sender))},
                     {"copies", std::to_string(recipient.copies)},
                     {"attempts", std::to_string(recipient.attempts)},
                     {"unconfirmed", std::to_string(recipient.unconfirmed)},
                     {"agree", recipient.Agrees() ? "true" : "false"},
                     {"bounce_serial", std::to_string(outcome.bounceSerial)}};
    if (recipient.changed > 0)
    {
        action.params.emplace_back("changed", std::to_string(recipient.changed));
    }
    return action;
}

} // namespace bouncelab::truth

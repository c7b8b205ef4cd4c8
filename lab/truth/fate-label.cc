#include "lab/truth/fate-label.h"

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
    case mail::SenderView::Pending:
        break;
    }
    return "pending";
}

} // namespace

provenance::Action
FateLabel(const mail::MessageFate& fate,
          const mail::RecipientFate& recipient,
          provenance::ActorId actor,
          std::string_view classLabel,
          SimTime last)
{
    provenance::Action action;
    action.time = fate.ended.value_or(last);
    action.kind = "message";
    action.classLabel = classLabel;
    action.cause = fate.cause;
    action.actor = actor;
    action.params = {{"message_serial", std::to_string(fate.serial)},
                     {"message_id", fate.messageId},
                     {"sender", fate.sender},
                     {"recipient", recipient.recipient},
                     {"sender_view", std::string(NameOfView(recipient.sender))},
                     {"copies", std::to_string(recipient.copies)},
                     {"attempts", std::to_string(recipient.attempts)},
                     {"unconfirmed", std::to_string(recipient.unconfirmed)},
                     {"agree", recipient.Agrees() ? "true" : "false"},
                     {"bounce_serial", std::to_string(fate.bounceSerial)}};
    return action;
}

} // namespace bouncelab::truth

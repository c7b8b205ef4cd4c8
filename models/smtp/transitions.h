#ifndef BOUNCELAB_MODELS_SMTP_TRANSITIONS_H
#define BOUNCELAB_MODELS_SMTP_TRANSITIONS_H

#include "models/smtp/reply.h"

#include <optional>
#include <string_view>

namespace bouncelab::smtp
{

/**
 * Where an SMTP conversation stands. The phases, the steps and the table in transitions.cc are the
 * same for both roles, and no other file decides what comes after what.
 */
enum class Phase
{
    Connected,  //!< No greeting yet.
    Refused,    //!< The greeting was negative: only QUIT is left (RFC 5321 3.1).
    Greeted,    //!< No HELO or EHLO yet.
    Idle,       //!< No mail transaction.
    Sender,     //!< MAIL was accepted.
    Recipients, //!< And at least one RCPT.
    Content,    //!< After the 354: octets of the message.
    Chunks,     //!< After a BDAT that was not the last (RFC 3030).
    Closed,
};

/// What is asked and answered, as far as it can move the conversation.
enum class Step
{
    Greeting,
    Hello,
    Mail,
    Recipient,
    Data,
    EndOfData,
    Reset,
    Neutral, //!< NOOP, VRFY, HELP and whatever is refused.
    Quit,
    Auth, //!< AUTH, and every response of its exchange.
    StartTls,
    Chunk,     //!< BDAT that is not the last.
    LastChunk, //!< BDAT LAST.
};

std::string_view NameOfPhase(Phase phase); //!< "recipients"
std::string_view NameOfStep(Step step);    //!< "end-of-data"

/// May this step be taken in this phase?
bool IsAllowed(Phase phase, Step step);

/**
 * The phase after a step was answered.
 *
 * A positive answer is 2yz; for Step::Data it is 3yz. An answer to a step that was not allowed
 * moves nothing.
 */
Phase PhaseAfter(Phase phase, Step step, ReplyClass answer);

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_TRANSITIONS_H

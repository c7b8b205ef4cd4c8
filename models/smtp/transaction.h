#ifndef BOUNCELAB_MODELS_SMTP_TRANSACTION_H
#define BOUNCELAB_MODELS_SMTP_TRANSACTION_H

#include "formats/describe.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::smtp
{

/// What became of a message or a recipient at one attempt.
enum class Outcome
{
    Accepted,
    Deferred, //!< To be tried again.
    Failed,   //!< To be returned.
};

constexpr auto
EnumNames(Outcome)
{
    return std::array<EnumName<Outcome>, 3>{
        {{"accept", Outcome::Accepted}, {"defer", Outcome::Deferred}, {"fail", Outcome::Failed}}};
}

/// One attempt to hand over a message.
struct Transaction
{
    std::string sender;                         //!< Mailbox without brackets; empty = null sender.
    std::vector<std::string> recipients;        //!< Mailboxes without brackets; at least one.
    std::shared_ptr<const std::string> content; //!< Never null.
};

/// Where a verdict fell. The order is that of the conversation.
enum class Stage
{
    Connect,
    Greeting,
    Hello,
    Mail,
    Recipient,
    Data,
    Message, //!< After the final dot.
    Quit,
};

std::string_view NameOfStage(Stage stage); //!< "recipient"

/// Why a verdict fell.
enum class Cause
{
    Reply,          //!< The reply decided.
    MalformedReply, //!< A line that is no reply.
    NoRecipients,   //!< Every recipient had been refused.
    PeerClosed,     //!< FIN where a reply was awaited.
    PeerReset,
    TimedOut,
    ConnectFailed,
    Overflow, //!< More octets than there was room for.
};

std::string_view NameOfCause(Cause cause); //!< "no-recipients"

struct ClientVerdict
{
    Outcome outcome = Outcome::Deferred;
    Stage stage = Stage::Connect;
    Cause cause = Cause::Reply;
    std::uint32_t code = 0; //!< Of the reply that decided; 0 if none did.
    std::string reply;      //!< Its text as the reader kept it: lines with codes, joined by LF.
};

struct TransactionResult
{
    ClientVerdict message;
    std::vector<ClientVerdict> recipients; //!< In the order of Transaction::recipients.
    bool possibleDuplicate = false;        //!< The final dot was out and no answer was read.
};

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_TRANSACTION_H

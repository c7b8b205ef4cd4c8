#ifndef BOUNCELAB_MODELS_SMTP_TRANSACTION_H
#define BOUNCELAB_MODELS_SMTP_TRANSACTION_H

#include "models/smtp/sasl.h"

#include "formats/enum-names.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::smtp
{

/// What became of a message or a recipient at one attempt.
enum class TransactionOutcome
{
    Accepted,
    Deferred, //!< To be tried again.
    Failed,   //!< To be returned.
};

constexpr auto
EnumNames(TransactionOutcome)
{
    return std::array<EnumName<TransactionOutcome>, 3>{{{"accept", TransactionOutcome::Accepted},
                                                        {"defer", TransactionOutcome::Deferred},
                                                        {"fail", TransactionOutcome::Failed}}};
}

/// What RFC 3461 lets a sender ask for, as it goes on the wire (xtext where the RFC has it). Empty
/// = not asked for.
struct DsnRequest
{
    struct Recipient
    {
        std::string notify = {};   //!< "SUCCESS,DELAY"
        std::string original = {}; //!< "rfc822;user@example.com"
    };

    std::string envelopeId = {};
    std::string returned = {};              //!< "FULL" or "HDRS"
    std::vector<Recipient> recipients = {}; //!< As Transaction::recipients, or fewer.
};

/// One attempt to hand over a message.
struct Transaction
{
    std::string sender;                         //!< Mailbox without brackets; empty = null sender.
    std::vector<std::string> recipients;        //!< Mailboxes without brackets; at least one.
    std::shared_ptr<const std::string> content; //!< Never null.
    DsnRequest dsn = {};                        //!< Sent where DSN is offered.
    std::string server = {};                    //!< Name that the client knows the server by.
    std::optional<Account> account = {};        //!< In place of the persona's.
    /// The server is of the client's organization: the persona's `organization` says how to secure
    /// the session, and GSSAPI's token is provided (ClientSession::ProvideToken).
    bool withinOrganization = false;
};

/// Where a verdict fell. The order is that of the conversation.
enum class Stage
{
    Resolve, //!< Of the server's name, before there is a session.
    Connect,
    Greeting,
    Hello, //!< And what goes with it before MAIL: Opening.
    Mail,
    Recipient,
    Data,
    Message, //!< After the final dot.
    Quit,
};

std::string_view NameOfStage(Stage stage); //!< "recipient"

/// Why a verdict fell.
enum class OutcomeReason
{
    Reply,          //!< The reply decided.
    MalformedReply, //!< A line that is no reply.
    NoRecipients,   //!< Every recipient had been refused.
    PeerClosed,     //!< FIN where a reply was awaited.
    PeerReset,
    TimedOut,
    ConnectFailed,
    Overflow,       //!< More octets than there was room for.
    TlsNotOffered,  //!< And the client does not go on without.
    TlsFailed,      //!< The handshake, or a record that was not the peer's.
    AuthNotOffered, //!< Not at all, or in no way that the client knows; and it does not go on.
};

std::string_view NameOfOutcomeReason(OutcomeReason cause); //!< "no-recipients"

/// The parts of Stage::Hello.
enum class HelloStep
{
    Hello,
    StartTls,
    Handshake, //!< Of TLS.
    Authentication,
};

std::string_view NameOfHelloStep(HelloStep opening); //!< "handshake"

struct ClientVerdict
{
    TransactionOutcome outcome = TransactionOutcome::Deferred;
    Stage stage = Stage::Connect;
    OutcomeReason cause = OutcomeReason::Reply;
    std::uint32_t code = 0; //!< Of the reply that decided; 0 if none did.
    std::string reply;      //!< Its text as the reader kept it: lines with codes, joined by LF.
    HelloStep opening = HelloStep::Hello; //!< At Stage::Hello.
};

struct TransactionResult
{
    ClientVerdict message;
    std::vector<ClientVerdict> recipients; //!< In the order of Transaction::recipients.
    bool possibleDuplicate = false;        //!< The final dot was out and no answer was read.
};

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_TRANSACTION_H

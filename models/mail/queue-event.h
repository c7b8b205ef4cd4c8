#ifndef BOUNCELAB_MODELS_MAIL_QUEUE_EVENT_H
#define BOUNCELAB_MODELS_MAIL_QUEUE_EVENT_H

#include "formats/clock.h"
#include "models/mail/message.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::mail
{

/// Where a delivery goes: a mailbox on this host, or another host.
enum class Channel : std::uint8_t
{
    Local,
    Remote,
};

/// What an attempt at one recipient came to.
enum class DeliveryOutcome : std::uint8_t
{
    Success,
    Deferral, //!< Will be tried again.
    Failure,  //!< Will not.
};

/// What RFC 3464 says of an attempt; empty: not known.
struct StatusNote
{
    std::string status;        //!< "5.1.1"
    std::string diagnostic;    //!< "550 5.1.1 User unknown": a server's reply on one line.
    std::string ownDiagnostic; //!< "x-unix; no such user": what this host says, with its type.
    std::string remoteName;    //!< The server that said it; its address if it has no name.
    std::string remoteAddress; //!< Empty for what happened on this host.
    std::string command;       //!< What it answered: "RCPT TO", "end of DATA".
    bool passedOn = false;     //!< The server took the DSN request over (RFC 3461 5.2.2).
};

/// An attempt's result and what the delivery program says about it (lines end in LF).
struct DeliveryReport
{
    DeliveryOutcome outcome = DeliveryOutcome::Success;
    std::string text;
    StatusNote note = {};
    std::uint32_t unconfirmed =
        0;                   //!< Hosts that had the content, and no answer of theirs was read.
    std::string client = {}; //!< End of the connection here, "10.10.10.10:49158"; empty = none.
    std::string server = {}; //!< The other end.
};

/// What a report tells the sender of a recipient (RFC 3464 2.3.3).
enum class ReportAction : std::uint8_t
{
    Failed,
    Delayed,
    Delivered,
    Relayed, //!< To a server that does not make reports of its own.
};

/// A delivery that the queue wants its owner to carry out; answered with MailQueue::Finish().
struct DeliveryOrder
{
    std::uint64_t delivery = 0; //!< Number of the attempt, rising.
    std::uint64_t message = 0;  //!< Number in the queue; used again when the message has left.
    std::uint64_t serial = 0;   //!< Counts messages of this queue in order of arrival, from 1.
    Channel channel = Channel::Remote;
    std::string sender;
    std::string recipient;
    std::string domain; //!< Remote: whose mail server gets it.
    Content content;
    smtp::DsnRequest dsn = {}; //!< What the sender asked for, with this recipient's wishes.
};

/// Something that happened in a queue, in order. A log writer turns it into its program's words.
struct QueueEvent
{
    enum class Kind : std::uint8_t
    {
        NewMessage,     //!< message
        MessageInfo,    //!< message, bytes, sender, recipients, processId, uid
        DeliveryStart,  //!< delivery, message, channel, recipient
        DeliveryResult, //!< delivery, message, recipient, outcome, text, note, unconfirmed,
                        //!< client, server
        Status,         //!< the four concurrency figures
        Bounced, //!< message, processId and bounceSerial of the bounce, recipient = its addressee,
                 //!< action (a delay notice or a success report is not a bounce, but made alike)
        BounceDiscarded,     //!< message: it failed, and no report goes out
        EndMessage,          //!< message: nothing is left to do for it
        DeliveryInterrupted, //!< delivery, message, channel, recipient, unconfirmed: the program
                             //!< has ended in the middle of it, and tries again
        Lost,                //!< message, recipients that it had left: it was not on the disk
        Stopped,             //!< The program ends, in order.
        Started,             //!< The program begins; interval
    };

    /// Whether its message is in the queue no more.
    bool EndsMessage() const { return kind == Kind::EndMessage || kind == Kind::Lost; }

    Kind kind = Kind::NewMessage;
    SimTime time{};
    std::uint64_t message = 0;
    std::uint64_t serial = 0;
    std::uint64_t delivery = 0;
    std::uint64_t bounceSerial = 0;
    Channel channel = Channel::Remote;
    DeliveryOutcome outcome = DeliveryOutcome::Success;
    ReportAction action = ReportAction::Failed;
    std::uint64_t bytes = 0;
    std::uint32_t processId = 0;
    std::uint32_t uid = 0;
    std::uint32_t localUsed = 0;
    std::uint32_t localLimit = 0;
    std::uint32_t remoteUsed = 0;
    std::uint32_t remoteLimit = 0;
    std::string sender;
    std::string recipient;
    std::string asked; //!< DeliveryResult: the recipient as the message came with it.
    std::string text;
    std::uint32_t unconfirmed = 0; //!< DeliveryResult: servers that may have taken it all the same.
    Nanoseconds interval{0};       //!< Started: between runs over the queue.
    std::uint32_t cause = 0;       //!< Lost: in the run's ledger; 0 = not known.
    std::string client;            //!< DeliveryResult: the ends of its connection; empty = none.
    std::string server;
    StatusNote note = {};
    std::string id;                      //!< What the program calls the message; empty without one.
    std::vector<std::string> recipients; //!< As routed.
    Content content;                     //!< NewMessage: what was queued.
    /// NewMessage: the number that a transport with connectors knows the message by; 0 = none.
    std::uint64_t internalId = 0;
};

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_QUEUE_EVENT_H

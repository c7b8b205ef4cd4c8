#ifndef BOUNCELAB_MODELS_MAIL_QUEUE_EVENT_H
#define BOUNCELAB_MODELS_MAIL_QUEUE_EVENT_H

#include "models/mail/message.h"

#include <cstdint>
#include <string>

namespace bouncelab::mail
{

/// Where a delivery goes: a mailbox on this host, or another host.
enum class Channel : std::uint8_t
{
    Local,
    Remote,
};

/// What an attempt at one recipient came to.
enum class Outcome : std::uint8_t
{
    Success,
    Deferral, //!< Will be tried again.
    Failure,  //!< Will not.
};

/// An attempt's result and what the delivery program says about it (lines end in LF).
struct DeliveryReport
{
    Outcome outcome = Outcome::Success;
    std::string text;
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
    Content content;
};

/// Something that happened in a queue, in order. A log writer turns it into its program's words.
struct QueueEvent
{
    enum class Kind : std::uint8_t
    {
        NewMessage,     //!< message
        MessageInfo,    //!< message, bytes, sender, processId, uid
        DeliveryStart,  //!< delivery, message, channel, recipient
        DeliveryResult, //!< delivery, message, recipient, outcome, text
        Status,         //!< the four concurrency figures
        Bounced, //!< message, processId and bounceSerial of the bounce, recipient = its addressee
        BounceDiscarded, //!< message: not even the double bounce could be delivered
        EndMessage,      //!< message: nothing is left to do for it
    };

    Kind kind = Kind::NewMessage;
    std::int64_t timeNs = 0; //!< Simulated time.
    std::uint64_t message = 0;
    std::uint64_t serial = 0;
    std::uint64_t delivery = 0;
    std::uint64_t bounceSerial = 0;
    Channel channel = Channel::Remote;
    Outcome outcome = Outcome::Success;
    std::uint64_t bytes = 0;
    std::uint32_t processId = 0;
    std::uint32_t uid = 0;
    std::uint32_t localUsed = 0;
    std::uint32_t localLimit = 0;
    std::uint32_t remoteUsed = 0;
    std::uint32_t remoteLimit = 0;
    std::string sender;
    std::string recipient;
    std::string text;
    Content content; //!< NewMessage: what was queued.
};

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_QUEUE_EVENT_H

#ifndef BOUNCELAB_MODELS_MAIL_MAIL_QUEUE_H
#define BOUNCELAB_MODELS_MAIL_MAIL_QUEUE_H

#include "formats/clock.h"
#include "formats/random.h"
#include "models/mail/queue-event.h"
#include "models/mail/queue-persona.h"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab::mail
{

/**
 * A mail queue without input and output, after qmail-send. Time is handed in; deliveries that it
 * wants and events that happened are taken out after each call:
 *
 *     queue.Submit(now, submission);
 *     while (auto event = queue.TakeEvent()) { ... }
 *     while (auto order = queue.TakeOrder()) { ... start it, later queue.Finish(now, ...) }
 *     ... call queue.Advance(t) at t = *queue.NextWake()
 *
 * Every recipient of every message ends in exactly one success, or in one failure that is bounced
 * to the sender. A bounce that fails goes once to the postmaster as a double bounce; what fails
 * then is discarded. Times are simulated ns; seconds are those of the host's own clock.
 */
class MailQueue
{
  public:
    /**
     * \param seed,name of the stream of draws for process ids ("mail-host/queue").
     */
    MailQueue(const QueuePersona& persona,
              const QueueStart& start,
              const HostClock& clock,
              std::uint64_t seed,
              std::string_view name);

    /// Takes a message over and returns its serial (DeliveryOrder::serial).
    std::uint64_t Submit(std::int64_t now, const Submission& submission);

    /// The result of an order. An unknown or finished delivery number is a broken invariant: throws
    /// std::logic_error.
    void Finish(std::int64_t now, std::uint64_t delivery, const DeliveryReport& report);

    /// Starts what is due.
    void Advance(std::int64_t now);

    /// When to call Advance() if nothing happens before; nothing while the queue only waits for
    /// results or is empty.
    std::optional<std::int64_t> NextWake() const;

    std::optional<DeliveryOrder> TakeOrder();
    std::optional<QueueEvent> TakeEvent();

    std::size_t GetMessageCount() const { return m_messages.size(); }

    bool IsLocal(std::string_view recipient) const; //!< By its domain, in any case.

  private:
    struct Recipient
    {
        std::string address;
        bool done = false;
    };

    /// The recipients of one message on one channel, and the pass over them that is under way.
    struct ChannelState
    {
        std::vector<Recipient> recipients;
        std::size_t left = 0;       //!< Recipients not done.
        std::size_t position = 0;   //!< Where the pass goes on.
        std::uint32_t inFlight = 0; //!< Deliveries of the pass that run.
        bool passing = false;
        bool closed = false;          //!< Nothing is left to do on this channel.
        bool dying = false;           //!< The pass began after the message's lifetime.
        std::int64_t retrySecond = 0; //!< Set when the pass began.
    };

    struct StoredMessage
    {
        std::uint64_t number = 0;
        std::uint64_t serial = 0;
        std::int64_t birthSecond = 0;
        std::string sender;
        Content content;
        std::uint32_t processId = 0;
        std::uint32_t uid = 0;
        std::string bounceText; //!< What qmail keeps in bounce/N.
        ChannelState channels[2];
    };

    struct RunningDelivery
    {
        std::uint64_t message = 0;
        Channel channel = Channel::Remote;
        std::size_t recipient = 0;
    };

    /// Seconds, message number: the earliest first, lower numbers first among equals.
    using Due = std::set<std::pair<std::int64_t, std::uint64_t>>;

    void Run(std::int64_t now);
    bool RunPass(std::int64_t now, Channel channel);
    void StartDelivery(std::int64_t now, Channel channel, StoredMessage& message);
    void EndPass(Channel channel, StoredMessage& message);
    void EndMessage(std::int64_t now, StoredMessage& message);
    void InjectBounce(std::int64_t now, StoredMessage& message);
    std::int64_t RetrySecond(std::int64_t birth, std::int64_t second, Channel channel) const;
    StoredMessage Enqueue(std::int64_t now, const Submission& submission);
    void Announce(std::int64_t now, StoredMessage&& message);
    std::uint64_t TakeNumber();
    std::uint32_t TakeProcessId();
    QueueEvent& Emit(std::int64_t now, QueueEvent::Kind kind, const StoredMessage* message);
    void EmitStatus(std::int64_t now);

    QueuePersona m_persona;
    QueueStart m_start;
    HostClock m_clock;
    RandomStream m_random;

    std::map<std::uint64_t, StoredMessage> m_messages;
    std::map<std::uint64_t, RunningDelivery> m_running;
    std::set<std::uint64_t> m_freeNumbers;
    std::uint64_t m_nextNumber;
    std::uint64_t m_nextDelivery;
    std::uint32_t m_nextProcessId;
    std::uint64_t m_serials = 0;
    Due m_due[2];
    std::optional<std::uint64_t> m_passing[2]; //!< The message whose pass a channel is in.
    std::uint32_t m_used[2] = {0, 0};
    std::vector<std::uint64_t> m_ended;   //!< Done on both channels, to be ended.
    std::deque<StoredMessage> m_injected; //!< Bounces that the queue has not noticed yet.
    std::int64_t m_lastRun = 0;
    std::deque<DeliveryOrder> m_orders;
    std::deque<QueueEvent> m_events;
};

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_MAIL_QUEUE_H

#ifndef BOUNCELAB_MODELS_MAIL_MAIL_QUEUE_H
#define BOUNCELAB_MODELS_MAIL_MAIL_QUEUE_H

#include "formats/clock.h"
#include "formats/random.h"
#include "models/mail/queue-event.h"
#include "models/mail/queue-persona.h"
#include "models/mail/queue-route.h"
#include "models/mail/report-persona.h"
#include "models/mail/report.h"

#include <cstdint>
#include <deque>
#include <functional>
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
 * to the sender, unless the sender wants to hear nothing (RFC 3461). The null sender gets no
 * bounce: a bounce that fails goes once to the postmaster as a double bounce, if the persona has
 * such; what fails then is discarded. A persona with `dsn` reports may tell of delays and, where
 * asked, of successes, too. Times are simulated ns; seconds are those of the host's own clock.
 */
class MailQueue
{
  public:
    /**
     * \param seed,name of the draws for process ids and reports ("mail-host/queue").
     */
    MailQueue(const QueuePersona& persona,
              const QueueStart& start,
              const HostClock& clock,
              std::uint64_t seed,
              std::string_view name,
              const ReportPersona& report = {});

    /// From now on recipients go where this says; without, by their domain alone.
    void SetRouter(Router router) { m_router = std::move(router); }

    /// An end that no server decided, in the persona's words.
    DeliveryReport ReportOf(DeliveryOutcome outcome,
                            const StatusTexts& verdict,
                            std::string_view recipient,
                            const DeliveryReport& last = {}) const;

    /// What the next message that is submitted will be called, for a server's reply.
    const std::string& NameNext(SimTime now);

    /// Takes a message over and returns its serial (DeliveryOrder::serial).
    std::uint64_t Submit(SimTime now, const Submission& submission);

    /// The result of an order. An unknown or finished delivery number is a broken invariant: throws
    /// std::logic_error.
    void Finish(SimTime now, std::uint64_t delivery, const DeliveryReport& report);

    /// The program has ended before the result of an order was known: nothing is said of it, and
    /// what it was about is due at once. \param unconfirmed hosts that may have taken the message
    void Interrupt(SimTime now, std::uint64_t delivery, std::uint32_t unconfirmed);

    bool IsUnderWay(std::uint64_t delivery) const { return m_running.count(delivery) > 0; }

    /// Power is gone: what is not on the disk yet is lost, with the deliveries of it, unless the
    /// persona syncs. \param writeBack how long what is written stays in memory
    void LosePower(SimTime now, Nanoseconds writeBack);

    void Stop(SimTime now);  //!< The program ends in order. Deliveries go by Interrupt().
    void Start(SimTime now); //!< The program begins again; then come Interrupt() and Advance().

    /// From now on the disk has so much room, in octets; without, it never fills. Where it has none
    /// for a report, the message stays for the persona's `report-retry`.
    void SetRoom(std::function<std::uint64_t()> room) { m_room = std::move(room); }

    std::uint64_t Octets() const { return m_octets; } //!< That its messages have.

    /// Starts what is due.
    void Advance(SimTime now);

    /// An administrator has what waits tried at once (postqueue -f, Retry-Queue, SIGALRM). \param
    /// domain whose mail alone, to other hosts; empty = all of it
    void RetryNow(SimTime now, std::string_view domain = {});

    /// When to call Advance() if nothing happens before; nothing while the queue only waits for
    /// results or is empty.
    std::optional<SimTime> NextWake() const;

    std::optional<DeliveryOrder> TakeOrder();
    std::optional<QueueEvent> TakeEvent();

    std::size_t GetMessageCount() const { return m_messages.size(); }

    bool IsLocal(std::string_view recipient) const; //!< By its domain, in any case.

  private:
    struct QueuedRecipient
    {
        std::string address; //!< As routed.
        std::string asked;   //!< As the message came with it.
        std::string domain;
        bool done = false;
        smtp::DsnRequest::Recipient dsn;
        DeliveryReport last = {};
        SimTime lastTime{};
    };

    /// The recipients of one message on one channel, and the pass over them that is under way.
    struct ChannelState
    {
        std::vector<QueuedRecipient> recipients;
        std::size_t left = 0;       //!< Recipients not done.
        std::size_t position = 0;   //!< Where the pass goes on.
        std::uint32_t inFlight = 0; //!< Deliveries of the pass that run.
        bool passing = false;
        bool closed = false;          //!< Nothing is left to do on this channel.
        bool dying = false;           //!< The pass began after the message's lifetime.
        std::int64_t retrySecond = 0; //!< Set when the pass began.
        std::uint32_t passes = 0;
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
        std::string id; //!< What the program calls it.
        SimTime arrived{};
        smtp::DsnRequest dsn; //!< Of the whole message.
        bool last = false;    //!< A double bounce: its failure is not reported.
        bool refused = false; //!< Some recipients failed before any attempt.
        bool delayTold = false;
        bool silent = false; //!< There are failures that the sender does not want to hear of.
        std::vector<ReportedRecipient> failures;  //!< To be bounced.
        std::vector<ReportedRecipient> successes; //!< That the sender wants to hear of.
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

    void Run(SimTime now);
    void MakeDue(SimTime now, std::string_view domain);
    bool RunPass(SimTime now, Channel channel);
    void StartDelivery(SimTime now, Channel channel, StoredMessage& message);
    void EndPass(SimTime now, Channel channel, StoredMessage& message);
    bool EndMessage(SimTime now, StoredMessage& message);
    void Settle(SimTime now,
                StoredMessage& message,
                Channel channel,
                QueuedRecipient& recipient,
                const DeliveryReport& report);
    void RefuseAtOnce(SimTime now, StoredMessage& message);
    bool HasRoomFor(const StoredMessage& message) const;
    void Unschedule(std::uint64_t number);
    void Remove(std::map<std::uint64_t, StoredMessage>::iterator message);
    void TellFailures(SimTime now, StoredMessage& message);
    void TellDelay(SimTime now, Channel channel, StoredMessage& message);
    void TellSuccesses(SimTime now, StoredMessage& message);
    void InjectReport(SimTime now,
                      StoredMessage& message,
                      const std::vector<ReportedRecipient>& recipients);
    std::string ComposeBounce(SimTime now,
                              const StoredMessage& message,
                              const StoredMessage& bounce,
                              const std::string& addressee,
                              const std::vector<ReportedRecipient>& recipients);
    Route RouteOf(std::string_view recipient) const;
    std::string Stamp(SimTime now,
                      const StoredMessage& message,
                      const Submission& submission) const;
    StoredMessage Open(SimTime now, std::uint32_t uid);
    void Fill(SimTime now, StoredMessage& message, const Submission& submission);
    StoredMessage Enqueue(SimTime now, const Submission& submission);
    void Announce(SimTime now, StoredMessage&& message);
    std::uint64_t TakeNumber();
    std::uint32_t TakeProcessId();
    QueueEvent& Emit(SimTime now, QueueEvent::Kind kind, const StoredMessage* message);
    void EmitStatus(SimTime now);

    QueuePersona m_persona;
    QueueStart m_start;
    HostClock m_clock;
    ReportPersona m_report;
    Router m_router;
    DrawKey m_draws;
    std::uint64_t m_processes = 0; //!< Process ids taken.

    std::map<std::uint64_t, StoredMessage> m_messages;
    std::map<std::uint64_t, RunningDelivery> m_running;
    std::set<std::uint64_t> m_freeNumbers;
    std::uint64_t m_nextNumber;
    std::uint64_t m_nextDelivery;
    std::uint32_t m_nextProcessId;
    std::uint64_t m_serials = 0;
    std::optional<StoredMessage> m_named; //!< Not here yet, but what it will be called is told.
    Due m_due[2];
    std::optional<std::uint64_t> m_passing[2]; //!< The message whose pass a channel is in.
    std::uint32_t m_used[2] = {0, 0};
    std::vector<std::uint64_t> m_ended; //!< Done on both channels, to be ended.
    Due m_unreported;                   //!< The same, but the disk had no room for their reports.
    std::function<std::uint64_t()> m_room; //!< Empty: always enough.
    std::uint64_t m_octets = 0;
    std::deque<StoredMessage> m_injected; //!< Bounces that the queue has not noticed yet.
    SimTime m_lastRun{};
    std::deque<DeliveryOrder> m_orders;
    std::deque<QueueEvent> m_events;
};

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_MAIL_QUEUE_H

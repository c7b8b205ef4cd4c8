#ifndef BOUNCELAB_MODELS_MAIL_OUTCOME_TRACKER_H
#define BOUNCELAB_MODELS_MAIL_OUTCOME_TRACKER_H

#include "formats/clock.h"
#include "models/mail/queue-event.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::mail
{

/// What the sending queue believes of one recipient.
enum class SenderView : std::uint8_t
{
    Pending, //!< Not tried to the end yet.
    Delivered,
    Failed,
    Lost, //!< It was accepted, and is gone.
};

/// One recipient of one message, seen from both sides.
struct RecipientOutcome
{
    std::string recipient;
    SenderView sender = SenderView::Pending;
    std::uint32_t attempts = 0;
    std::uint32_t unconfirmed = 0; //!< Attempts that may have left a copy unknown to the sender.
    std::uint32_t copies = 0;      //!< Recipient's view: how many copies are in the mailbox.
    std::uint32_t changed = 0;     //!< How many of them have another body than was sent.
    std::string report;            //!< Of the last attempt.

    /// The two sides know the same: delivered with one copy of what was sent, or failed with none.
    /// Of what is lost they do not: nobody has heard.
    bool Agrees() const
    {
        return sender == SenderView::Pending ||
               (sender != SenderView::Lost && changed == 0 &&
                copies == (sender == SenderView::Delivered ? 1U : 0U));
    }
};

/// What became of one message.
struct MessageOutcome
{
    std::uint64_t serial = 0;
    std::string messageId; //!< Empty for bounces of qmail, which carry none.
    std::size_t body = 0;  //!< Hash of what was sent below the header; within this process alone.
    std::string sender;
    SimTime queued{};
    std::optional<SimTime> ended;   //!< When the queue was through with it.
    std::uint64_t bounceSerial = 0; //!< The bounce that went to the sender; 0: none.
    bool bounceDiscarded = false;   //!< A double bounce that bounced.
    std::uint32_t cause = 0;        //!< As attributed; 0: none.
    std::vector<RecipientOutcome> recipients;
};

/**
 * Keeps the history of one queue's messages on both sides. A message that the queue is through with
 * is kept for a while longer, since a copy may still arrive, and then handed out.
 */
class OutcomeTracker
{
  public:
    using Sink = std::function<void(const MessageOutcome&)>;

    /// \param grace how long after its end a message is kept.
    OutcomeTracker(Sink sink, Nanoseconds grace);

    void OnQueueEvent(const QueueEvent& event);

    /**
     * A copy has landed in a mailbox. It is told apart by its Message-ID; text without one (a
     * bounce delivered on its own host) is matched by OnLocalCopy().
     */
    void OnReceived(SimTime time, std::string_view recipient, std::string_view content);

    /// A copy has landed in a mailbox of the queue's own host.
    void OnLocalCopy(const DeliveryOrder& order);

    /// A copy that was handed on has been lost by the next host. \param cause of that
    void OnLost(std::string_view recipient, std::string_view content, std::uint32_t cause);

    /// Says what an attempt suffered from; the first cause of a message stays.
    void Attribute(std::uint64_t delivery, std::uint32_t cause);

    /// Hands out everything, ended or not, in the order of arrival.
    void Finish();

    /// Copies of messages that this book does not know, or no longer knows.
    std::uint64_t GetStrayCopies() const { return m_strayCopies; }

    std::size_t GetSize() const { return m_outcomes.size(); }

  private:
    RecipientOutcome& RecipientOf(MessageOutcome& outcome, std::string_view recipient);
    void Release(SimTime now);
    void HandOut(std::uint64_t serial);

    Sink m_sink;
    Nanoseconds m_grace;
    std::map<std::uint64_t, MessageOutcome> m_outcomes;
    std::map<std::string, std::uint64_t, std::less<>> m_byMessageId;
    std::map<std::uint64_t, std::uint64_t> m_running;      //!< Delivery to message serial.
    std::map<std::uint64_t, std::uint32_t> m_bounceCauses; //!< Of bounces not yet queued.
    std::deque<std::uint64_t> m_ended;
    std::uint64_t m_strayCopies = 0;
};

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_OUTCOME_TRACKER_H

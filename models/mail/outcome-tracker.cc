#include "models/mail/outcome-tracker.h"

#include <functional>
#include <iterator>
#include <utility>

namespace bouncelab::mail
{

namespace
{

std::size_t
BodyHash(std::string_view content)
{
    const std::string text = WithDiskLineEnds(content);
    return std::hash<std::string_view>()(std::string_view(text).substr(HeaderOf(text).size()));
}

} // namespace

OutcomeTracker::OutcomeTracker(Sink sink, Nanoseconds grace)
    : m_sink(std::move(sink))
    , m_grace(grace)
{
}

void
OutcomeTracker::OnQueueEvent(const QueueEvent& event)
{
    Release(event.time);
    if (event.kind == QueueEvent::Kind::NewMessage)
    {
        MessageOutcome& outcome = m_outcomes[event.serial];
        outcome.serial = event.serial;
        outcome.queued = event.time;
        outcome.messageId = MessageIdOf(*event.content);
        outcome.body = BodyHash(*event.content);
        if (const auto cause = m_bounceCauses.find(event.serial); cause != m_bounceCauses.end())
        {
            outcome.cause = cause->second;
            m_bounceCauses.erase(cause);
        }
        if (!outcome.messageId.empty())
        {
            m_byMessageId.emplace(outcome.messageId, event.serial);
        }
        return;
    }
    const auto found = m_outcomes.find(event.serial);
    if (found == m_outcomes.end())
    {
        return;
    }
    MessageOutcome& outcome = found->second;
    switch (event.kind)
    {
    case QueueEvent::Kind::MessageInfo:
        outcome.sender = event.sender;
        break;
    case QueueEvent::Kind::DeliveryStart:
        m_running.emplace(event.delivery, event.serial);
        ++RecipientOf(outcome, event.recipient).attempts;
        break;
    case QueueEvent::Kind::DeliveryResult:
    {
        m_running.erase(event.delivery);
        RecipientOutcome& recipient = RecipientOf(outcome, event.recipient);
        recipient.report = event.text;
        recipient.unconfirmed += event.unconfirmed;
        recipient.sender = event.outcome == DeliveryOutcome::Success   ? SenderView::Delivered
                           : event.outcome == DeliveryOutcome::Failure ? SenderView::Failed
                                                                       : SenderView::Pending;
        break;
    }
    case QueueEvent::Kind::DeliveryInterrupted:
        m_running.erase(event.delivery);
        RecipientOf(outcome, event.recipient).unconfirmed += event.unconfirmed;
        break;
    case QueueEvent::Kind::Lost:
        for (const std::string& recipient : event.recipients)
        {
            RecipientOf(outcome, recipient).sender = SenderView::Lost;
        }
        outcome.cause = outcome.cause == 0 ? event.cause : outcome.cause;
        for (auto running = m_running.begin(); running != m_running.end();)
        {
            running =
                running->second == event.serial ? m_running.erase(running) : std::next(running);
        }
        outcome.ended = event.time;
        m_ended.push_back(event.serial);
        break;
    case QueueEvent::Kind::Bounced:
        if (event.action != ReportAction::Failed)
        {
            break;
        }
        outcome.bounceSerial = event.bounceSerial;
        if (outcome.cause != 0)
        {
            m_bounceCauses[event.bounceSerial] = outcome.cause;
        }
        break;
    case QueueEvent::Kind::BounceDiscarded:
        outcome.bounceDiscarded = true;
        break;
    case QueueEvent::Kind::EndMessage:
        outcome.ended = event.time;
        m_ended.push_back(event.serial);
        break;
    default:
        break;
    }
}

void
OutcomeTracker::OnReceived(SimTime time, std::string_view recipient, std::string_view content)
{
    Release(time);
    const auto found = m_byMessageId.find(MessageIdOf(content));
    if (found == m_byMessageId.end())
    {
        ++m_strayCopies;
        return;
    }
    MessageOutcome& outcome = m_outcomes.at(found->second);
    RecipientOutcome& known = RecipientOf(outcome, recipient);
    ++known.copies;
    // A report that came back under the mail's own id is no copy of it.
    known.changed += known.attempts > 0 && BodyHash(content) != outcome.body ? 1 : 0;
}

void
OutcomeTracker::OnLost(std::string_view recipient, std::string_view content, std::uint32_t cause)
{
    const auto found = m_byMessageId.find(MessageIdOf(content));
    if (found == m_byMessageId.end())
    {
        return;
    }
    MessageOutcome& outcome = m_outcomes.at(found->second);
    for (RecipientOutcome& known : outcome.recipients)
    {
        if (known.recipient == recipient && known.copies > 0)
        {
            --known.copies;
            outcome.cause = outcome.cause == 0 ? cause : outcome.cause;
        }
    }
}

void
OutcomeTracker::OnLocalCopy(const DeliveryOrder& order)
{
    const auto found = m_outcomes.find(order.serial);
    if (found == m_outcomes.end())
    {
        ++m_strayCopies;
        return;
    }
    ++RecipientOf(found->second, order.recipient).copies;
}

void
OutcomeTracker::Attribute(std::uint64_t delivery, std::uint32_t cause)
{
    const auto running = m_running.find(delivery);
    if (running != m_running.end())
    {
        std::uint32_t& first = m_outcomes.at(running->second).cause;
        first = first == 0 ? cause : first;
    }
}

void
OutcomeTracker::Finish()
{
    while (!m_outcomes.empty())
    {
        HandOut(m_outcomes.begin()->first);
    }
    m_ended.clear();
    m_running.clear();
}

RecipientOutcome&
OutcomeTracker::RecipientOf(MessageOutcome& outcome, std::string_view recipient)
{
    for (RecipientOutcome& known : outcome.recipients)
    {
        if (known.recipient == recipient)
        {
            return known;
        }
    }
    RecipientOutcome& added = outcome.recipients.emplace_back();
    added.recipient = recipient;
    return added;
}

void
OutcomeTracker::Release(SimTime now)
{
    while (!m_ended.empty())
    {
        const auto found = m_outcomes.find(m_ended.front());
        if (*found->second.ended + m_grace > now)
        {
            return;
        }
        m_ended.pop_front();
        HandOut(found->first);
    }
}

void
OutcomeTracker::HandOut(std::uint64_t serial)
{
    const auto found = m_outcomes.find(serial);
    m_sink(found->second);
    const auto named = m_byMessageId.find(found->second.messageId);
    if (named != m_byMessageId.end() && named->second == serial)
    {
        m_byMessageId.erase(named);
    }
    m_outcomes.erase(found);
}

} // namespace bouncelab::mail

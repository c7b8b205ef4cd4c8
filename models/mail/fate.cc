#include "models/mail/fate.h"

#include <utility>

namespace bouncelab::mail
{

FateBook::FateBook(Sink sink, Nanoseconds grace)
    : m_sink(std::move(sink))
    , m_grace(grace)
{
}

void
FateBook::OnQueueEvent(const QueueEvent& event)
{
    Release(event.time);
    if (event.kind == QueueEvent::Kind::NewMessage)
    {
        MessageFate& fate = m_fates[event.serial];
        fate.serial = event.serial;
        fate.queued = event.time;
        fate.messageId = MessageIdOf(*event.content);
        if (const auto cause = m_bounceCauses.find(event.serial); cause != m_bounceCauses.end())
        {
            fate.cause = cause->second;
            m_bounceCauses.erase(cause);
        }
        if (!fate.messageId.empty())
        {
            m_byMessageId.emplace(fate.messageId, event.serial);
        }
        return;
    }
    const auto found = m_fates.find(event.serial);
    if (found == m_fates.end())
    {
        return;
    }
    MessageFate& fate = found->second;
    switch (event.kind)
    {
    case QueueEvent::Kind::MessageInfo:
        fate.sender = event.sender;
        break;
    case QueueEvent::Kind::DeliveryStart:
        m_running.emplace(event.delivery, event.serial);
        ++RecipientOf(fate, event.recipient).attempts;
        break;
    case QueueEvent::Kind::DeliveryResult:
    {
        m_running.erase(event.delivery);
        RecipientFate& recipient = RecipientOf(fate, event.recipient);
        recipient.report = event.text;
        recipient.unconfirmed += event.unconfirmed ? 1 : 0;
        recipient.sender = event.outcome == Outcome::Success   ? SenderView::Delivered
                           : event.outcome == Outcome::Failure ? SenderView::Failed
                                                               : SenderView::Pending;
        break;
    }
    case QueueEvent::Kind::Bounced:
        if (event.action != ReportAction::Failed)
        {
            break;
        }
        fate.bounceSerial = event.bounceSerial;
        if (fate.cause != 0)
        {
            m_bounceCauses[event.bounceSerial] = fate.cause;
        }
        break;
    case QueueEvent::Kind::BounceDiscarded:
        fate.bounceDiscarded = true;
        break;
    case QueueEvent::Kind::EndMessage:
        fate.ended = event.time;
        m_ended.push_back(event.serial);
        break;
    default:
        break;
    }
}

void
FateBook::OnReceived(SimTime time, std::string_view recipient, std::string_view content)
{
    Release(time);
    const auto found = m_byMessageId.find(MessageIdOf(content));
    if (found == m_byMessageId.end())
    {
        ++m_strayCopies;
        return;
    }
    ++RecipientOf(m_fates.at(found->second), recipient).copies;
}

void
FateBook::OnLocalCopy(const DeliveryOrder& order)
{
    const auto found = m_fates.find(order.serial);
    if (found == m_fates.end())
    {
        ++m_strayCopies;
        return;
    }
    ++RecipientOf(found->second, order.recipient).copies;
}

void
FateBook::Blame(std::uint64_t delivery, std::uint32_t cause)
{
    const auto running = m_running.find(delivery);
    if (running != m_running.end())
    {
        std::uint32_t& first = m_fates.at(running->second).cause;
        first = first == 0 ? cause : first;
    }
}

void
FateBook::Finish()
{
    while (!m_fates.empty())
    {
        HandOut(m_fates.begin()->first);
    }
    m_ended.clear();
    m_running.clear();
}

RecipientFate&
FateBook::RecipientOf(MessageFate& fate, std::string_view recipient)
{
    for (RecipientFate& known : fate.recipients)
    {
        if (known.recipient == recipient)
        {
            return known;
        }
    }
    RecipientFate& added = fate.recipients.emplace_back();
    added.recipient = recipient;
    return added;
}

void
FateBook::Release(SimTime now)
{
    while (!m_ended.empty())
    {
        const auto found = m_fates.find(m_ended.front());
        if (*found->second.ended + m_grace > now)
        {
            return;
        }
        m_ended.pop_front();
        HandOut(found->first);
    }
}

void
FateBook::HandOut(std::uint64_t serial)
{
    const auto found = m_fates.find(serial);
    m_sink(found->second);
    const auto named = m_byMessageId.find(found->second.messageId);
    if (named != m_byMessageId.end() && named->second == serial)
    {
        m_byMessageId.erase(named);
    }
    m_fates.erase(found);
}

} // namespace bouncelab::mail

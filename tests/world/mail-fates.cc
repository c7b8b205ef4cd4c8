#include "tests/world/mail-fates.h"

#include "models/mail/message-text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace bouncelab::test
{

std::string
MailFate::Fault() const
{
    const std::uint32_t due = recipients + Copies();
    return taken < confirmed ? "a client heard of more copies than were taken"
           : Ends() < due || Ends() > due + rewritten ? fmt::format("{} ends of {}", Ends(), due)
           : unconfirmed < Copies()                   ? "taken twice, and each client knew"
           : causeless > 0                            ? "lost without a cause"
                                                      : std::string();
}

void
MailFates::OnEvent(const host::Event& event)
{
    if (const auto* stored = event.As<host::StoredEvent>())
    {
        const std::string messageId(mail::MessageIdOf(*stored->order.content));
        ++m_fates[m_byMessageId.at(messageId)].delivered;
    }
    else if (const auto* queue = event.As<mail::QueueEvent>())
    {
        OnQueueEvent(std::string(event.place), *queue);
    }
}

/// The first that is heard of a message is that its user submits it, or a queue its report.
void
MailFates::OnNewMessage(const std::string& place, const mail::QueueEvent& event)
{
    const std::string messageId(mail::MessageIdOf(*event.content));
    const auto [known, isNew] = m_byMessageId.emplace(messageId, m_fates.size());
    m_queued[{place, event.serial}] = {known->second, event.time, 0, {0, 0}};
    if (isNew)
    {
        m_fates.emplace_back().messageId = messageId;
        return;
    }
    ++m_fates[known->second].taken;
    m_mostHops = std::max(m_mostHops, mail::CountReceived(*event.content) - 1);
}

void
MailFates::OnQueueEvent(const std::string& place, const mail::QueueEvent& event)
{
    using Kind = mail::QueueEvent::Kind;
    if (event.kind == Kind::NewMessage)
    {
        OnNewMessage(place, event);
        return;
    }
    const auto found = m_queued.find({place, event.serial});
    if (found == m_queued.end())
    {
        return;
    }
    Stay& stay = found->second;
    MailFate& fate = m_fates[stay.fate];
    const bool isRemote = event.channel == mail::Channel::Remote;
    std::uint32_t& running = stay.running[isRemote ? 1 : 0];
    if (event.kind == Kind::MessageInfo && fate.taken == 0)
    {
        fate.sender = event.sender;
        fate.recipients = static_cast<std::uint32_t>(event.recipients.size());
    }
    else if (event.kind == Kind::DeliveryStart)
    {
        ++running;
    }
    else if (event.kind == Kind::DeliveryInterrupted)
    {
        --running;
        (isRemote ? fate.unconfirmed : fate.rewritten) += event.unconfirmed;
    }
    else if (event.kind == Kind::Lost)
    {
        OnLost(fate, stay, event);
        m_queued.erase(found);
    }
    else if (event.kind == Kind::DeliveryResult)
    {
        running -= event.delivery == 0 ? 0 : 1; // It was refused at once.
        stay.failed += event.outcome == mail::DeliveryOutcome::Failure ? 1 : 0;
        fate.unconfirmed += event.unconfirmed;
        fate.confirmed += event.channel == mail::Channel::Remote &&
                                  event.outcome == mail::DeliveryOutcome::Success
                              ? 1
                              : 0;
    }
    else if (event.kind == Kind::Bounced && event.action == mail::ReportAction::Failed)
    {
        (fate.sender.empty() ? fate.doubled : fate.bounced) += std::exchange(stay.failed, 0);
    }
    else if (event.kind == Kind::BounceDiscarded)
    {
        fate.discarded += std::exchange(stay.failed, 0);
    }
    else if (event.kind == Kind::EndMessage)
    {
        m_longestStay = std::max(m_longestStay, Nanoseconds(event.time - found->second.since));
        m_queued.erase(found);
    }
}

/// What was under way may have been taken all the same.
void
MailFates::OnLost(MailFate& fate, const Stay& stay, const mail::QueueEvent& event)
{
    const auto lost = static_cast<std::uint32_t>(event.recipients.size());
    fate.lost += lost;
    fate.causeless += event.cause == 0 ? lost : 0;
    fate.rewritten += stay.running[0];
    fate.unconfirmed += stay.running[1];
}

Nanoseconds
MailFates::LongestStay(SimTime now) const
{
    Nanoseconds longest = m_longestStay;
    for (const auto& [key, stay] : m_queued)
    {
        longest = std::max(longest, Nanoseconds(now - stay.since));
    }
    return longest;
}

} // namespace bouncelab::test

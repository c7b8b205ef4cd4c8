#include "tests/world/mail-fates.h"

#include "models/mail/message-text.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::test
{

std::string
MailFate::Fault() const
{
    return taken < confirmed        ? "a client heard of more copies than were taken"
           : Ends() != 1 + Copies() ? fmt::format("{} ends of {}", Ends(), 1 + Copies())
           : unconfirmed < Copies() ? "taken twice, and each client knew"
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
    m_queued[{place, event.serial}] = {known->second, event.time};
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
    MailFate& fate = m_fates[found->second.fate];
    if (event.kind == Kind::MessageInfo && fate.taken == 0)
    {
        fate.sender = event.sender;
    }
    else if (event.kind == Kind::DeliveryResult)
    {
        fate.unconfirmed += event.unconfirmed;
        fate.confirmed += event.channel == mail::Channel::Remote &&
                                  event.outcome == mail::DeliveryOutcome::Success
                              ? 1
                              : 0;
    }
    else if (event.kind == Kind::Bounced && event.action == mail::ReportAction::Failed)
    {
        ++(fate.sender.empty() ? fate.doubled : fate.bounced);
    }
    else if (event.kind == Kind::BounceDiscarded)
    {
        ++fate.discarded;
    }
    else if (event.kind == Kind::EndMessage)
    {
        m_longestStay = std::max(m_longestStay, Nanoseconds(event.time - found->second.since));
        m_queued.erase(found);
    }
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

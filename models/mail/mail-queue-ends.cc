#include "models/mail/mail-queue.h"

#include <algorithm>

/// Ends of the mail program and of its host, and how the queue goes on behind them.
namespace bouncelab::mail
{

void
MailQueue::Interrupt(SimTime now, std::uint64_t delivery, std::uint32_t unconfirmed)
{
    const RunningDelivery running = m_running.at(delivery);
    m_running.erase(delivery);
    StoredMessage& message = m_messages.at(running.message);
    ChannelState& state = message.channels[static_cast<std::size_t>(running.channel)];
    QueueEvent& event = Emit(now, QueueEvent::Kind::DeliveryInterrupted, &message);
    event.delivery = delivery;
    event.channel = running.channel;
    event.recipient = state.recipients[running.recipient].address;
    event.unconfirmed = unconfirmed;
    state.retrySecond = m_clock.ReadSeconds(now);
    --state.inFlight;
    --m_used[static_cast<std::size_t>(running.channel)];
    if (state.inFlight == 0 && !state.passing)
    {
        EndPass(now, running.channel, message);
    }
    Run(now);
}

void
MailQueue::LosePower(SimTime now, Nanoseconds writeBack)
{
    if (m_persona.sync)
    {
        return;
    }
    for (auto message = m_messages.begin(); message != m_messages.end();)
    {
        const auto lost = message++;
        if (lost->second.arrived + writeBack <= now)
        {
            continue;
        }
        QueueEvent& event = Emit(now, QueueEvent::Kind::Lost, &lost->second);
        event.content = lost->second.content;
        for (const ChannelState& state : lost->second.channels)
        {
            for (const QueuedRecipient& recipient : state.recipients)
            {
                if (!recipient.done)
                {
                    event.recipients.push_back(recipient.address);
                }
            }
        }
        for (const ReportedRecipient& failed : lost->second.failures)
        {
            event.recipients.push_back(failed.address);
        }
        for (auto delivery = m_running.begin(); delivery != m_running.end();)
        {
            const bool isOfIt = delivery->second.message == lost->first;
            m_used[static_cast<std::size_t>(delivery->second.channel)] -= isOfIt ? 1 : 0;
            delivery = isOfIt ? m_running.erase(delivery) : std::next(delivery);
        }
        Unschedule(lost->first);
        Remove(lost);
    }
}

void
MailQueue::Unschedule(std::uint64_t number)
{
    const auto isIt = [number](const auto& due) { return due.second == number; };
    for (Due* due : {&m_due[0], &m_due[1], &m_unreported})
    {
        const auto found = std::find_if(due->begin(), due->end(), isIt);
        if (found != due->end())
        {
            due->erase(found);
        }
    }
    for (auto& passing : m_passing)
    {
        passing = passing == number ? std::nullopt : passing;
    }
    m_ended.erase(std::remove(m_ended.begin(), m_ended.end(), number), m_ended.end());
}

/// \pre nothing is scheduled or under way for it
void
MailQueue::Remove(std::map<std::uint64_t, StoredMessage>::iterator message)
{
    m_octets -= message->second.content->size();
    m_freeNumbers.insert(message->first);
    m_messages.erase(message);
}

void
MailQueue::Stop(SimTime now)
{
    Emit(now, QueueEvent::Kind::Stopped, nullptr);
}

void
MailQueue::Start(SimTime now)
{
    Emit(now, QueueEvent::Kind::Started, nullptr).interval = m_persona.retryInterval;
    EmitStatus(now);
    if (m_persona.retryAtStart)
    {
        MakeDue(now, {});
    }
}

} // namespace bouncelab::mail

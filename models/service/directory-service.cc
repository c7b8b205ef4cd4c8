#include "models/service/directory-service.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <string>
#include <utility>

namespace bouncelab::service
{

DirectoryService::DirectoryService(const DirectoryConfig& config,
                                   std::uint64_t seed,
                                   std::string_view name,
                                   SampleHandler onSample)
    : m_directory(config, DrawKey(seed, std::string(name) + "/directory"))
    , m_onSample(std::move(onSample))
{
    Arm();
}

DirectoryService::~DirectoryService()
{
    ns3::Simulator::Remove(m_timer);
}

Nanoseconds
DirectoryService::Now()
{
    return Nanoseconds(ns3::Simulator::Now().GetNanoSeconds());
}

LookupTicket
DirectoryService::Ask(Handler onAnswer)
{
    const LookupTicket ticket = m_directory.Ask(Now());
    m_handlers.emplace(ticket, std::move(onAnswer));
    Arm();
    return ticket;
}

void
DirectoryService::Forget(LookupTicket ticket)
{
    m_handlers.erase(ticket);
}

void
DirectoryService::Finish()
{
    m_directory.Finish(Now());
    TellSamples();
}

void
DirectoryService::Wake()
{
    m_directory.Advance(Now());
    while (const auto answer = m_directory.TakeAnswer())
    {
        const auto it = m_handlers.find(answer->ticket);
        if (it != m_handlers.end())
        {
            const Handler handler = std::move(it->second);
            m_handlers.erase(it);
            handler(answer->status);
        }
    }
    TellSamples();
    Arm();
}

void
DirectoryService::TellSamples()
{
    while (const auto sample = m_directory.TakeSample())
    {
        if (m_onSample)
        {
            m_onSample(*sample);
        }
    }
}

/// Also where a question has moved the directory past answers: they are told by an event of theirs.
void
DirectoryService::Arm()
{
    ns3::Simulator::Remove(m_timer);
    const auto next =
        m_directory.HasAnswer() ? std::optional<Nanoseconds>(Now()) : m_directory.NextTimer();
    if (next)
    {
        const Nanoseconds wait = std::max(*next - Now(), Nanoseconds(0));
        m_timer =
            ns3::Simulator::Schedule(ns3::NanoSeconds(wait.count()), &DirectoryService::Wake, this);
    }
}

} // namespace bouncelab::service

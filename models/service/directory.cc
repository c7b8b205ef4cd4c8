#include "models/service/directory.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::service
{

std::vector<std::string>
CheckDirectory(const DirectoryConfig& config)
{
    std::vector<std::string> faults;
    if (config.failedAtStart > config.replicas)
    {
        faults.push_back(fmt::format("failed-at-start: found {}, expected at most the {} replicas",
                                     config.failedAtStart,
                                     config.replicas));
    }
    return faults;
}

Directory::Directory(const DirectoryConfig& config, DrawKey draws)
    : m_config(config)
    , m_draws(draws)
    , m_work(Nanoseconds(std::chrono::seconds(1)) / config.lookupsPerSecond)
    , m_replicas(config.replicas)
{
    for (std::size_t i = 0; i < m_replicas.size(); ++i)
    {
        if (i < config.failedAtStart)
        {
            TakeDown(i);
        }
        else
        {
            BringUp(i);
        }
    }
}

LookupTicket
Directory::Ask(Nanoseconds now)
{
    Advance(now);
    const LookupTicket ticket = ++m_lastTicket;
    ++m_sample.asked;
    ScheduledEvent timeout{EventKind::TimedOut};
    timeout.ticket = ticket;
    m_open[ticket] = {now, Schedule(now + m_config.timeout, timeout)};
    const auto index = Choose();
    if (!index)
    {
        if (!m_config.silentWhenDown)
        {
            Deliver(ticket, LookupStatus::Unavailable);
        }
        return ticket;
    }
    Replica& replica = m_replicas[*index];
    if (IsFull(replica))
    {
        Deliver(ticket, LookupStatus::Busy);
        const Nanoseconds limit = m_config.collapseAfter;
        if (limit.count() > 0 && now - *replica.overload >= limit)
        {
            TakeDown(*index);
        }
        return ticket;
    }
    replica.queue.push_back(ticket);
    m_sample.longestQueue = std::max<std::uint64_t>(m_sample.longestQueue, replica.queue.size());
    if (!replica.work)
    {
        Begin(*index);
    }
    return ticket;
}

void
Directory::Advance(Nanoseconds now)
{
    while (!m_events.empty() && m_events.begin()->first.first <= now)
    {
        const auto first = m_events.begin();
        const ScheduledEvent event = first->second;
        m_now = std::max(m_now, first->first.first);
        m_events.erase(first);
        CloseIntervals(m_now);
        Handle(event);
    }
    m_now = std::max(m_now, now);
    CloseIntervals(m_now);
}

std::optional<Nanoseconds>
Directory::NextTimer() const
{
    return m_events.empty() ? std::nullopt
                            : std::optional<Nanoseconds>(m_events.begin()->first.first);
}

std::optional<LookupAnswer>
Directory::TakeAnswer()
{
    if (m_answers.empty())
    {
        return std::nullopt;
    }
    const LookupAnswer answer = m_answers.front();
    m_answers.pop();
    return answer;
}

std::optional<LoadSample>
Directory::TakeSample()
{
    if (m_samples.empty())
    {
        return std::nullopt;
    }
    const LoadSample sample = m_samples.front();
    m_samples.pop();
    return sample;
}

void
Directory::Finish(Nanoseconds now)
{
    Advance(now);
    if (m_now > m_sample.start)
    {
        m_sample.length = m_now - m_sample.start;
        m_sample.replicasUp = ReplicasUp();
        m_samples.push(m_sample);
        m_sample = {};
        m_sample.start = m_now;
    }
}

std::size_t
Directory::Backlog() const
{
    std::size_t waiting = 0;
    for (const Replica& replica : m_replicas)
    {
        waiting += replica.queue.size();
    }
    return waiting;
}

std::uint32_t
Directory::ReplicasUp() const
{
    return static_cast<std::uint32_t>(
        std::count_if(m_replicas.begin(), m_replicas.end(), [](const Replica& r) { return r.up; }));
}

Directory::Key
Directory::Schedule(Nanoseconds time, const ScheduledEvent& event)
{
    const Key key{time, ++m_serial};
    m_events.emplace(key, event);
    return key;
}

void
Directory::Handle(const ScheduledEvent& event)
{
    switch (event.kind)
    {
    case EventKind::Worked:
        OnWorked(event.replica);
        break;
    case EventKind::Failed:
        m_replicas[event.replica].failure.reset();
        TakeDown(event.replica);
        break;
    case EventKind::Repaired:
        BringUp(event.replica);
        break;
    case EventKind::Delivered:
        Answer(event.ticket, event.status);
        break;
    case EventKind::TimedOut:
        Answer(event.ticket, LookupStatus::TimedOut);
        break;
    }
}

/// The first question of the queue is taken up.
void
Directory::Begin(std::size_t index)
{
    ScheduledEvent event{EventKind::Worked};
    event.replica = index;
    m_replicas[index].work = Schedule(m_now + m_work, event);
}

void
Directory::OnWorked(std::size_t index)
{
    Replica& replica = m_replicas[index];
    const LookupTicket ticket = replica.queue.front();
    replica.queue.pop_front();
    replica.work.reset();
    ++m_sample.worked;
    m_sample.workedFor += m_work;
    if (replica.queue.size() <= m_config.queue / 2)
    {
        replica.overload.reset();
    }
    if (!replica.queue.empty())
    {
        Begin(index);
    }
    Deliver(ticket, LookupStatus::Answered);
}

void
Directory::TakeDown(std::size_t index)
{
    Replica& replica = m_replicas[index];
    replica.up = false;
    for (std::optional<Key>* key : {&replica.work, &replica.failure})
    {
        if (*key)
        {
            m_events.erase(**key);
            key->reset();
        }
    }
    replica.overload.reset();
    if (!m_config.silentWhenDown)
    {
        for (const LookupTicket ticket : replica.queue)
        {
            Deliver(ticket, LookupStatus::Unavailable);
        }
    }
    replica.queue.clear();
    if (m_config.meanRepair.count() > 0)
    {
        ScheduledEvent event{EventKind::Repaired};
        event.replica = index;
        Schedule(m_now + DrawAround(m_config.meanRepair), event);
    }
}

void
Directory::BringUp(std::size_t index)
{
    Replica& replica = m_replicas[index];
    replica.up = true;
    if (m_config.meanUptime.count() > 0)
    {
        ScheduledEvent event{EventKind::Failed};
        event.replica = index;
        replica.failure = Schedule(m_now + DrawAround(m_config.meanUptime), event);
    }
}

/// An answer is on its way to its client, if that still waits.
void
Directory::Deliver(LookupTicket ticket, LookupStatus status)
{
    if (m_open.count(ticket) > 0)
    {
        ScheduledEvent event{EventKind::Delivered};
        event.ticket = ticket;
        event.status = status;
        Schedule(m_now + LatencyOf(ticket), event);
    }
}

void
Directory::Answer(LookupTicket ticket, LookupStatus status)
{
    const auto lookup = m_open.find(ticket);
    if (lookup == m_open.end())
    {
        return;
    }
    const Nanoseconds asked = lookup->second.asked;
    m_events.erase(lookup->second.timeout);
    m_open.erase(lookup);
    switch (status)
    {
    case LookupStatus::Answered:
        ++m_sample.answered;
        m_sample.waited += m_now - asked;
        break;
    case LookupStatus::Busy:
        ++m_sample.busy;
        break;
    case LookupStatus::Unavailable:
        ++m_sample.unavailable;
        break;
    case LookupStatus::TimedOut:
        ++m_sample.timedOut;
        break;
    }
    m_answers.push({ticket, status, asked, m_now});
}

std::optional<std::size_t>
Directory::Choose() const
{
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < m_replicas.size(); ++i)
    {
        if (m_replicas[i].up &&
            (!best || m_replicas[i].queue.size() < m_replicas[*best].queue.size()))
        {
            best = i;
        }
    }
    return best;
}

/// The one that is being worked on waits no longer.
bool
Directory::IsFull(Replica& replica)
{
    const bool full = replica.queue.size() > m_config.queue;
    if (full && !replica.overload)
    {
        replica.overload = m_now;
    }
    return full;
}

Nanoseconds
Directory::LatencyOf(LookupTicket ticket) const
{
    const LookupLatency& latency = m_config.latency;
    const Nanoseconds time =
        latency.base + Nanoseconds(m_draws("latency", ticket).Between(0, latency.jitter.count()));
    return m_draws("slow", ticket).Chance(latency.slowPerMillion) ? time + latency.slow : time;
}

/// Uniform from 1 ns to twice the mean.
Nanoseconds
Directory::DrawAround(Nanoseconds mean)
{
    ++m_changes;
    return Nanoseconds(m_draws("change", m_changes).Between(1, 2 * mean.count()));
}

void
Directory::CloseIntervals(Nanoseconds until)
{
    const Nanoseconds length = m_config.sampleInterval;
    while (m_sample.start + length <= until)
    {
        m_sample.length = length;
        m_sample.replicasUp = ReplicasUp();
        m_samples.push(m_sample);
        m_sample = {};
        m_sample.start = m_samples.back().start + length;
    }
}

} // namespace bouncelab::service

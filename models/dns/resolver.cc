#include "models/dns/resolver.h"

#include "models/dns/name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace bouncelab::dns
{

namespace
{

constexpr std::uint32_t MOST_STEPS = 16;
constexpr unsigned DEEPEST = 4;
constexpr std::uint32_t LAST_DOUBLING = 6;

/// The records of a message that have one owner and type.
Records
SetOf(const Records& records, const Question& of)
{
    Records set;
    std::copy_if(records.begin(),
                 records.end(),
                 std::back_inserter(set),
                 [&](const Record& record)
                 { return record.type == of.type && record.owner == of.name; });
    return set;
}

} // namespace

std::string_view
NameOfOutcome(Outcome outcome)
{
    constexpr std::array<std::string_view, 4> NAMES{"found", "no-data", "no-name", "failed"};
    return NAMES[static_cast<std::size_t>(outcome)];
}

std::vector<std::string>
CheckResolver(const ResolverConfig& config)
{
    std::vector<std::string> faults;
    if (config.servers.empty() == config.roots.empty())
    {
        faults.push_back(fmt::format("servers: found {} and {} roots, expected one or the other",
                                     config.servers.size(),
                                     config.roots.size()));
    }
    if (config.firstPort > config.lastPort)
    {
        faults.push_back(fmt::format("first-port: found {}, expected at most `last-port`, {}",
                                     config.firstPort,
                                     config.lastPort));
    }
    return faults;
}

Records
Answer::Of(RecordType type) const
{
    Records of;
    std::copy_if(records.begin(),
                 records.end(),
                 std::back_inserter(of),
                 [type](const Record& record) { return record.type == type; });
    return of;
}

Resolver::Resolver(const ResolverConfig& config, DrawKey draws)
    : m_config(config)
    , m_draws(draws)
    , m_cache(config.longestTtl, std::min(config.longestTtl, config.longestNegativeTtl))
{
}

Ticket
Resolver::Ask(const Question& question, Nanoseconds now)
{
    const Ticket ticket = ++m_lastTicket;
    const auto running = m_byQuestion.find(question);
    if (running != m_byQuestion.end())
    {
        m_tasks.at(running->second).tickets.push_back(ticket);
        return ticket;
    }
    const TaskId id = Begin(question, 0, now);
    m_tasks.at(id).tickets.push_back(ticket);
    Continue(id, now);
    return ticket;
}

void
Resolver::Forget(Ticket ticket)
{
    for (auto& [id, task] : m_tasks)
    {
        task.tickets.erase(std::remove(task.tickets.begin(), task.tickets.end(), ticket),
                           task.tickets.end());
    }
}

Resolver::TaskId
Resolver::Begin(const Question& question, unsigned depth, Nanoseconds /* now */)
{
    const TaskId id = ++m_lastTask;
    Task& task = m_tasks[id];
    task.question = question;
    task.name = question.name;
    task.depth = depth;
    m_byQuestion[question] = id;
    return id;
}

/// Goes on with a task whose name is new: from the cache, or with the servers that know best.
void
Resolver::Continue(TaskId id, Nanoseconds now)
{
    Task& task = m_tasks.at(id);
    if (++task.steps > MOST_STEPS)
    {
        Finish(id, {}, now);
        return;
    }
    if (!AnswerFromCache(id, now))
    {
        FindServers(task, now);
        task.attempt = 0;
        task.overTcp = false;
        Send(id, now);
    }
}

bool
Resolver::AnswerFromCache(TaskId id, Nanoseconds now)
{
    Task& task = m_tasks.at(id);
    for (std::uint32_t links = 0; links < MOST_STEPS; ++links)
    {
        const auto known = m_cache.Find({task.name, task.question.type}, now);
        if (known && known->denies)
        {
            Finish(id,
                   {known->code == ResponseCode::NoError ? Outcome::NoData : Outcome::NoName,
                    task.aliases,
                    known->records},
                   now);
            return true;
        }
        if (known)
        {
            Answer answer{Outcome::Found, task.aliases, {}};
            answer.records.insert(answer.records.end(),
                                  known->records.begin(),
                                  known->records.end());
            Finish(id, std::move(answer), now);
            return true;
        }
        const auto alias = m_cache.Find({task.name, RecordType::Cname}, now);
        if (!alias || alias->denies)
        {
            return false;
        }
        task.aliases.push_back(alias->records.front());
        task.name = alias->records.front().data;
    }
    return false;
}

void
Resolver::FindServers(Task& task, Nanoseconds now) const
{
    task.zone.clear();
    task.unknownServers.clear();
    if (!Iterates())
    {
        task.servers = m_config.servers;
        return;
    }
    for (std::string_view zone = task.name; !zone.empty(); zone = ParentOf(zone))
    {
        const auto servers = m_cache.Find({std::string(zone), RecordType::Ns}, now);
        if (!servers || servers->denies)
        {
            continue;
        }
        task.servers.clear();
        for (const Record& server : servers->records)
        {
            const auto addresses = m_cache.Find({server.data, ServerType()}, now);
            for (const Record& address : addresses ? addresses->records : Records())
            {
                if (const auto parsed = IpAddress::Parse(address.data))
                {
                    task.servers.push_back(*parsed);
                }
            }
        }
        if (!task.servers.empty())
        {
            task.zone = zone;
            return;
        }
    }
    task.servers = m_config.roots;
}

void
Resolver::Send(TaskId id, Nanoseconds now)
{
    Task& task = m_tasks.at(id);
    const auto count = static_cast<std::uint32_t>(task.servers.size());
    if (count == 0 || task.attempt >= count * m_config.tries)
    {
        Finish(id, {}, now);
        return;
    }
    task.request = ++m_lastRequest;
    task.id = static_cast<std::uint16_t>(m_draws("id", task.request).Below(65536));
    const std::uint32_t round = task.attempt / count;
    task.deadline = now + m_config.timeout * (1 << std::min(round, LAST_DOUBLING));
    m_requests[task.request] = id;

    Message query;
    query.id = task.id;
    query.recursionDesired = !Iterates();
    query.question = {task.name, task.question.type};
    Request request;
    request.number = task.request;
    request.server = task.servers[task.attempt % count];
    request.overTcp = task.overTcp;
    request.octets = Encode(query);
    if (m_config.sourcePorts == SourcePorts::Random && !task.overTcp)
    {
        request.port = static_cast<std::uint16_t>(
            m_draws("port", task.request).Between(m_config.firstPort, m_config.lastPort));
    }
    m_outgoing.push(std::move(request));
}

void
Resolver::Retry(TaskId id, Nanoseconds now)
{
    Task& task = m_tasks.at(id);
    m_requests.erase(task.request);
    ++task.attempt;
    task.overTcp = false;
    Send(id, now);
}

std::optional<Resolver::Request>
Resolver::TakeRequest()
{
    while (!m_outgoing.empty())
    {
        Request request = std::move(m_outgoing.front());
        m_outgoing.pop();
        if (IsOpen(request.number))
        {
            return request;
        }
    }
    return std::nullopt;
}

void
Resolver::Receive(std::uint64_t request, std::string_view octets, Nanoseconds now)
{
    const auto found = m_requests.find(request);
    if (found == m_requests.end())
    {
        return;
    }
    const TaskId id = found->second;
    Task& task = m_tasks.at(id);
    const auto message = Decode(octets);
    const Question asked{task.name, task.question.type};
    if (!message || !message->isResponse || message->id != task.id || message->operation != 0 ||
        !(message->question == asked))
    {
        return;
    }
    m_requests.erase(found);
    if (message->truncated && !task.overTcp)
    {
        task.overTcp = true;
        Send(id, now);
        return;
    }
    Process(id, *message, now);
}

void
Resolver::Fail(std::uint64_t request, Nanoseconds now)
{
    const auto found = m_requests.find(request);
    if (found != m_requests.end())
    {
        Retry(found->second, now);
    }
}

/// Goes along the aliases of an answer. \return whether it ends in what was asked for
bool
Resolver::Follow(Task& task, const Message& message, Records& found) const
{
    for (std::uint32_t links = 0; links < MOST_STEPS && IsAtOrBelow(task.name, task.zone); ++links)
    {
        found = SetOf(message.answers, {task.name, task.question.type});
        if (!found.empty())
        {
            return true;
        }
        const Records alias = SetOf(message.answers, {task.name, RecordType::Cname});
        if (alias.empty())
        {
            return false;
        }
        task.aliases.push_back(alias.front());
        task.name = alias.front().data;
    }
    return false;
}

void
Resolver::KeepSets(const Task& task, const Records& records, Nanoseconds now)
{
    Records left = records;
    while (!left.empty())
    {
        const Question of{left.front().owner, left.front().type};
        if (IsAtOrBelow(of.name, task.zone))
        {
            m_cache.Keep(SetOf(left, of), now);
        }
        left.erase(std::remove_if(left.begin(),
                                  left.end(),
                                  [&of](const Record& record)
                                  { return record.owner == of.name && record.type == of.type; }),
                   left.end());
    }
}

void
Resolver::Process(TaskId id, const Message& message, Nanoseconds now)
{
    Task& task = m_tasks.at(id);
    const bool decides =
        message.code == ResponseCode::NoError || message.code == ResponseCode::NoSuchName;
    if (!decides)
    {
        Retry(id, now);
        return;
    }
    const std::size_t before = task.aliases.size();
    KeepSets(task, message.answers, now);
    Records found;
    if (Follow(task, message, found))
    {
        Answer answer{Outcome::Found, task.aliases, {}};
        answer.records.insert(answer.records.end(), found.begin(), found.end());
        Finish(id, std::move(answer), now);
        return;
    }
    const bool elsewhere = Iterates() && !IsAtOrBelow(task.name, task.zone);
    const bool aliased = task.aliases.size() > before;
    if (elsewhere || (Iterates() && aliased && message.code == ResponseCode::NoError))
    {
        Continue(id, now);
        return;
    }
    if (message.code == ResponseCode::NoError && TakeReferral(task, message, now))
    {
        if (++task.steps > MOST_STEPS)
        {
            Finish(id, {}, now);
        }
        else if (task.servers.empty())
        {
            AskForServer(id, now);
        }
        else
        {
            Send(id, now);
        }
        return;
    }
    if (!message.authoritative && !message.recursionAvailable)
    {
        Retry(id, now);
        return;
    }
    Deny(id, message, now);
}

/// \return whether the message names servers that are nearer to the name
bool
Resolver::TakeReferral(Task& task, const Message& message, Nanoseconds now)
{
    if (!Iterates() || message.authoritative)
    {
        return false;
    }
    const auto server = std::find_if(message.authority.begin(),
                                     message.authority.end(),
                                     [&task](const Record& record)
                                     {
                                         return record.type == RecordType::Ns &&
                                                record.owner.size() > task.zone.size() &&
                                                IsAtOrBelow(record.owner, task.zone) &&
                                                IsAtOrBelow(task.name, record.owner);
                                     });
    if (server == message.authority.end())
    {
        return false;
    }
    const Records servers = SetOf(message.authority, {server->owner, RecordType::Ns});
    KeepSets(task, servers, now);
    KeepSets(task, message.additional, now);
    task.servers.clear();
    task.unknownServers.clear();
    for (const Record& record : servers)
    {
        const Records glue = SetOf(message.additional, {record.data, ServerType()});
        for (const Record& address : glue)
        {
            const auto parsed = IpAddress::Parse(address.data);
            if (parsed && IsAtOrBelow(address.owner, task.zone))
            {
                task.servers.push_back(*parsed);
            }
        }
        if (glue.empty())
        {
            task.unknownServers.push_back(record.data);
        }
    }
    task.zone = server->owner;
    task.attempt = 0;
    task.overTcp = false;
    return true;
}

/// Finds the address of the next server that is known by name alone.
void
Resolver::AskForServer(TaskId id, Nanoseconds now)
{
    Task& task = m_tasks.at(id);
    if (task.unknownServers.empty() || task.depth >= DEEPEST)
    {
        Finish(id, {}, now);
        return;
    }
    const Question question{task.unknownServers.front(), ServerType()};
    task.unknownServers.erase(task.unknownServers.begin());
    const auto running = m_byQuestion.find(question);
    if (running != m_byQuestion.end())
    {
        // It may itself wait for this one: better no answer than none for ever.
        AskForServer(id, now);
        return;
    }
    const TaskId server = Begin(question, task.depth + 1, now);
    m_tasks.at(server).waiting.push_back(id);
    Continue(server, now);
}

void
Resolver::Deny(TaskId id, const Message& message, Nanoseconds now)
{
    const Task& task = m_tasks.at(id);
    Records authority;
    for (const Record& record : message.authority)
    {
        if (record.type == RecordType::Soa && IsAtOrBelow(task.name, record.owner))
        {
            authority = {record};
            m_cache.KeepDenial({task.name, task.question.type}, message.code, record, now);
            break;
        }
    }
    Finish(id,
           {message.code == ResponseCode::NoError ? Outcome::NoData : Outcome::NoName,
            task.aliases,
            authority},
           now);
}

void
Resolver::Finish(TaskId id, Answer answer, Nanoseconds now)
{
    const Task task = std::move(m_tasks.at(id));
    m_tasks.erase(id);
    m_byQuestion.erase(task.question);
    m_requests.erase(task.request);
    for (const Ticket ticket : task.tickets)
    {
        m_answers.emplace(ticket, answer);
    }
    for (const TaskId waiting : task.waiting)
    {
        Task& other = m_tasks.at(waiting);
        for (const Record& record : answer.Of(ServerType()))
        {
            if (const auto parsed = IpAddress::Parse(record.data))
            {
                other.servers.push_back(*parsed);
            }
        }
        other.servers.empty() ? AskForServer(waiting, now) : Send(waiting, now);
    }
}

void
Resolver::Advance(Nanoseconds now)
{
    std::vector<TaskId> late;
    for (const auto& [request, id] : m_requests)
    {
        if (m_tasks.at(id).deadline <= now)
        {
            late.push_back(id);
        }
    }
    for (const TaskId id : late)
    {
        if (m_tasks.count(id) > 0)
        {
            Retry(id, now);
        }
    }
}

std::optional<Nanoseconds>
Resolver::NextTimer() const
{
    std::optional<Nanoseconds> next;
    for (const auto& [request, id] : m_requests)
    {
        const Nanoseconds deadline = m_tasks.at(id).deadline;
        next = next ? std::min(*next, deadline) : deadline;
    }
    return next;
}

std::optional<std::pair<Ticket, Answer>>
Resolver::TakeAnswer()
{
    if (m_answers.empty())
    {
        return std::nullopt;
    }
    auto answer = std::move(m_answers.front());
    m_answers.pop();
    return answer;
}

} // namespace bouncelab::dns

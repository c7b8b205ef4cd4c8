#ifndef BOUNCELAB_MODELS_DNS_RESOLVER_H
#define BOUNCELAB_MODELS_DNS_RESOLVER_H

#include "formats/random.h"
#include "models/dns/cache.h"
#include "models/dns/message.h"
#include "models/dns/resolver-config.h"

#include <cstdint>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

namespace bouncelab::dns
{

/// What a question came to.
enum class Outcome
{
    Found,
    NoData, //!< The name exists, and has no such record.
    NoName,
    Failed, //!< Nobody said yes or no: time-outs, SERVFAIL, REFUSED, endless aliases.
};

std::string_view NameOfOutcome(Outcome outcome); //!< "no-name"

struct Answer
{
    Outcome outcome = Outcome::Failed;
    Records records;   //!< Aliases on the way, then what was asked for.
    Records authority; //!< Of a "no": the SOA, if there was one.

    /// Those of one type, without the aliases.
    Records Of(RecordType type) const;
};

using Ticket = std::uint64_t;

/**
 * A resolver without sockets and clocks: questions, octets and the time go in; requests, timers and
 * answers come out.
 *
 * The caller, after every call that takes the time: sends what TakeRequest() gives, each from a
 * socket of its own that it closes once IsOpen() is false; hands on what TakeAnswer() gives; and
 * calls Advance() at NextTimer(). Times are those since any fixed start, and never run backwards.
 */
class Resolver
{
  public:
    /// \pre the config is without fault (CheckResolver)
    Resolver(const ResolverConfig& config, DrawKey draws);

    /// Tickets count from 1. A question that is being asked already is not asked twice.
    Ticket Ask(const Question& question, Nanoseconds now);
    void Forget(Ticket ticket); //!< Its asker is gone; what has been begun goes on.

    /// A query that leaves.
    struct Request
    {
        std::uint64_t number = 0;
        IpAddress server;
        std::uint16_t port = 0; //!< From which; 0 = as the host chooses.
        bool overTcp = false;
        std::string octets; //!< Without a frame.
    };

    std::optional<Request> TakeRequest();

    bool IsOpen(std::uint64_t request) const { return m_requests.count(request) > 0; }

    /// Octets that came from the request's server to its port. What does not answer it is ignored.
    void Receive(std::uint64_t request, std::string_view octets, Nanoseconds now);
    void Fail(std::uint64_t request, Nanoseconds now); //!< It cannot be answered.

    void Advance(Nanoseconds now);
    std::optional<Nanoseconds> NextTimer() const;
    std::optional<std::pair<Ticket, Answer>> TakeAnswer(); //!< In the order of the questions.

    std::size_t CacheSize() const { return m_cache.Size(); }

    std::size_t OpenQuestions() const { return m_tasks.size(); }

  private:
    /// A question on its way.
    struct Task
    {
        Question question;
        std::vector<Ticket> tickets;
        std::vector<std::uint64_t> waiting; //!< Tasks that need the answer for a server's address.
        unsigned depth = 0;                 //!< How many tasks wait for one another.
        std::string name;                   //!< At the end of the aliases so far.
        Records aliases;
        std::string zone; //!< Whose servers are asked.
        std::vector<IpAddress> servers;
        std::vector<std::string> unknownServers; //!< Names of servers, still without addresses.
        std::uint32_t attempt = 0;
        std::uint32_t steps = 0; //!< Referrals and aliases.
        std::uint64_t request = 0;
        std::uint16_t id = 0;
        bool overTcp = false;
        Nanoseconds deadline{0};
    };

    using TaskId = std::uint64_t;

    TaskId Begin(const Question& question, unsigned depth, Nanoseconds now);
    void Continue(TaskId id, Nanoseconds now);
    bool AnswerFromCache(TaskId id, Nanoseconds now);
    void FindServers(Task& task, Nanoseconds now) const;
    void AskForServer(TaskId id, Nanoseconds now);
    void Send(TaskId id, Nanoseconds now);
    void Retry(TaskId id, Nanoseconds now);
    void Process(TaskId id, const Message& message, Nanoseconds now);
    bool Follow(Task& task, const Message& message, Records& found) const;
    bool TakeReferral(Task& task, const Message& message, Nanoseconds now);
    void KeepSets(const Task& task, const Records& records, Nanoseconds now);
    void Deny(TaskId id, const Message& message, Nanoseconds now);
    void Finish(TaskId id, Answer answer, Nanoseconds now);

    bool Iterates() const { return m_config.servers.empty(); }

    /// Of servers' addresses: those of the family in which it begins.
    RecordType ServerType() const
    {
        return AddressType(m_config.roots.empty() ? IpAddress() : m_config.roots.front());
    }

    ResolverConfig m_config;
    DrawKey m_draws;
    Cache m_cache;
    std::map<TaskId, Task> m_tasks;
    std::map<Question, TaskId> m_byQuestion;
    std::map<std::uint64_t, TaskId> m_requests;
    std::queue<Request> m_outgoing;
    std::queue<std::pair<Ticket, Answer>> m_answers;
    std::uint64_t m_lastTask = 0;
    std::uint64_t m_lastRequest = 0;
    Ticket m_lastTicket = 0;
};

} // namespace bouncelab::dns

#endif // BOUNCELAB_MODELS_DNS_RESOLVER_H

#include "detectors/analysis/named-reasons.h"
#include "detectors/auth-cause.h"
#include "detectors/readers/exchange-stamp.h"
#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace bouncelab::detectors::auth_cause
{

namespace
{

/// What tells of a failure, first of all those by whose clock it is timed.
enum class Witness : std::uint8_t
{
    Tracking,
    SendLog,
    ReceiveLog,
    EventLog,
    Queue,
    Text,
};

constexpr std::size_t WITNESSES = 6;

/// A line that tells of a failure.
struct Telling
{
    Failure failure;
    Witness witness;
    HostAddress sender;
    HostAddress receiver;
    std::string receiverName;
    std::optional<WallTime> time;
    QuotedLine line;
};

/// Which failure words are about: a reply, or a queue's, which quotes the other side's.
std::optional<Failure>
FailureIn(std::string_view words)
{
    const std::string lower = InLowerCase(words);
    if (const auto behind = scan::After(lower, "temporary authentication failure"))
    {
        // Postfix, whose SASL fails, goes on behind a colon.
        return StartsWith(*behind, ":") ? std::nullopt : std::optional(Failure::ServerAuth);
    }
    if (lower.find("454 4.7.0") != lower.npos && lower.find("tls rate") != lower.npos)
    {
        return Failure::TlsRate;
    }
    if (lower.find("cannot achieve exchange server authentication") != lower.npos)
    {
        return Failure::VerbMissing;
    }
    // A connection that was dropped had stood, and is a refusal's matter.
    const bool quotes = lower.find("target ip address responded with") != lower.npos &&
                        lower.find("connection dropped due to") == lower.npos;
    if (quotes && (lower.find("4.4.1") != lower.npos || lower.find("4.4.2") != lower.npos))
    {
        return Failure::NoConnection;
    }
    return std::nullopt;
}

class Tellings
{
  public:
    explicit Tellings(const ServerLogs& logs)
        : m_logs(logs)
    {
        AddTracked();
        AddSessions();
        AddEvents();
        AddQueues();
        AddTexts();
    }

    std::vector<Telling> all;

  private:
    void AddTracked()
    {
        for (const auto& [file, event] : m_logs.tracked)
        {
            for (const std::string& status : event.statuses)
            {
                if (const auto failure = FailureIn(status))
                {
                    Add({*failure,
                         Witness::Tracking,
                         event.client.value_or(event.server.value_or(HostAddress())),
                         event.client ? event.server.value_or(HostAddress()) : HostAddress(),
                         "",
                         event.time,
                         {file, event.line, event.text}});
                    break;
                }
            }
        }
    }

    void AddSessions()
    {
        for (const LogSession& session : m_logs.protocol.All())
        {
            const bool atServer = session.IsServerSide();
            for (const LogRow& row : session.rows)
            {
                const std::string_view data = session.Data(row);
                const bool isReply = row.event == (atServer ? '>' : '<');
                const bool isPassword =
                    session.type == ProtocolLogType::Receive && StartsWith(data, "535 5.7.3");
                const auto failure = isPassword ? Failure::Password : FailureIn(data);
                if (!isReply || !failure)
                {
                    continue;
                }
                Add({*failure,
                     atServer ? Witness::ReceiveLog : Witness::SendLog,
                     atServer ? session.remote.address : session.local.address,
                     atServer ? session.local.address : session.remote.address,
                     atServer ? session.connector.substr(0, session.connector.find('\\')) : "",
                     row.time,
                     {m_logs.protocol.FileOf(row), row.line, session.Quote(row)}});
            }
        }
    }

    void AddEvents()
    {
        std::map<std::pair<std::string_view, std::uint32_t>, const WindowsEvent*> events;
        for (const auto& [file, event] : m_logs.events)
        {
            events[{file, event.line}] = &event;
        }
        for (const auto& [file, failure] : m_logs.authFailures)
        {
            const auto event = events.find({file, failure.line});
            Telling telling{failure.IsByServer() ? Failure::ServerAuth : Failure::Password,
                            Witness::EventLog,
                            failure.source,
                            {},
                            "",
                            {},
                            {file, failure.line, failure.text}};
            if (event != events.end())
            {
                telling.time = event->second->time;
                telling.receiverName = event->second->computer;
            }
            if (telling.receiverName.empty() && StartsWith(failure.connector, "Default ") &&
                failure.connector.find('<') == std::string::npos)
            {
                telling.receiverName = failure.connector.substr(8);
            }
            Add(std::move(telling));
        }
    }

    void AddQueues()
    {
        for (const auto& [file, queue] : m_logs.queues)
        {
            if (const auto failure = FailureIn(queue.lastError))
            {
                Add({*failure,
                     Witness::Queue,
                     {},
                     {},
                     "",
                     queue.lastRetry,
                     {file, queue.line, queue.text}});
            }
        }
    }

    /// Replies in texts of which no other reader told.
    void AddTexts()
    {
        for (const auto& [file, reply] : m_logs.replies)
        {
            const auto failure = FailureIn(reply.text);
            if (failure && !IsOfUsersLogOn(reply) && m_lines.count({file, reply.line}) == 0)
            {
                Add({*failure,
                     Witness::Text,
                     {},
                     reply.address,
                     reply.host,
                     reply.time,
                     {file, reply.line, reply.text}});
            }
        }
    }

    void Add(Telling telling)
    {
        for (HostAddress* const end : {&telling.sender, &telling.receiver})
        {
            *end = end->IsNumeric() ? *end : HostAddress(); // "[xxx.xxx.xxx]" names nobody.
        }
        m_lines.insert({telling.line.file, static_cast<std::uint32_t>(telling.line.line)});
        all.push_back(std::move(telling));
    }

    const ServerLogs& m_logs;
    std::set<std::pair<std::string, std::uint32_t>> m_lines;
};

/// Whether two addresses may be one host's; who is not told may be anybody.
bool
AreSame(const HostAddress& a, const HostAddress& b)
{
    return !a.IsKnown() || !b.IsKnown() || a == b;
}

/// Tellings of one failure between the same hosts.
struct Group
{
    Failure failure;
    HostAddress sender;
    HostAddress receiver;
    std::vector<const Telling*> tellings;

    bool Fits(const Telling& telling) const
    {
        return failure == telling.failure && AreSame(sender, telling.sender) &&
               AreSame(receiver, telling.receiver);
    }

    void Take(const Telling& telling)
    {
        sender = sender.IsKnown() ? sender : telling.sender;
        receiver = receiver.IsKnown() ? receiver : telling.receiver;
        tellings.push_back(&telling);
    }
};

/// Those that name both ends make the groups; what names less joins one, if just one fits.
std::vector<Group>
GroupsOf(const std::vector<Telling>& all)
{
    std::vector<const Telling*> order;
    for (const Telling& telling : all)
    {
        order.push_back(&telling);
    }
    const auto named = [](const Telling& telling)
    { return telling.sender.IsKnown() + telling.receiver.IsKnown(); };
    std::stable_sort(order.begin(),
                     order.end(),
                     [&](const Telling* a, const Telling* b) { return named(*a) > named(*b); });
    std::vector<Group> groups;
    for (const Telling* const telling : order)
    {
        std::vector<Group*> fitting;
        for (Group& group : groups)
        {
            if (group.Fits(*telling))
            {
                fitting.push_back(&group);
            }
        }
        if (fitting.size() == 1)
        {
            fitting.front()->Take(*telling);
        }
        else if (fitting.empty())
        {
            groups.push_back({telling->failure, telling->sender, telling->receiver, {telling}});
        }
    }
    return groups;
}

/// Of several files that may hold the same lines, the fullest one's.
std::size_t
CountOf(const std::vector<const Telling*>& tellings)
{
    std::map<std::string_view, std::size_t> perFile;
    std::size_t most = 0;
    for (const Telling* const telling : tellings)
    {
        most = std::max(most, ++perFile[telling->line.file]);
    }
    return most;
}

/// Of logs that are in UTC, so that their stamps are their hosts' clocks.
Keeper
KeeperOf(const Telling& telling)
{
    switch (telling.witness)
    {
    case Witness::Tracking:
    {
        std::string_view stamp = telling.line.text;
        return TakeUtcStamp(stamp) ? Keeper::Sender : Keeper::Other;
    }
    case Witness::SendLog:
        return Keeper::Sender;
    case Witness::ReceiveLog:
        return Keeper::Receiver;
    default:
        return Keeper::Other;
    }
}

/// When it was seen, by the clock of the first file that tells when. \param tellings of one witness
std::optional<TimeSpan>
SpanOf(const std::vector<const Telling*>& tellings)
{
    std::optional<TimeSpan> span;
    for (const Telling* const telling : tellings)
    {
        if (!telling->time)
        {
            continue;
        }
        if (!span)
        {
            span = {KeeperOf(*telling), telling->line.file, *telling->time, *telling->time};
        }
        span->first = std::min(span->first, *telling->time);
        span->last = std::max(span->last, *telling->time);
    }
    return span;
}

Incident
IncidentOf(const Group& group)
{
    std::array<std::vector<const Telling*>, WITNESSES> by;
    for (const Telling* const telling : group.tellings)
    {
        by[static_cast<std::size_t>(telling->witness)].push_back(telling);
    }
    Incident incident;
    incident.failure = group.failure;
    incident.sender = group.sender;
    incident.receiver = group.receiver;
    for (const auto& tellings : by)
    {
        for (const Telling* const telling : tellings)
        {
            if (telling->receiverName.size() > incident.receiverName.size())
            {
                incident.receiverName = telling->receiverName;
            }
        }
        if (!tellings.empty())
        {
            incident.lines.push_back(tellings.front()->line);
        }
        if (auto span = SpanOf(tellings))
        {
            incident.seen.push_back(std::move(*span));
        }
    }
    if (!incident.seen.empty())
    {
        incident.first = incident.seen.front().first;
        incident.last = incident.seen.front().last;
    }
    for (const Witness witness : {Witness::ReceiveLog,
                                  Witness::SendLog,
                                  Witness::EventLog,
                                  Witness::Tracking,
                                  Witness::Queue,
                                  Witness::Text})
    {
        const auto& tellings = by[static_cast<std::size_t>(witness)];
        incident.count = incident.count > 0 ? incident.count : CountOf(tellings);
    }
    return incident;
}

/// What captures show alone: sessions that end by an answer that was held back. \param incidents
/// that logs tell of
void
AddSealed(const AuthTraffic& traffic, std::vector<Incident>& incidents)
{
    constexpr std::size_t FEWEST = 3;
    std::map<std::pair<HostAddress, HostAddress>, std::vector<const SealedSession*>> byEnds;
    for (const SealedSession& session : traffic.Sealed())
    {
        byEnds[{session.client, session.server}].push_back(&session);
    }
    const std::vector<Incident> told = incidents;
    for (const auto& entry : byEnds)
    {
        const auto& [ends, sessions] = entry;
        const bool isTold = std::any_of(told.begin(),
                                        told.end(),
                                        [&ends = entry.first](const Incident& incident)
                                        {
                                            return incident.failure == Failure::ServerAuth &&
                                                   AreSame(incident.sender, ends.first) &&
                                                   AreSame(incident.receiver, ends.second);
                                        });
        if (isTold || sessions.size() < FEWEST)
        {
            continue;
        }
        Incident incident;
        incident.sender = ends.first;
        incident.receiver = ends.second;
        incident.first = sessions.front()->time;
        incident.last = sessions.back()->time;
        incident.seen = {{Keeper::Other, sessions.front()->file, *incident.first, *incident.last}};
        incident.count = sessions.size();
        incident.sealed = PlaceOf(sessions.front()->file, sessions.front()->frame);
        incidents.push_back(std::move(incident));
    }
}

} // namespace

const TimeSpan*
Incident::SeenBy(Keeper keeper) const
{
    const auto found =
        std::find_if(seen.begin(),
                     seen.end(),
                     [keeper](const TimeSpan& span) { return span.keeper == keeper; });
    return found == seen.end() ? nullptr : &*found;
}

std::vector<Incident>
FindIncidents(const Analysis& analysis)
{
    const Tellings tellings(analysis.GetContext().logs);
    std::vector<Incident> incidents;
    for (const Group& group : GroupsOf(tellings.all))
    {
        incidents.push_back(IncidentOf(group));
    }
    AddSealed(analysis.authTraffic, incidents);
    for (Incident& incident : incidents)
    {
        for (const ClockSight& sight : analysis.authTraffic.Clocks())
        {
            if (sight.host == incident.receiver && !sight.name.empty() &&
                incident.receiverName.find('.') == std::string::npos)
            {
                incident.receiverName = sight.name;
            }
        }
    }
    return incidents;
}

} // namespace bouncelab::detectors::auth_cause

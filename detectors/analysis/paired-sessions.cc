#include "detectors/analysis/paired-sessions.h"

#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

/// A proxy has an address of its own. A session from the client's address is the same session,
/// or another one of the same client.
bool
MayBeOneMail(const SmtpSession& client, const SmtpSession& server)
{
    return client.client != server.client ||
           (client.clientPort == server.clientPort && IsSameConnection(client, server));
}

/// Leaves out connections that a capture nearer to the server holds as well: they reached the
/// server unchanged, so no proxy spoke for them.
void
LeaveOutStraight(std::vector<const SmtpSession*>& clients,
                 const std::vector<const SmtpSession*>& nearServers)
{
    using Ends = std::pair<std::uint64_t, std::uint32_t>;
    constexpr std::size_t MOST_ALIKE = 64;
    std::map<Ends, std::vector<const SmtpSession*>> alike;
    const auto keysOf = [](const SmtpSession& session)
    {
        // No port is that large, so they are told apart.
        constexpr std::uint32_t NO_PORT = 0x10000;
        return std::array<Ends, 3>{
            Ends{session.client.Digest(), session.clientPort},
            Ends{session.opening->initialSequence[CLIENT], NO_PORT + CLIENT},
            Ends{session.opening->initialSequence[SERVER], NO_PORT + SERVER},
        };
    };
    for (const SmtpSession* session : nearServers)
    {
        for (const Ends& key : keysOf(*session))
        {
            std::vector<const SmtpSession*>& known = alike[key];
            if (known.size() < MOST_ALIKE)
            {
                known.push_back(session);
            }
        }
    }
    const auto isStraight = [&](const SmtpSession* session)
    {
        if (!session->opening)
        {
            return false;
        }
        const std::array<Ends, 3> keys = keysOf(*session);
        return std::any_of(keys.begin(),
                           keys.end(),
                           [&](const Ends& key)
                           {
                               const auto found = alike.find(key);
                               return found != alike.end() &&
                                      std::any_of(found->second.begin(),
                                                  found->second.end(),
                                                  [session](const SmtpSession* other) {
                                                      return other->file != session->file &&
                                                             IsSameConnection(*session, *other);
                                                  });
                           });
    };
    clients.erase(std::remove_if(clients.begin(), clients.end(), isStraight), clients.end());
}

} // namespace

PairedSessions::PairedSessions(const SessionTable& table, const SessionList& sessions)
{
    std::vector<const SmtpSession*> clients;
    std::vector<const SmtpSession*> servers;
    std::vector<const SmtpSession*> nearServers;
    std::map<std::pair<HostAddress, std::uint16_t>, std::vector<const SmtpSession*>> logged;
    for (const SmtpSession& session : sessions)
    {
        if (session.atServer && session.Detail() != LogDetail::Dialog)
        {
            continue; // Without ports and Message-IDs a session is like any other of its sender.
        }
        if (session.atServer)
        {
            servers.push_back(&session);
            logged[{session.client, session.clientPort}].push_back(&session);
            continue;
        }
        clients.push_back(&session);
        if (session.opening && session.IsTakenAtServer())
        {
            nearServers.push_back(&session);
        }
    }
    for (const SmtpSession& flow : table.LoggedFlows())
    {
        const auto found = logged.find({flow.client, flow.clientPort});
        if (found != logged.end())
        {
            LearnOutside(flow, *found->second.front());
        }
        if (flow.opening && !flow.IsTakenAtServer())
        {
            clients.push_back(&flow);
        }
    }
    m_pairs = PairSessions(clients, servers, MayBeOneMail);
    if (nearServers.empty())
    {
        LearnFromPairs();
        return;
    }
    std::set<const SmtpSession*> paired; // looked up only
    for (const SessionPair& pair : m_pairs)
    {
        paired.insert(pair.client);
    }
    clients.erase(std::remove_if(clients.begin(),
                                 clients.end(),
                                 [&](const SmtpSession* session)
                                 { return paired.count(session) > 0; }),
                  clients.end());
    LeaveOutStraight(clients, nearServers);
    // Of two captures, one has to be nearer to the server than the other.
    const auto more = PairSessions(clients,
                                   nearServers,
                                   [](const SmtpSession& client, const SmtpSession& server)
                                   {
                                       return client.file != server.file && client.opening &&
                                              !client.IsTakenAtServer() &&
                                              client.client != server.client &&
                                              !IsSameConnection(client, server);
                                   });
    m_pairs.insert(m_pairs.end(), more.begin(), more.end());
    LearnFromPairs();
}

void
PairedSessions::LearnFromPairs()
{
    for (const SessionPair& pair : m_pairs)
    {
        // A session that came through whole shows how its server's address is translated.
        if (pair.nested && pair.client->Hello() == pair.server->Hello() &&
            pair.client->IsAuthenticated() && pair.server->IsAuthenticated())
        {
            LearnOutside(*pair.client, *pair.server);
        }
    }
}

void
PairedSessions::LearnOutside(const SmtpSession& flow, const SmtpSession& logged)
{
    if (flow.server != logged.server)
    {
        m_outside[logged.server].insert(flow.server);
    }
}

PairedSessions::Callee
PairedSessions::CalleeOf(const SessionPair& pair) const
{
    const SmtpSession& client = *pair.client;
    const SmtpSession& server = *pair.server;
    if (client.server == server.server)
    {
        return Callee::Server;
    }
    if (client.server == server.client || client.client == server.server ||
        !server.server.IsPrivate())
    {
        return Callee::Another;
    }
    const auto outside = m_outside.find(server.server);
    return outside == m_outside.end()                 ? Callee::Unknown
           : outside->second.count(client.server) > 0 ? Callee::Server
                                                      : Callee::Another;
}

std::string
AttachRefs(const SmtpSession& session, const std::vector<EvidenceRef>& refs, Alert& alert)
{
    constexpr std::size_t MOST_QUOTES = 8;
    std::vector<std::string> numbers;
    std::string file = session.file;
    for (const EvidenceRef& ref : refs)
    {
        if (ref.number == 0)
        {
            continue;
        }
        numbers.push_back(fmt::format("{}", ref.number));
        if (session.log && alert.evidence.log.size() < MOST_QUOTES)
        {
            const LogRow& row = session.log->rows[ref.index];
            file = session.logs->FileOf(row);
            alert.evidence.log.push_back({file, ref.number, session.log->Quote(row)});
        }
    }
    return fmt::format("{}{} {} of {}",
                       session.log ? "line" : "frame",
                       numbers.size() == 1 ? "" : "s",
                       Enumerate(numbers),
                       file);
}

} // namespace bouncelab::detectors

#include "detectors/analysis/two-sides.h"

#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

/// Whether a capture was made at the client's end, by where the handshake waited.
bool
IsAtClient(const Opening& opening, const Talk& talk)
{
    return opening.handshakeNs.value_or(0) >= 1000000 || talk.roundTripNs >= 1000000;
}

/// A proxy has an address of its own. A session from the client's address is the same session,
/// or another one of the same client.
bool
MayBeOneMail(const Talk& client, const Talk& server)
{
    return client.client != server.client ||
           (client.clientPort == server.clientPort && IsSameConnection(client, server));
}

/// Leaves out connections that a capture nearer to the server holds as well: they reached the
/// server unchanged, so no proxy spoke for them.
void
LeaveOutStraight(std::vector<const Talk*>& clients, const std::vector<const Talk*>& nearServers)
{
    using Ends = std::pair<std::uint32_t, std::uint32_t>;
    constexpr std::size_t MOST_ALIKE = 64;
    std::map<Ends, std::vector<const Talk*>> alike;
    const auto keysOf = [](const Talk& talk)
    {
        // No port is that large, so they are told apart.
        constexpr std::uint32_t NO_PORT = 0x10000;
        return std::array<Ends, 3>{
            Ends{talk.client.value, talk.clientPort},
            Ends{talk.opening->initialSequence[CLIENT], NO_PORT + CLIENT},
            Ends{talk.opening->initialSequence[SERVER], NO_PORT + SERVER},
        };
    };
    for (const Talk* talk : nearServers)
    {
        for (const Ends& key : keysOf(*talk))
        {
            std::vector<const Talk*>& known = alike[key];
            if (known.size() < MOST_ALIKE)
            {
                known.push_back(talk);
            }
        }
    }
    const auto isStraight = [&](const Talk* talk)
    {
        if (!talk->opening)
        {
            return false;
        }
        const std::array<Ends, 3> keys = keysOf(*talk);
        return std::any_of(keys.begin(),
                           keys.end(),
                           [&](const Ends& key)
                           {
                               const auto found = alike.find(key);
                               return found != alike.end() &&
                                      std::any_of(found->second.begin(),
                                                  found->second.end(),
                                                  [talk](const Talk* other) {
                                                      return other->file != talk->file &&
                                                             IsSameConnection(*talk, *other);
                                                  });
                           });
    };
    clients.erase(std::remove_if(clients.begin(), clients.end(), isStraight), clients.end());
}

} // namespace

TwoSides::TwoSides(const TalkTable& table, const TalkList& talks)
{
    std::vector<const Talk*> clients;
    std::vector<const Talk*> servers;
    std::vector<const Talk*> nearServers;
    std::map<std::pair<std::uint32_t, std::uint16_t>, std::vector<const Talk*>> logged;
    for (const Talk& talk : talks)
    {
        if (talk.atServer && talk.Detail() != LogDetail::Dialogue)
        {
            continue; // Without ports and Message-IDs a session is like any other of its sender.
        }
        if (talk.atServer)
        {
            servers.push_back(&talk);
            logged[{talk.client.value, talk.clientPort}].push_back(&talk);
            continue;
        }
        clients.push_back(&talk);
        if (talk.opening && !IsAtClient(*talk.opening, talk))
        {
            nearServers.push_back(&talk);
        }
    }
    for (const Talk& flow : table.LoggedFlows())
    {
        const auto found = logged.find({flow.client.value, flow.clientPort});
        if (found != logged.end())
        {
            LearnOutside(flow, *found->second.front());
        }
        if (flow.opening && IsAtClient(*flow.opening, flow))
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
    std::set<const Talk*> paired; // looked up only
    for (const SessionPair& pair : m_pairs)
    {
        paired.insert(pair.client);
    }
    clients.erase(std::remove_if(clients.begin(),
                                 clients.end(),
                                 [&](const Talk* talk) { return paired.count(talk) > 0; }),
                  clients.end());
    LeaveOutStraight(clients, nearServers);
    // Of two captures, one has to be nearer to the server than the other.
    const auto more = PairSessions(clients,
                                   nearServers,
                                   [](const Talk& client, const Talk& server)
                                   {
                                       return client.file != server.file && client.opening &&
                                              IsAtClient(*client.opening, client) &&
                                              client.client != server.client &&
                                              !IsSameConnection(client, server);
                                   });
    m_pairs.insert(m_pairs.end(), more.begin(), more.end());
    LearnFromPairs();
}

void
TwoSides::LearnFromPairs()
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
TwoSides::LearnOutside(const Talk& flow, const Talk& logged)
{
    if (flow.server != logged.server)
    {
        m_outside[logged.server].insert(flow.server);
    }
}

TwoSides::Callee
TwoSides::CalleeOf(const SessionPair& pair) const
{
    const Talk& client = *pair.client;
    const Talk& server = *pair.server;
    if (client.server == server.server)
    {
        return Callee::Server;
    }
    if (client.server == server.client || client.client == server.server ||
        !IsPrivate(server.server))
    {
        return Callee::Another;
    }
    const auto outside = m_outside.find(server.server);
    return outside == m_outside.end()                 ? Callee::Unknown
           : outside->second.count(client.server) > 0 ? Callee::Server
                                                      : Callee::Another;
}

std::string
AttachSpots(const Talk& talk, const std::vector<Spot>& spots, Alert& alert)
{
    constexpr std::size_t MOST_QUOTES = 8;
    std::vector<std::string> numbers;
    std::string file = talk.file;
    for (const Spot& spot : spots)
    {
        if (spot.number == 0)
        {
            continue;
        }
        numbers.push_back(fmt::format("{}", spot.number));
        if (talk.log && alert.evidence.log.size() < MOST_QUOTES)
        {
            const LogRow& row = talk.log->rows[spot.index];
            file = talk.logs->FileOf(row);
            alert.evidence.log.push_back({file, spot.number, talk.log->Quote(row)});
        }
    }
    return fmt::format("{}{} {} of {}",
                       talk.log ? "line" : "frame",
                       numbers.size() == 1 ? "" : "s",
                       Enumerate(numbers),
                       file);
}

} // namespace bouncelab::detectors

#include "detectors/analysis/session-pairs.h"

#include "detectors/analysis/clock-offset.h"
#include "detectors/analysis/hello-keywords.h"
#include "formats/random.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <set>
#include <string>
#include <tuple>

namespace bouncelab::detectors
{

namespace
{

/// Hostile evidence shall not make comparing expensive.
constexpr std::size_t MOST_CANDIDATES = 32; //!< Of one mail; the nearest ones.
constexpr std::size_t MOST_MAILS = 8;       //!< Of one session: senders and recipients together.
constexpr std::size_t MOST_TURNS = 24;      //!< Of one session, behind the mail.
/// Logs cut their stamps to the millisecond.
constexpr Nanoseconds SLACK(2000000);
constexpr Nanoseconds SAME_SITE(5000000000); //!< Between clocks of one operator's captures.

std::size_t
KeyOf(std::string_view sender, std::string_view recipient)
{
    std::uint64_t key = 0xB0;
    for (const std::string_view part : {sender, recipient})
    {
        for (const char c : part)
        {
            key = Mix(key ^ static_cast<unsigned char>(c));
        }
        key = Mix(key + 0x100);
    }
    return static_cast<std::size_t>(key);
}

WallTime
TimeOf(const Turn& turn)
{
    return turn.said.number > 0 ? turn.said.time : turn.answered.time;
}

/// Calls each(index of MAIL, sender, recipient, time) for the mail of a session.
template <class Each>
void
ForEachMail(const SmtpSession& session, Each each)
{
    std::size_t mail = 0;
    bool open = false;
    std::size_t count = 0;
    for (std::size_t i = 0; i < session.turns.size() && count < MOST_MAILS; ++i)
    {
        const Turn& turn = session.turns[i];
        if (turn.Is("MAIL"))
        {
            mail = i;
            open = true;
        }
        else if (turn.Is("RCPT") && open)
        {
            ++count;
            each(mail, session.turns[mail].mailbox, turn.mailbox, TimeOf(session.turns[mail]));
        }
    }
}

/// Server's clock against the client's, under which the server's turns lie inside the client's.
struct Window
{
    ClockInterval ahead = ClockInterval::Any();
    int turns = 0;

    void Take(const Turn& client, const Turn& server)
    {
        if (client.said.number == 0 || server.said.number == 0 || client.answered.number == 0 ||
            server.answered.number == 0)
        {
            return;
        }
        ahead.Bound(client.said.time, server.said.time, server.answered.time, client.answered.time);
        ++turns;
    }

    bool Holds() const { return turns >= 2 && ahead.least <= ahead.most + SLACK; }

    Nanoseconds Smallest() const
    {
        constexpr Nanoseconds NONE(0);
        return ahead.least > NONE ? ahead.least : std::min(ahead.most, NONE);
    }
};

Window
WindowOf(const SmtpSession& client,
         std::size_t clientMail,
         const SmtpSession& server,
         std::size_t serverMail)
{
    Window window;
    std::size_t at = serverMail;
    const std::size_t clientEnd = std::min(client.turns.size(), clientMail + MOST_TURNS);
    const std::size_t serverEnd = std::min(server.turns.size(), serverMail + MOST_TURNS);
    for (std::size_t i = clientMail; i < clientEnd; ++i)
    {
        const Turn& asked = client.turns[i];
        std::size_t found = at;
        while (found < serverEnd && (server.turns[found].verb != asked.verb ||
                                     server.turns[found].mailbox != asked.mailbox))
        {
            ++found;
        }
        if (found < serverEnd)
        {
            window.Take(asked, server.turns[found]);
            at = found + 1;
        }
    }
    return window;
}

/**
 * Whether one connection stands twice in a capture, each time with numbers of its own in both
 * directions, and was answered where the client is before the server answered: so a machine between
 * them ended it and made the other with the client's own address. One that only renumbers has no
 * answer before the server's.
 */
bool
IsEndedBetween(const SmtpSession& client, const SmtpSession& own)
{
    if (!client.opening || !own.opening || client.client != own.client ||
        client.clientPort != own.clientPort)
    {
        return false;
    }
    const TcpOpening& x = *client.opening;
    const TcpOpening& y = *own.opening;
    return x.file == y.file && x.asked < y.asked && x.answered + SLACK < y.answered &&
           x.initialSequence[CLIENT] != y.initialSequence[CLIENT] &&
           x.initialSequence[SERVER] != y.initialSequence[SERVER];
}

} // namespace

std::optional<SessionPair>
Pair(const SmtpSession& client, const SmtpSession& server)
{
    struct MailRecipient
    {
        std::size_t turn;
        std::string_view sender;
        std::string_view recipient;
    };

    std::vector<MailRecipient> served;
    ForEachMail(server,
                [&](std::size_t mail, std::string_view sender, std::string_view recipient, WallTime)
                {
                    served.push_back({mail, sender, recipient});
                });
    std::optional<SessionPair> best;
    ForEachMail(
        client,
        [&](std::size_t mail, std::string_view sender, std::string_view recipient, WallTime time)
        {
            for (const MailRecipient& other : served)
            {
                if (other.sender != sender || other.recipient != recipient)
                {
                    continue;
                }
                SessionPair pair{&client, &server, mail, other.turn, false, {}};
                const Window window = WindowOf(client, mail, server, other.turn);
                const Nanoseconds smallest = window.Smallest();
                pair.nested = window.Holds() && std::chrono::abs(smallest) <= CLOCKS_APART;
                pair.offset = pair.nested ? smallest : TimeOf(server.turns[other.turn]) - time;
                if (!pair.nested && (pair.offset < -CLOCKS_APART || pair.offset > LONGEST_WAIT))
                {
                    continue;
                }
                if (!best || std::make_tuple(!pair.nested, std::chrono::abs(pair.offset)) <
                                 std::make_tuple(!best->nested, std::chrono::abs(best->offset)))
                {
                    best = pair;
                }
            }
        });
    return best;
}

bool
IsSameConnection(const SmtpSession& a, const SmtpSession& b)
{
    if (a.client == b.client && a.clientPort == b.clientPort &&
        std::chrono::abs(a.Start() - b.Start()) < LONGEST_WAIT)
    {
        return true;
    }
    if (!a.opening || !b.opening)
    {
        return false;
    }
    const TcpOpening& x = *a.opening;
    const TcpOpening& y = *b.opening;
    if (x.initialSequence[CLIENT] == y.initialSequence[CLIENT] ||
        x.initialSequence[SERVER] == y.initialSequence[SERVER])
    {
        return true;
    }
    // One capture: a machine that forwards a SYN has no answer before the other end gave it.
    const TcpOpening& outer = x.asked <= y.asked ? x : y;
    const TcpOpening& inner = x.asked <= y.asked ? y : x;
    return x.file == y.file && inner.asked <= outer.answered && inner.answered <= outer.answered;
}

SessionIndex::SessionIndex(const std::vector<const SmtpSession*>& sessions)
{
    for (const SmtpSession* session : sessions)
    {
        ForEachMail(*session,
                    [&](std::size_t, std::string_view sender, std::string_view recipient, auto time)
                    {
                        m_entries.push_back({KeyOf(sender, recipient), time, session});
                    });
    }
    std::stable_sort(m_entries.begin(),
                     m_entries.end(),
                     [](const IndexEntry& a, const IndexEntry& b)
                     { return std::tie(a.key, a.time) < std::tie(b.key, b.time); });
}

std::vector<const SmtpSession*>
SessionIndex::Near(const SmtpSession& session) const
{
    std::vector<const SmtpSession*> near;
    const auto before = [](const IndexEntry& a, const IndexEntry& b)
    { return std::tie(a.key, a.time) < std::tie(b.key, b.time); };
    ForEachMail(
        session,
        [&](std::size_t, std::string_view sender, std::string_view recipient, auto time)
        {
            const std::size_t key = KeyOf(sender, recipient);
            auto after = std::lower_bound(m_entries.begin(),
                                          m_entries.end(),
                                          IndexEntry{key, time, nullptr},
                                          before);
            auto ahead = after;
            for (std::size_t count = 0; count < MOST_CANDIDATES; ++count)
            {
                const bool hasAfter = after != m_entries.end() && after->key == key &&
                                      after->time <= time + LONGEST_WAIT;
                const bool hasAhead = ahead != m_entries.begin() && std::prev(ahead)->key == key &&
                                      std::prev(ahead)->time >= time - CLOCKS_APART;
                if (!hasAfter && !hasAhead)
                {
                    break;
                }
                const bool takeAfter =
                    hasAfter && (!hasAhead || after->time - time <= time - std::prev(ahead)->time);
                const SmtpSession* other = takeAfter ? (after++)->session : (--ahead)->session;
                if (std::find(near.begin(), near.end(), other) == near.end())
                {
                    near.push_back(other);
                }
            }
        });
    return near;
}

std::vector<SessionPair>
ChoosePairs(std::vector<SessionPair> candidates)
{
    std::stable_sort(
        candidates.begin(),
        candidates.end(),
        [](const SessionPair& a, const SessionPair& b)
        {
            return std::make_tuple(!a.nested, std::chrono::abs(a.offset), a.client->Start()) <
                   std::make_tuple(!b.nested, std::chrono::abs(b.offset), b.client->Start());
        });
    std::set<const SmtpSession*> clients;
    std::set<const SmtpSession*> servers;
    std::vector<SessionPair> chosen;
    for (const SessionPair& pair : candidates)
    {
        if (clients.count(pair.client) == 0 && servers.count(pair.server) == 0)
        {
            clients.insert(pair.client);
            servers.insert(pair.server);
            chosen.push_back(pair);
        }
    }
    std::stable_sort(chosen.begin(),
                     chosen.end(),
                     [](const SessionPair& a, const SessionPair& b)
                     { return a.client->Start() < b.client->Start(); });
    return chosen;
}

std::vector<SessionPair>
FindLegs(const std::vector<const SmtpSession*>& sessions)
{
    const auto mayPair = [](const SmtpSession& a, const SmtpSession& b)
    {
        return a.opening && b.opening && a.server == b.server && a.serverPort == b.serverPort &&
               ((a.client != b.client && !IsSameConnection(a, b)) || IsEndedBetween(a, b));
    };
    std::vector<SessionPair> pairs = PairSessions(sessions, sessions, mayPair);
    // Where clocks differ, two sessions may fit either way round; the better fit is right.
    std::stable_sort(pairs.begin(),
                     pairs.end(),
                     [](const SessionPair& a, const SessionPair& b)
                     { return std::chrono::abs(a.offset) < std::chrono::abs(b.offset); });
    std::set<const SmtpSession*> taken; // looked up only
    std::vector<SessionPair> legs;
    for (SessionPair pair : pairs)
    {
        const SmtpSession& client = *pair.client;
        const SmtpSession& own = *pair.server;
        const std::string name = NameInGreeting(client);
        const bool oneFile = client.file == own.file;
        const bool sentOn = own.Start() > client.Start() && !name.empty() && own.Hello() == name;
        pair.nested = pair.nested && std::chrono::abs(pair.offset) <= (oneFile ? SLACK : SAME_SITE);
        if ((pair.nested || sentOn) && taken.count(&client) == 0 && taken.count(&own) == 0)
        {
            taken.insert(&client);
            taken.insert(&own);
            legs.push_back(pair);
        }
    }
    return legs;
}

} // namespace bouncelab::detectors

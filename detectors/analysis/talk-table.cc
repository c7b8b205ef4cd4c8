#include "detectors/analysis/talk-table.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t MOST_BYTES = std::size_t{256} << 20;

std::size_t
MemoryOf(const Talk& talk)
{
    std::size_t bytes = sizeof(Talk);
    for (const Turn& turn : talk.turns)
    {
        bytes += sizeof(Turn) + turn.reply.size() + turn.mailbox.size();
    }
    return bytes;
}

/// A connection in whichever capture: its ends and where the client's sequence numbers begin.
using Connection =
    std::tuple<std::uint32_t, std::uint16_t, std::uint32_t, std::uint16_t, std::uint32_t>;

Connection
ConnectionOf(const Talk& talk)
{
    return {talk.client.value,
            talk.clientPort,
            talk.server.value,
            talk.serverPort,
            talk.opening->initialSequence[CLIENT]};
}

/// A log has no content: what a capture of the same session shows of it helps.
void
LendContent(const Talk& captured, Talk& logged)
{
    auto from = captured.turns.begin();
    for (Turn& turn : logged.turns)
    {
        if (!turn.Is("."))
        {
            continue;
        }
        from = std::find_if(from,
                            captured.turns.end(),
                            [](const Turn& other) { return other.Is("."); });
        if (from == captured.turns.end())
        {
            return;
        }
        turn.content = (from++)->content;
    }
}

/// What a session was about, as a log without ports tells it: who asked whom for what, and the
/// codes that recipients got.
std::string
Gist(const Talk& talk)
{
    std::string gist = talk.client.ToString() + " " + talk.server.ToString();
    for (const Turn& turn : talk.turns)
    {
        if (turn.Is("MAIL") || turn.Is("RCPT"))
        {
            gist += "\n" + turn.verb + " " + turn.mailbox + " " + std::to_string(turn.code);
        }
    }
    return gist;
}

/// Message-IDs that a session hands over, by its content or by the replies.
std::vector<std::string>
MessageIdsOf(const Talk& talk)
{
    std::vector<std::string> ids;
    for (const Turn& turn : talk.turns)
    {
        if (!turn.Is("."))
        {
            continue;
        }
        const std::size_t open = turn.reply.find('<');
        const std::size_t close = turn.reply.find('>', open == turn.reply.npos ? 0 : open);
        if (turn.content && !turn.content->messageId.empty())
        {
            ids.push_back(turn.content->messageId);
        }
        else if (open != turn.reply.npos && close != turn.reply.npos)
        {
            ids.push_back(turn.reply.substr(open, close + 1 - open));
        }
    }
    return ids;
}

bool
AsksForMail(const Talk& talk)
{
    return std::any_of(talk.turns.begin(),
                       talk.turns.end(),
                       [](const Turn& turn) { return turn.Is("RCPT"); });
}

/// Leaves out the sessions of a log of codes that a capture shows in full: one for one.
void
LeaveOutCaptured(std::vector<Talk>& talks)
{
    std::map<std::string, std::size_t> captured;
    for (const Talk& talk : talks)
    {
        if (!talk.log && AsksForMail(talk))
        {
            ++captured[Gist(talk)];
        }
    }
    const auto isCaptured = [&](const Talk& talk)
    {
        if (talk.Detail() != LogDetail::Codes || !AsksForMail(talk))
        {
            return false;
        }
        const auto found = captured.find(Gist(talk));
        return found != captured.end() && found->second-- > 0;
    };
    talks.erase(std::remove_if(talks.begin(), talks.end(), isCaptured), talks.end());
}

/// Says of recipients in logs of codes whether others of their domain are taken from strangers.
void
MarkServedDomains(std::vector<Talk>& talks)
{
    using Domain = std::pair<Ipv4, std::string>;
    std::set<Domain> taken;
    for (const Talk& talk : talks)
    {
        for (const Turn& turn : talk.turns)
        {
            if (turn.Is("RCPT") && turn.code / 100 == 2 && !talk.IsAuthenticated())
            {
                taken.emplace(talk.server, DomainOf(turn.mailbox));
            }
        }
    }
    for (Talk& talk : talks)
    {
        for (Turn& turn : talk.turns)
        {
            if (talk.Detail() == LogDetail::Codes && turn.Is("RCPT"))
            {
                const Domain domain{talk.server, std::string(DomainOf(turn.mailbox))};
                turn.isServedDomain = taken.count(domain) > 0;
            }
        }
    }
}

} // namespace

void
TalkTable::Add(const Flow& flow)
{
    const std::uint32_t frame = flow.At(0).frame;
    if (flow.source == m_lastSource && frame == m_lastFrame)
    {
        return;
    }
    m_lastSource = flow.source;
    m_lastFrame = frame;
    if (!flow.IsSmtp())
    {
        return;
    }
    if (m_bytes > MOST_BYTES)
    {
        ++m_dropped;
        return;
    }
    Talk talk = TalkOf(flow);
    if (!talk.turns.empty())
    {
        m_bytes += MemoryOf(talk);
        m_talks.push_back(std::move(talk));
    }
}

void
TalkTable::AddTransactions(const ProtocolSessions& transactions)
{
    // One message may be in several sessions: the one that it came by, and those that it left by.
    std::set<std::pair<std::string, Ipv4>> known;
    const bool hasSessions = !m_talks.empty();
    for (const Talk& talk : m_talks)
    {
        for (const std::string& id : MessageIdsOf(talk))
        {
            known.insert({{id, talk.client}, {id, talk.server}});
        }
    }
    for (const LogSession& session : transactions.All())
    {
        Talk talk = TalkOf(transactions, session);
        const std::vector<std::string> ids = MessageIdsOf(talk);
        const bool isKnown =
            ids.empty() ? hasSessions : known.count({ids.front(), session.remote.address}) > 0;
        if (!isKnown)
        {
            m_talks.push_back(std::move(talk));
        }
    }
}

const std::vector<Talk>&
TalkTable::Complete(const Surroundings& surroundings)
{
    if (m_complete)
    {
        return m_talks;
    }
    m_complete = true;
    using End = std::pair<std::uint32_t, std::uint16_t>;

    struct Logged
    {
        WallTime time;
        std::size_t index; //!< In `all`.
    };

    std::multimap<End, Logged> logged;
    std::vector<Talk> all;
    for (const LogSession& session : surroundings.logs.protocol.All())
    {
        all.push_back(TalkOf(surroundings.logs.protocol, session));
        if (all.back().atServer && all.back().Detail() == LogDetail::Dialogue)
        {
            logged.insert({{all.back().client.value, all.back().clientPort},
                           {session.rows.front().time, all.size() - 1}});
        }
    }
    std::set<Connection> seen;
    for (Talk& talk : m_talks)
    {
        if (talk.opening && !seen.insert(ConnectionOf(talk)).second)
        {
            continue;
        }
        const auto range = logged.equal_range({talk.client.value, talk.clientPort});
        const auto known = std::find_if(
            range.first,
            range.second,
            [&](const auto& entry)
            { return std::chrono::abs(entry.second.time - talk.Start()) < SAME_SESSION; });
        if (known == range.second)
        {
            all.push_back(std::move(talk));
            continue;
        }
        LendContent(talk, all[known->second.index]);
        m_loggedFlows.push_back(std::move(talk));
    }
    m_talks = std::move(all);
    LeaveOutCaptured(m_talks);
    AddTransactions(surroundings.logs.transactions);
    MarkServedDomains(m_talks);
    std::stable_sort(m_talks.begin(),
                     m_talks.end(),
                     [](const Talk& a, const Talk& b) { return a.Start() < b.Start(); });
    return m_talks;
}

} // namespace bouncelab::detectors

#include "detectors/analysis/session-table.h"

#include "detectors/readers/caps.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

std::size_t
MemoryOf(const SmtpSession& session)
{
    std::size_t bytes = sizeof(SmtpSession);
    for (const Turn& turn : session.turns)
    {
        bytes += sizeof(Turn) + turn.reply.size() + turn.mailbox.size();
    }
    return bytes;
}

/// A connection in whichever capture: its ends and where the client's sequence numbers begin.
using ConnectionId =
    std::tuple<HostAddress, std::uint16_t, HostAddress, std::uint16_t, std::uint32_t>;

ConnectionId
ConnectionIdOf(const SmtpSession& session)
{
    return {session.client,
            session.clientPort,
            session.server,
            session.serverPort,
            session.opening->initialSequence[CLIENT]};
}

/// A log has no content: what a capture of the same session shows of it helps.
void
LendContent(const SmtpSession& captured, SmtpSession& logged)
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
Gist(const SmtpSession& session)
{
    std::string gist = session.client.ToString() + " " + session.server.ToString();
    for (const Turn& turn : session.turns)
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
MessageIdsOf(const SmtpSession& session)
{
    std::vector<std::string> ids;
    for (const Turn& turn : session.turns)
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
AsksForMail(const SmtpSession& session)
{
    return std::any_of(session.turns.begin(),
                       session.turns.end(),
                       [](const Turn& turn) { return turn.Is("RCPT"); });
}

/// Leaves out the sessions of a log of codes that a capture shows in full: one for one.
void
LeaveOutCaptured(std::vector<SmtpSession>& sessions)
{
    std::map<std::string, std::size_t> captured;
    for (const SmtpSession& session : sessions)
    {
        if (!session.log && AsksForMail(session))
        {
            ++captured[Gist(session)];
        }
    }
    const auto isCaptured = [&](const SmtpSession& session)
    {
        if (session.Detail() != LogDetail::Codes || !AsksForMail(session))
        {
            return false;
        }
        const auto found = captured.find(Gist(session));
        return found != captured.end() && found->second-- > 0;
    };
    sessions.erase(std::remove_if(sessions.begin(), sessions.end(), isCaptured), sessions.end());
}

/// Says of recipients in logs of codes whether others of their domain are taken from strangers.
void
MarkServedDomains(std::vector<SmtpSession>& sessions)
{
    using Domain = std::pair<HostAddress, std::string>;
    std::set<Domain> taken;
    for (const SmtpSession& session : sessions)
    {
        for (const Turn& turn : session.turns)
        {
            if (turn.Is("RCPT") && turn.code / 100 == 2 && !session.IsAuthenticated())
            {
                taken.emplace(session.server, DomainOf(turn.mailbox));
            }
        }
    }
    for (SmtpSession& session : sessions)
    {
        for (Turn& turn : session.turns)
        {
            if (session.Detail() == LogDetail::Codes && turn.Is("RCPT"))
            {
                const Domain domain{session.server, std::string(DomainOf(turn.mailbox))};
                turn.isServedDomain = taken.count(domain) > 0;
            }
        }
    }
}

} // namespace

SmtpSession*
SessionTable::Add(const Flow& flow)
{
    const std::uint32_t frame = flow.At(0).frame;
    if (flow.source != m_lastSource || frame != m_lastFrame)
    {
        m_lastSource = flow.source;
        m_lastFrame = frame;
        m_lastKept = flow.window.IsFirst() ? Keep(flow) : Continue(flow);
    }
    return m_lastKept ? &m_sessions[*m_lastKept] : nullptr;
}

std::optional<std::size_t>
SessionTable::Keep(const Flow& flow)
{
    if (!flow.IsSmtp())
    {
        return std::nullopt;
    }
    if (m_bytes >= GetCaps().sessionOctets)
    {
        ++m_dropped;
        return std::nullopt;
    }
    SmtpSession session = SessionOf(flow);
    if (session.turns.empty())
    {
        return std::nullopt;
    }
    m_bytes += MemoryOf(session);
    m_sessions.push_back(std::move(session));
    if (!flow.window.isLast)
    {
        m_open[{flow.source->name, flow.window.connection}] = m_sessions.size() - 1;
    }
    return m_sessions.size() - 1;
}

std::optional<std::size_t>
SessionTable::Continue(const Flow& flow)
{
    const auto open = m_open.find({flow.source->name, flow.window.connection});
    if (open == m_open.end())
    {
        return std::nullopt;
    }
    const std::size_t index = open->second;
    SmtpSession& session = m_sessions[index];
    if (m_bytes >= GetCaps().sessionOctets)
    {
        ++m_dropped;
    }
    else if (!session.UsesTls())
    {
        SmtpSession more = SessionOf(flow);
        m_bytes += MemoryOf(more);
        session.incomplete = session.incomplete || flow.stream[CLIENT].missing > 0 ||
                             flow.stream[SERVER].missing > 0;
        std::move(more.turns.begin(), more.turns.end(), std::back_inserter(session.turns));
    }
    if (flow.window.isLast)
    {
        m_open.erase(open);
    }
    return index;
}

void
SessionTable::AddTransactions(const ProtocolSessions& transactions)
{
    // One message may be in several sessions: the one that it came by, and those that it left by.
    std::set<std::pair<std::string, HostAddress>> known;
    const bool hasSessions = !m_sessions.empty();
    for (const SmtpSession& session : m_sessions)
    {
        for (const std::string& id : MessageIdsOf(session))
        {
            known.insert({{id, session.client}, {id, session.server}});
        }
    }
    for (const LogSession& logSession : transactions.All())
    {
        SmtpSession session = SessionOf(transactions, logSession);
        const std::vector<std::string> ids = MessageIdsOf(session);
        const bool isKnown =
            ids.empty() ? hasSessions : known.count({ids.front(), logSession.remote.address}) > 0;
        if (!isKnown)
        {
            m_sessions.push_back(std::move(session));
        }
    }
}

const std::vector<SmtpSession>&
SessionTable::Complete(const EvidenceContext& context)
{
    if (m_complete)
    {
        return m_sessions;
    }
    m_complete = true;
    using End = std::pair<HostAddress, std::uint16_t>;

    struct Logged
    {
        WallTime time;
        std::size_t index; //!< In `all`.
    };

    std::multimap<End, Logged> logged;
    std::vector<SmtpSession> all;
    for (const LogSession& logSession : context.logs.protocol.All())
    {
        all.push_back(SessionOf(context.logs.protocol, logSession));
        if (all.back().atServer && all.back().Detail() == LogDetail::Dialog)
        {
            logged.insert({{all.back().client, all.back().clientPort},
                           {logSession.rows.front().time, all.size() - 1}});
        }
    }
    std::set<ConnectionId> seen;
    for (SmtpSession& session : m_sessions)
    {
        if (session.opening && !seen.insert(ConnectionIdOf(session)).second)
        {
            m_repeatedFlows.push_back(std::move(session));
            continue;
        }
        const auto range = logged.equal_range({session.client, session.clientPort});
        const auto known = std::find_if(
            range.first,
            range.second,
            [&](const auto& entry)
            { return std::chrono::abs(entry.second.time - session.Start()) < SAME_SESSION; });
        if (known == range.second)
        {
            all.push_back(std::move(session));
            continue;
        }
        LendContent(session, all[known->second.index]);
        m_loggedFlows.push_back(std::move(session));
    }
    m_sessions = std::move(all);
    LeaveOutCaptured(m_sessions);
    AddTransactions(context.logs.transactions);
    MarkServedDomains(m_sessions);
    std::stable_sort(m_sessions.begin(),
                     m_sessions.end(),
                     [](const SmtpSession& a, const SmtpSession& b)
                     { return a.Start() < b.Start(); });
    return m_sessions;
}

} // namespace bouncelab::detectors

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
constexpr std::int64_t SAME_SESSION_NS = 600LL * 1000000000;

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
        std::int64_t timeNs;
        std::size_t index; //!< In `all`.
    };

    std::multimap<End, Logged> logged;
    std::vector<Talk> all;
    for (const LogSession& session : surroundings.logs.protocol.All())
    {
        all.push_back(TalkOf(surroundings.logs.protocol, session));
        if (all.back().atServer)
        {
            logged.insert({{all.back().client.value, all.back().clientPort},
                           {session.rows.front().timeNs, all.size() - 1}});
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
            { return std::llabs(entry.second.timeNs - talk.StartNs()) < SAME_SESSION_NS; });
        if (known == range.second)
        {
            all.push_back(std::move(talk));
            continue;
        }
        LendContent(talk, all[known->second.index]);
        m_loggedFlows.push_back(std::move(talk));
    }
    m_talks = std::move(all);
    std::stable_sort(m_talks.begin(),
                     m_talks.end(),
                     [](const Talk& a, const Talk& b) { return a.StartNs() < b.StartNs(); });
    return m_talks;
}

} // namespace bouncelab::detectors

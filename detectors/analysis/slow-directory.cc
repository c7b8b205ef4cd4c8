#include "detectors/analysis/slow-directory.h"

#include "detectors/analysis/delay-clusters.h"
#include "detectors/analysis/refusal.h"
#include "formats/clock.h"

#include <algorithm>
#include <map>
#include <optional>

namespace bouncelab::detectors
{

namespace
{

constexpr std::int64_t SLOW_NS = NANOSECONDS_PER_SECOND / 2;
constexpr std::int64_t FAILURE_NS = 5 * NANOSECONDS_PER_SECOND; //!< What a failed lookup counts as.
constexpr std::size_t ENOUGH_REPLIES = 5;
constexpr std::size_t SEVERAL = 2;
constexpr std::int64_t APART = 5; //!< So much slower than other replies.

struct LookupTurn
{
    const SmtpSession* session;
    const Turn* turn;
    std::int64_t delayNs;
    bool fails;
    std::size_t load = 0; //!< Sessions that are open then.

    WallTime Time() const { return turn->said.time; }

    bool Suffers() const { return fails || delayNs >= SLOW_NS; }

    std::int64_t BadnessNs() const { return fails ? std::max(delayNs, FAILURE_NS) : delayNs; }
};

struct ServerTimes
{
    std::vector<LookupTurn> asked;
    std::vector<std::int64_t> others;
    std::vector<WallTime> starts; //!< Of sessions.
    std::vector<WallTime> ends;
};

std::int64_t
Median(std::vector<std::int64_t> values)
{
    if (values.empty())
    {
        return 0;
    }
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

bool
IsCheapCommand(const Turn& turn)
{
    return turn.Is("EHLO") || turn.Is("HELO") || turn.Is("MAIL") || turn.Is("RSET") ||
           turn.Is("NOOP") || turn.Is("DATA") || turn.Is("QUIT");
}

/// Whether the server's log tells of a delay that it made on purpose.
bool
IsHeldBack(const SmtpSession& session)
{
    return std::any_of(session.announced.begin(),
                       session.announced.end(),
                       [](const AnnouncedDelay& delay)
                       { return !delay.reason.empty() && delay.reason[0] == '5'; });
}

void
Collect(const SmtpSession& session, ServerTimes& server)
{
    const std::vector<std::int64_t> delays = OwnDelays(session);
    const Turn& last = session.turns.back();
    server.starts.push_back(session.Start());
    server.ends.push_back(std::max(last.said.time, last.answered.time));
    for (std::size_t i = 0; i < session.turns.size(); ++i)
    {
        const Turn& turn = session.turns[i];
        if (delays[i] < 0 || turn.code == 0)
        {
            continue;
        }
        if (turn.Is("RCPT"))
        {
            server.asked.push_back({&session, &turn, delays[i], IsLookupFailure(turn)});
        }
        else if (IsCheapCommand(turn))
        {
            server.others.push_back(delays[i]);
        }
    }
}

/// Counts the sessions that are open when a recipient is asked for.
void
Weigh(ServerTimes& server)
{
    std::stable_sort(server.asked.begin(),
                     server.asked.end(),
                     [](const LookupTurn& a, const LookupTurn& b) { return a.Time() < b.Time(); });
    std::sort(server.starts.begin(), server.starts.end());
    std::sort(server.ends.begin(), server.ends.end());
    for (LookupTurn& asked : server.asked)
    {
        const auto begun =
            std::upper_bound(server.starts.begin(), server.starts.end(), asked.Time());
        const auto ended = std::lower_bound(server.ends.begin(), server.ends.end(), asked.Time());
        asked.load = static_cast<std::size_t>((begun - server.starts.begin()) -
                                              (ended - server.ends.begin()));
    }
}

/// Whether one client alone suffers although others ask meanwhile: it is about that client.
bool
IsOneClients(const std::vector<LookupTurn>& asked, const SlowDirectory& found)
{
    const auto suffers = [](const LookupTurn& one) { return one.Suffers(); };
    const auto first = std::find_if(asked.begin(), asked.end(), suffers);
    const auto last = std::find_if(asked.rbegin(), asked.rend(), suffers).base();
    return found.clients.size() == 1 &&
           std::any_of(first,
                       last,
                       [&](const LookupTurn& one)
                       { return found.clients.count(one.session->client) == 0; });
}

/// Means of the calmest tenth and of the busier half.
void
Compare(std::vector<LookupTurn> asked, SlowDirectory& found)
{
    std::stable_sort(asked.begin(),
                     asked.end(),
                     [](const LookupTurn& a, const LookupTurn& b) { return a.load < b.load; });
    const auto mean = [&](std::size_t from, std::size_t to)
    {
        std::int64_t sumUs = 0;
        for (std::size_t i = from; i < to; ++i)
        {
            sumUs += asked[i].BadnessNs() / 1000;
        }
        return sumUs / static_cast<std::int64_t>(to - from) * 1000;
    };
    const std::size_t calm = std::max<std::size_t>(1, asked.size() / 10);
    found.calmNs = mean(0, calm);
    found.busyNs = mean(asked.size() / 2, asked.size());
    const bool differs = asked.back().load > asked[calm / 2].load + 1;
    found.rises = differs && found.busyNs * 2 >= found.calmNs * 3 && found.busyNs >= SLOW_NS / 2;
}

std::optional<SlowDirectory>
Judge(ServerTimes& server)
{
    Weigh(server);
    SlowDirectory found;
    std::vector<std::int64_t> slow;
    std::size_t accepted = 0; // slowly
    const LookupTurn* worst = nullptr;
    for (const LookupTurn& asked : server.asked)
    {
        ++found.asked;
        if (!asked.Suffers())
        {
            continue;
        }
        if (!worst || worst->delayNs < asked.delayNs)
        {
            worst = &asked;
        }
        found.clients.insert(asked.session->client);
        found.failed += asked.fails ? 1 : 0;
        found.slowestNs = std::max(found.slowestNs, asked.delayNs);
        if (asked.delayNs >= SLOW_NS)
        {
            ++found.slow;
            accepted += asked.turn->code / 100 == 2 ? 1 : 0;
            slow.push_back(asked.delayNs);
        }
    }
    found.typicalOtherNs = Median(server.others);
    const bool enough = found.slow + found.failed >= ENOUGH_REPLIES;
    const bool whoever = accepted >= SEVERAL || found.failed >= SEVERAL + 1;
    const bool othersQuick = slow.empty() ? found.typicalOtherNs < SLOW_NS
                                          : found.typicalOtherNs * APART <= Median(slow);
    if (!enough || !whoever || !othersQuick || server.others.empty() ||
        IsOneClients(server.asked, found))
    {
        return std::nullopt;
    }
    found.session = worst->session;
    for (const LookupTurn& asked : server.asked)
    {
        if (asked.session == worst->session && asked.Suffers())
        {
            found.refs.push_back(asked.turn->answered);
        }
    }
    Compare(server.asked, found);
    return found;
}

} // namespace

std::vector<SlowDirectory>
FindSlowDirectories(const SessionList& sessions)
{
    std::map<HostAddress, ServerTimes> servers;
    for (const SmtpSession& session : sessions)
    {
        if (!IsHeldBack(session) && !session.turns.empty())
        {
            Collect(session, servers[session.server]);
        }
    }
    std::vector<SlowDirectory> all;
    for (auto& [address, server] : servers)
    {
        if (auto found = Judge(server))
        {
            found->server = address;
            all.push_back(std::move(*found));
        }
    }
    return all;
}

} // namespace bouncelab::detectors

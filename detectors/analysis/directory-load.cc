#include "detectors/analysis/directory-load.h"

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

struct Asked
{
    const Talk* talk;
    const Turn* turn;
    std::int64_t delayNs;
    bool fails;
    std::size_t load = 0; //!< Sessions that are open then.

    WallTime Time() const { return turn->said.time; }

    bool Suffers() const { return fails || delayNs >= SLOW_NS; }

    std::int64_t BadnessNs() const { return fails ? std::max(delayNs, FAILURE_NS) : delayNs; }
};

struct Server
{
    std::vector<Asked> asked;
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
IsHeldBack(const Talk& talk)
{
    return std::any_of(talk.announced.begin(),
                       talk.announced.end(),
                       [](const AnnouncedDelay& delay)
                       { return !delay.reason.empty() && delay.reason[0] == '5'; });
}

void
Collect(const Talk& talk, Server& server)
{
    const std::vector<std::int64_t> delays = OwnDelays(talk);
    const Turn& last = talk.turns.back();
    server.starts.push_back(talk.Start());
    server.ends.push_back(std::max(last.said.time, last.answered.time));
    for (std::size_t i = 0; i < talk.turns.size(); ++i)
    {
        const Turn& turn = talk.turns[i];
        if (delays[i] < 0 || turn.code == 0)
        {
            continue;
        }
        if (turn.Is("RCPT"))
        {
            server.asked.push_back({&talk, &turn, delays[i], IsLookupFailure(turn)});
        }
        else if (IsCheapCommand(turn))
        {
            server.others.push_back(delays[i]);
        }
    }
}

/// Counts the sessions that are open when a recipient is asked for.
void
Weigh(Server& server)
{
    std::stable_sort(server.asked.begin(),
                     server.asked.end(),
                     [](const Asked& a, const Asked& b) { return a.Time() < b.Time(); });
    std::sort(server.starts.begin(), server.starts.end());
    std::sort(server.ends.begin(), server.ends.end());
    for (Asked& asked : server.asked)
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
IsOneClients(const std::vector<Asked>& asked, const DirectoryLoad& found)
{
    const auto suffers = [](const Asked& one) { return one.Suffers(); };
    const auto first = std::find_if(asked.begin(), asked.end(), suffers);
    const auto last = std::find_if(asked.rbegin(), asked.rend(), suffers).base();
    return found.clients.size() == 1 &&
           std::any_of(first,
                       last,
                       [&](const Asked& one)
                       { return found.clients.count(one.talk->client) == 0; });
}

/// Means of the calmest tenth and of the busier half.
void
Compare(std::vector<Asked> asked, DirectoryLoad& found)
{
    std::stable_sort(asked.begin(),
                     asked.end(),
                     [](const Asked& a, const Asked& b) { return a.load < b.load; });
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

std::optional<DirectoryLoad>
Judge(Server& server)
{
    Weigh(server);
    DirectoryLoad found;
    std::vector<std::int64_t> slow;
    std::size_t accepted = 0; // slowly
    const Asked* worst = nullptr;
    for (const Asked& asked : server.asked)
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
        found.clients.insert(asked.talk->client);
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
    found.talk = worst->talk;
    for (const Asked& asked : server.asked)
    {
        if (asked.talk == worst->talk && asked.Suffers())
        {
            found.spots.push_back(asked.turn->answered);
        }
    }
    Compare(server.asked, found);
    return found;
}

} // namespace

std::vector<DirectoryLoad>
FindDirectoryLoads(const TalkList& talks)
{
    std::map<Ipv4, Server> servers;
    for (const Talk& talk : talks)
    {
        if (!IsHeldBack(talk) && !talk.turns.empty())
        {
            Collect(talk, servers[talk.server]);
        }
    }
    std::vector<DirectoryLoad> all;
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

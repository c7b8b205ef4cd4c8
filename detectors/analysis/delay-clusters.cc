#include "detectors/analysis/delay-clusters.h"

#include "formats/clock.h"

#include <algorithm>
#include <cstdlib>
#include <set>

namespace bouncelab::detectors
{

namespace
{

constexpr std::int64_t HALF_SECOND = 500 * NANOSECONDS_PER_MILLISECOND;

std::int64_t
Tolerance(std::int64_t delayNs)
{
    return std::max(150 * NANOSECONDS_PER_MILLISECOND, delayNs / 100 * 3);
}

bool
IsConstant(const DelayCluster& cluster)
{
    if (cluster.highNs - cluster.lowNs > Tolerance(cluster.lowNs))
    {
        return false;
    }
    const std::int64_t nearest = (cluster.MiddleNs() + HALF_SECOND / 2) / HALF_SECOND * HALF_SECOND;
    // A server's timer is never early, and late by its own work and the clocks' steps only.
    const bool whole = std::llabs(cluster.MiddleNs() - nearest) <= 60 * NANOSECONDS_PER_MILLISECOND;
    return cluster.replies.size() >= (whole ? 2 : 4);
}

/// Whether all stamps of a capture without a handshake are whole steps apart, one at least: a
/// converter made them up for packets that had none. Those of a coarse clock are none apart, too.
bool
HasMadeUpTimes(const SmtpSession& session)
{
    constexpr std::size_t ENOUGH = 5;
    constexpr std::int64_t FARTHEST = 4; //!< Packets between two lines of the dialog.
    std::vector<WallTime> times;
    for (const Turn& turn : session.turns)
    {
        for (const EvidenceRef& ref : {turn.said, turn.answered})
        {
            if (ref.number > 0)
            {
                times.push_back(ref.time);
            }
        }
    }
    std::set<std::int64_t> steps;
    for (std::size_t i = 1; i < times.size(); ++i)
    {
        steps.insert((times[i] - times[i - 1]).count());
    }
    const std::int64_t least = steps.empty() ? 0 : *steps.begin();
    return !session.log && session.incomplete && times.size() > ENOUGH &&
           least >= NANOSECONDS_PER_MILLISECOND &&
           std::all_of(steps.begin(),
                       steps.end(),
                       [&](std::int64_t step)
                       { return step % least == 0 && step <= FARTHEST * least; });
}

} // namespace

std::size_t
DelayCluster::Refusals() const
{
    return static_cast<std::size_t>(std::count_if(replies.begin(),
                                                  replies.end(),
                                                  [](const LateReply& reply)
                                                  { return reply.refuses; }));
}

std::vector<std::int64_t>
OwnDelays(const SmtpSession& session)
{
    std::vector<std::int64_t> delays;
    WallTime free{};
    bool first = true;
    const bool isMadeUp = HasMadeUpTimes(session);
    for (const Turn& turn : session.turns)
    {
        const auto whole = isMadeUp ? std::nullopt : turn.DelayNs();
        std::int64_t own = -1;
        if (whole && !turn.isReplyRepeated)
        {
            const WallTime said = turn.said.time + Nanoseconds(turn.repeatedNs);
            const WallTime start = first ? said : std::max(free, said);
            const bool queued = start > said;
            own = turn.answered.time < start
                      ? -1
                      : std::max<std::int64_t>(0,
                                               (turn.answered.time - start).count() -
                                                   (queued ? 0 : session.roundTripNs));
        }
        if (turn.answered.number > 0)
        {
            free = first ? turn.answered.time : std::max(free, turn.answered.time);
            first = false;
        }
        delays.push_back(own);
    }
    return delays;
}

std::vector<DelayCluster>
FindConstants(std::vector<LateReply> late)
{
    std::stable_sort(late.begin(),
                     late.end(),
                     [](const LateReply& a, const LateReply& b) { return a.delayNs < b.delayNs; });
    std::vector<DelayCluster> clusters;
    std::size_t explained = 0;
    for (std::size_t i = 0; i < late.size();)
    {
        DelayCluster cluster;
        cluster.lowNs = late[i].delayNs;
        do
        {
            cluster.highNs = late[i].delayNs;
            cluster.replies.push_back(late[i]);
            ++i;
        } while (i < late.size() &&
                 late[i].delayNs - cluster.highNs <= Tolerance(cluster.lowNs) / 2);
        if (IsConstant(cluster))
        {
            explained += cluster.replies.size();
            clusters.push_back(std::move(cluster));
        }
    }
    if (explained * 5 < late.size() * 3)
    {
        clusters.clear();
    }
    return clusters;
}

} // namespace bouncelab::detectors

#include "detectors/analysis/clock-offset.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <set>

namespace bouncelab::detectors
{

namespace
{

constexpr std::int64_t QUARTER = 900;
constexpr std::int64_t MOST = 14 * 3600; //!< Of a zone.
constexpr std::int64_t EXACTNESS = 20;   //!< Of two clocks that are set.
constexpr std::size_t LEAST_PAIRS = 3;
constexpr std::size_t MOST_ASKED = 2000;

/// What clocks drift apart in a time: 100 millionths, as bad quartzes do.
Nanoseconds
DriftIn(Nanoseconds time)
{
    return (time < Nanoseconds(0) ? -time : time) / 10000;
}

/// By moments in the order of their distance, as far as they agree.
template <class Moment>
std::optional<ClockInterval>
Agreed(Moment first, Moment end, WallTime time)
{
    constexpr int MOST_AGREEING = 64;
    std::optional<ClockInterval> agreed;
    for (int i = 0; first != end && i < MOST_AGREEING; ++first, ++i)
    {
        const ClockInterval one = first->second.Widened(DriftIn(time - first->first));
        const ClockInterval both = agreed ? Common(*agreed, one) : one;
        if (!both.IsPossible())
        {
            break;
        }
        agreed = both;
    }
    return agreed;
}

} // namespace

void
ClockInterval::Bound(WallTime saidOuter,
                     WallTime saidInner,
                     WallTime answeredInner,
                     WallTime answeredOuter)
{
    least = std::max(least, answeredInner - answeredOuter);
    most = std::min(most, saidInner - saidOuter);
}

ClockInterval
Common(const ClockInterval& a, const ClockInterval& b)
{
    return {std::max(a.least, b.least), std::min(a.most, b.most)};
}

std::optional<ClockInterval>
ClockOffset::At(WallTime time) const
{
    const auto next = m_moments.lower_bound(time);
    const auto before = Agreed(std::make_reverse_iterator(next), m_moments.rend(), time);
    const auto after = Agreed(next, m_moments.end(), time);
    if (!before || !after)
    {
        return before ? before : after;
    }
    const ClockInterval both = Common(*before, *after);
    return both.IsPossible() ? both
                             : ClockInterval{std::min(before->least, after->least),
                                             std::max(before->most, after->most)};
}

std::optional<std::chrono::minutes>
OffsetBetween(const std::vector<Stamped>& reference, const std::vector<Stamped>& other)
{
    std::map<HostAddress, std::vector<std::int64_t>> known;
    for (const Stamped& one : reference)
    {
        known[one.host].push_back(UnixSeconds(one.time));
    }
    for (auto& [host, times] : known)
    {
        std::sort(times.begin(), times.end());
    }
    std::map<std::int64_t, std::size_t> votes;
    std::set<HostAddress> hosts;
    std::size_t common = 0;
    for (std::size_t i = 0; i < other.size(); i += other.size() / MOST_ASKED + 1)
    {
        const auto found = known.find(other[i].host);
        if (found == known.end())
        {
            continue;
        }
        ++common;
        hosts.insert(found->first);
        const std::int64_t time = UnixSeconds(other[i].time);
        const std::vector<std::int64_t>& times = found->second;
        std::set<std::int64_t> offsets;
        for (auto at = std::lower_bound(times.begin(), times.end(), time - MOST - EXACTNESS);
             at != times.end() && *at <= time + MOST + EXACTNESS;
             ++at)
        {
            const std::int64_t offset = FloorDivide(time - *at + QUARTER / 2, QUARTER) * QUARTER;
            if (std::abs(time - *at - offset) <= EXACTNESS)
            {
                offsets.insert(offset);
            }
        }
        for (const std::int64_t offset : offsets)
        {
            ++votes[offset];
        }
    }
    std::size_t references = 0;
    for (const HostAddress& host : hosts)
    {
        references += known.at(host).size();
    }
    std::size_t best = 0;
    std::size_t second = 0;
    std::int64_t offset = 0;
    for (const auto& [candidate, count] : votes)
    {
        second = std::max(second, std::min(best, count));
        offset = count > best ? candidate : offset;
        best = std::max(best, count);
    }
    const bool isTold =
        best >= LEAST_PAIRS && best * 2 > std::min(common, references) && second * 3 <= best * 2;
    return isTold ? std::optional(std::chrono::minutes(offset / 60)) : std::nullopt;
}

} // namespace bouncelab::detectors

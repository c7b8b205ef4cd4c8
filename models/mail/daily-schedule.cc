#include "models/mail/daily-schedule.h"

#include <algorithm>
#include <utility>

namespace bouncelab::mail
{

LocalZone::LocalZone(std::chrono::seconds first, std::vector<ZoneChange> changes)
    : m_first(first)
    , m_changes(std::move(changes))
{
}

std::chrono::seconds
LocalZone::OffsetAt(WallTime time) const
{
    std::chrono::seconds offset = m_first;
    for (const ZoneChange& change : m_changes)
    {
        offset = change.at <= time ? change.utcOffset : offset;
    }
    return offset;
}

WallTime
LocalZone::NextDaily(WallTime after, Nanoseconds ofDay) const
{
    constexpr Nanoseconds DAY(NANOSECONDS_PER_DAY);
    // A day before, so that an hour that comes twice is found the first time.
    const Nanoseconds local = after.time_since_epoch() + OffsetAt(after);
    std::int64_t day = FloorDivide(local.count(), DAY.count()) - 1;
    for (;; ++day)
    {
        const Nanoseconds wanted = day * DAY + ofDay;
        WallTime time(wanted - m_first); //!< As if no change came before it.
        for (const ZoneChange& change : m_changes)
        {
            if (change.at <= time)
            {
                time = std::max(WallTime(wanted - change.utcOffset), change.at);
            }
        }
        if (time > after)
        {
            return time;
        }
    }
}

} // namespace bouncelab::mail

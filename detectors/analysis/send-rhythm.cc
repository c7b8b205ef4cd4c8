#include "detectors/analysis/send-rhythm.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

namespace bouncelab::detectors
{

namespace
{

constexpr std::int64_t HOUR = 3600;
constexpr std::size_t MOST_CHANGES = 2; //!< A year has two.

/// Into (-43200, 43200].
std::int64_t
OfDay(std::int64_t seconds)
{
    const std::int64_t rest = (seconds % SECONDS_PER_DAY + SECONDS_PER_DAY) % SECONDS_PER_DAY;
    return rest > SECONDS_PER_DAY / 2 ? rest - SECONDS_PER_DAY : rest;
}

/// Moments without those that belong to the one before.
std::vector<std::int64_t>
Times(std::vector<WallTime>& moments)
{
    std::sort(moments.begin(), moments.end());
    std::vector<std::int64_t> times;
    WallTime last{};
    for (const WallTime& moment : moments)
    {
        if (times.empty() || moment - last > SendRhythm::ONE_TIME)
        {
            times.push_back(UnixSeconds(moment));
        }
        last = moment;
    }
    return times;
}

} // namespace

std::string
ClockText(std::int64_t second)
{
    second = (second % SECONDS_PER_DAY + SECONDS_PER_DAY) % SECONDS_PER_DAY;
    return fmt::format("{:02}:{:02}:{:02}", second / HOUR, second / 60 % 60, second % 60);
}

SendRhythm
RhythmOf(std::vector<WallTime> moments)
{
    const std::vector<std::int64_t> times = Times(moments);
    SendRhythm rhythm;
    rhythm.times = times.size();
    std::set<std::int64_t> hours;
    for (const std::int64_t time : times)
    {
        hours.insert(time / HOUR % 24);
    }
    rhythm.hours = hours.size();
    if (times.size() < SendRhythm::LEAST_NIGHTS)
    {
        return rhythm;
    }
    const std::int64_t most = std::chrono::seconds(SendRhythm::MOST_JITTER).count();
    std::vector<std::int64_t> offsets; //!< From the first one's time of day, clock changes undone.
    std::int64_t shift = 0;
    std::size_t changes = 0;
    for (std::size_t i = 0; i < times.size(); ++i)
    {
        std::int64_t offset = OfDay(times[i] - times[0] - shift);
        const bool isHour = std::abs(std::abs(offset) - HOUR) <= 2 * most;
        // A clock that has changed stays so for the next one, too.
        const bool stays =
            i + 1 == times.size() || std::abs(OfDay(times[i + 1] - times[i])) <= 2 * most;
        if (isHour && stays && i > 0)
        {
            const std::int64_t step = offset > 0 ? HOUR : -HOUR;
            shift += step;
            offset -= step;
            ++changes;
            if (!rhythm.change)
            {
                rhythm.change = WallTime(std::chrono::seconds(times[i]));
                rhythm.changeSeconds = step;
            }
        }
        offsets.push_back(offset);
    }
    std::vector<std::int64_t> sorted = offsets;
    std::nth_element(sorted.begin(),
                     sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2),
                     sorted.end());
    const std::int64_t middle = sorted[sorted.size() / 2];
    for (const std::int64_t offset : offsets)
    {
        rhythm.jitterSeconds = std::max(rhythm.jitterSeconds, std::abs(offset - middle));
    }
    const std::int64_t days =
        (times.back() - times.front() + SECONDS_PER_DAY / 2) / SECONDS_PER_DAY;
    const bool isOnceADay = static_cast<std::int64_t>(times.size()) <= days + 1;
    const bool isMostDays = static_cast<std::int64_t>(times.size()) * 2 >= days + 1;
    rhythm.isDaily =
        isOnceADay && isMostDays && rhythm.jitterSeconds <= most && changes <= MOST_CHANGES;
    rhythm.secondOfDay = OfDay(times[0] + middle);
    rhythm.change = rhythm.isDaily ? rhythm.change : std::nullopt;
    return rhythm;
}

std::string
SendRhythm::ToString() const
{
    if (!isDaily)
    {
        return fmt::format("{} times in {} different hours of the day", times, hours);
    }
    std::string text =
        fmt::format("each day at {} by the stamps' clock, {} times, at most {} s off",
                    ClockText(secondOfDay),
                    times,
                    jitterSeconds);
    if (change)
    {
        const CivilTime civil = CivilFromSeconds(UnixSeconds(*change));
        text += fmt::format(", and from {:04}-{:02}-{:02} on at {}: it keeps a local clock that "
                            "changed that night, and the stamps' clock does not",
                            civil.year,
                            civil.month,
                            civil.day,
                            ClockText(secondOfDay + changeSeconds));
    }
    return text;
}

} // namespace bouncelab::detectors

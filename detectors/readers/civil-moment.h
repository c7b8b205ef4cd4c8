#ifndef BOUNCELAB_DETECTORS_READERS_CIVIL_MOMENT_H
#define BOUNCELAB_DETECTORS_READERS_CIVIL_MOMENT_H

#include "formats/calendar.h"
#include "formats/clock.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

namespace bouncelab::detectors
{

/// A date and a time of day as a text has them, whatever they are.
struct WrittenTime
{
    std::int64_t year = 0;
    std::int64_t month = 0;
    std::int64_t day = 0;
    std::int64_t hour = 0;
    std::int64_t minute = 0;
    std::int64_t second = 0;
    std::int64_t nanoseconds = 0; //!< Less than a second.
};

/// The moment, by whatever zone it is written in. Nothing where it is none of the years 1900 to
/// 2200; each month may have 31 days, and a minute 61 seconds.
inline std::optional<WallTime>
MomentOf(const WrittenTime& written)
{
    const auto isIn = [](std::int64_t value, std::int64_t least, std::int64_t most)
    { return value >= least && value <= most; };
    if (!isIn(written.year, 1900, 2200) || !isIn(written.month, 1, 12) ||
        !isIn(written.day, 1, 31) || !isIn(written.hour, 0, 23) || !isIn(written.minute, 0, 59) ||
        !isIn(written.second, 0, 60))
    {
        return std::nullopt;
    }
    const std::int64_t days =
        DaysFromCivil(written.year, static_cast<int>(written.month), static_cast<int>(written.day));
    return WallTime(std::chrono::seconds(days * SECONDS_PER_DAY + written.hour * 3600 +
                                         written.minute * 60 + written.second) +
                    Nanoseconds(written.nanoseconds));
}

/// "Jul" off the front as 7; 0, which is no month, where there is none.
inline std::int64_t
TakeMonthName(std::string_view& text)
{
    const auto* const month =
        std::find(std::begin(MONTH_NAMES), std::end(MONTH_NAMES), text.substr(0, 3));
    if (month == std::end(MONTH_NAMES))
    {
        return 0;
    }
    text.remove_prefix(month->size());
    return month - std::begin(MONTH_NAMES) + 1;
}

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_CIVIL_MOMENT_H

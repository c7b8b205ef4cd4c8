#ifndef BOUNCELAB_DETECTORS_READERS_SYSLOG_STAMP_H
#define BOUNCELAB_DETECTORS_READERS_SYSLOG_STAMP_H

#include "detectors/readers/scan.h"
#include "formats/calendar.h"
#include "formats/clock.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

namespace bouncelab::detectors
{

/// "Sep 26 14:46:23": a moment of a year that is not told.
struct SyslogStamp
{
    int month;
    int day;
    std::int64_t secondOfDay;

    /// As if the year were 1972, which has a 29th of February, and the zone UTC.
    WallTime In1972() const
    {
        return WallTime(
            std::chrono::seconds(DaysFromCivil(1972, month, day) * SECONDS_PER_DAY + secondOfDay));
    }
};

/// The stamp at the front of a line.
inline std::optional<SyslogStamp>
TakeSyslogStamp(std::string_view text)
{
    const std::string_view name = scan::Word(text);
    const auto* const month = std::find(std::begin(MONTH_NAMES), std::end(MONTH_NAMES), name);
    scan::SkipSpace(text);
    const auto day = scan::Number(text);
    scan::SkipSpace(text);
    const auto hour = scan::Number(text);
    const bool colon = scan::Skip(text, ":");
    const auto minute = scan::Number(text);
    const bool secondColon = scan::Skip(text, ":");
    const auto second = scan::Number(text);
    if (month == std::end(MONTH_NAMES) || !day || !hour || !minute || !second || !colon ||
        !secondColon || *day < 1 || *day > 31 || *hour > 23 || *minute > 59 || *second > 60)
    {
        return std::nullopt;
    }
    return SyslogStamp{static_cast<int>(month - std::begin(MONTH_NAMES)) + 1,
                       static_cast<int>(*day),
                       *hour * 3600 + *minute * 60 + *second};
}

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_SYSLOG_STAMP_H

#ifndef BOUNCELAB_DETECTORS_READERS_EXCHANGE_STAMP_H
#define BOUNCELAB_DETECTORS_READERS_EXCHANGE_STAMP_H

#include "detectors/readers/scan.h"
#include "formats/calendar.h"
#include "formats/clock.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace bouncelab::detectors
{

/// "2011-11-16T04:11:56.165Z" off the front; nothing and no change if it is not one.
inline std::optional<WallTime>
TakeUtcStamp(std::string_view& text)
{
    std::string_view rest = text;
    std::int64_t part[6];
    constexpr std::string_view BEHIND[6] = {"-", "-", "T", ":", ":", ""};
    for (int i = 0; i < 6; ++i)
    {
        const auto number = scan::Number(rest);
        if (!number || *number > 9999 || !scan::Skip(rest, BEHIND[i]))
        {
            return std::nullopt;
        }
        part[i] = *number;
    }
    const std::int64_t nanoseconds = scan::Skip(rest, ".") ? scan::Decimals(rest, 9) : 0;
    if (!scan::Skip(rest, "Z") || part[0] < 1900 || part[0] > 2200 || part[1] < 1 || part[1] > 12 ||
        part[2] < 1 || part[2] > 31 || part[3] > 23 || part[4] > 59 || part[5] > 60)
    {
        return std::nullopt;
    }
    text = rest;
    const std::int64_t days =
        DaysFromCivil(part[0], static_cast<int>(part[1]), static_cast<int>(part[2]));
    const std::int64_t seconds = (days * 24 + part[3]) * 3600 + part[4] * 60 + part[5];
    return WallTime(std::chrono::seconds(seconds) + Nanoseconds(nanoseconds));
}

/// A session id read as .NET ticks (100 ns since year 1), as a time: when the service that
/// counts them began (S000-26). Nothing outside the years 1900 to 2200.
inline std::optional<WallTime>
TicksToTime(std::uint64_t ticks)
{
    constexpr std::int64_t EPOCH_SECONDS = 62135596800; // 0001-01-01 to 1970-01-01
    const std::int64_t seconds = static_cast<std::int64_t>(ticks / 10000000) - EPOCH_SECONDS;
    constexpr std::int64_t FARTHEST = 230LL * 31556952;
    if (seconds < -FARTHEST || seconds > FARTHEST)
    {
        return std::nullopt;
    }
    return WallTime(std::chrono::seconds(seconds) + Nanoseconds(ticks % 10000000 * 100));
}

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_EXCHANGE_STAMP_H

#ifndef BOUNCELAB_DETECTORS_READERS_EXCHANGE_STAMP_H
#define BOUNCELAB_DETECTORS_READERS_EXCHANGE_STAMP_H

#include "detectors/readers/civil-moment.h"
#include "detectors/readers/scan.h"
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
        if (!number || !scan::Skip(rest, BEHIND[i]))
        {
            return std::nullopt;
        }
        part[i] = *number;
    }
    const std::int64_t nanoseconds = scan::Skip(rest, ".") ? scan::Decimals(rest, 9) : 0;
    const auto moment =
        scan::Skip(rest, "Z")
            ? MomentOf({part[0], part[1], part[2], part[3], part[4], part[5], nanoseconds})
            : std::nullopt;
    text = moment ? rest : text;
    return moment;
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

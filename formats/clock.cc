#include "formats/clock.h"

#include <fmt/format.h>

namespace bouncelab
{

std::string
UtcStamp(std::int64_t readingNs)
{
    const std::int64_t seconds = FloorDivide(readingNs, NANOSECONDS_PER_SECOND);
    const CivilTime utc = CivilFromSeconds(seconds);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
                       utc.year,
                       utc.month,
                       utc.day,
                       utc.hour,
                       utc.minute,
                       utc.second,
                       (readingNs - seconds * NANOSECONDS_PER_SECOND) / 1000000);
}

} // namespace bouncelab

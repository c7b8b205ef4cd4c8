#include "formats/clock.h"

#include <fmt/format.h>

namespace bouncelab
{

std::string
UtcStamp(WallTime time)
{
    const CivilTime utc = CivilFromSeconds(UnixSeconds(time));
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
                       utc.year,
                       utc.month,
                       utc.day,
                       utc.hour,
                       utc.minute,
                       utc.second,
                       SecondFraction(time) / NANOSECONDS_PER_MILLISECOND);
}

} // namespace bouncelab

#include "models/smtp/date.h"

#include <fmt/format.h>

#include <cstdlib>

namespace bouncelab::smtp
{

std::string
FormatDate(WallTime time, int zoneMinutes)
{
    const CivilTime civil = CivilFromSeconds(UnixSeconds(time) + zoneMinutes * 60);

    const int zone = std::abs(zoneMinutes);
    return fmt::format("{}, {} {} {} {:02}:{:02}:{:02} {}{:02}{:02}",
                       WEEKDAY_NAMES[civil.weekday],
                       civil.day,
                       MONTH_NAMES[civil.month - 1],
                       civil.year,
                       civil.hour,
                       civil.minute,
                       civil.second,
                       zoneMinutes < 0 ? '-' : '+',
                       zone / 60,
                       zone % 60);
}

} // namespace bouncelab::smtp

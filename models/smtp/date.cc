#include "models/smtp/date.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <string_view>

namespace bouncelab::smtp
{

std::string
FormatDate(Nanoseconds unixTime, int zoneMinutes)
{
    constexpr std::array<std::string_view, 7> DAYS{"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    constexpr std::array<std::string_view, 12>
        MONTHS{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    constexpr std::int64_t DAY = 86400;
    const std::int64_t seconds =
        std::chrono::floor<std::chrono::seconds>(unixTime).count() + zoneMinutes * 60;
    const std::int64_t days = seconds >= 0 ? seconds / DAY : -((DAY - 1 - seconds) / DAY);
    const std::int64_t clock = seconds - days * DAY;

    // Days to civil date, in 400-year eras that begin on the first of March.
    const std::int64_t z = days + 719468;
    const std::int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    const std::int64_t dayOfEra = z - era * 146097;
    const std::int64_t yearOfEra =
        (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
    const std::int64_t dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const std::int64_t shifted = (5 * dayOfYear + 2) / 153;
    const std::int64_t day = dayOfYear - (153 * shifted + 2) / 5 + 1;
    const std::int64_t month = shifted < 10 ? shifted + 2 : shifted - 10;
    const std::int64_t year = yearOfEra + era * 400 + (month < 2 ? 1 : 0);

    const int zone = std::abs(zoneMinutes);
    return fmt::format("{}, {} {} {} {:02}:{:02}:{:02} {}{:02}{:02}",
                       DAYS[static_cast<std::size_t>((days % 7 + 7) % 7)],
                       day,
                       MONTHS[static_cast<std::size_t>(month)],
                       year,
                       clock / 3600,
                       clock / 60 % 60,
                       clock % 60,
                       zoneMinutes < 0 ? '-' : '+',
                       zone / 60,
                       zone % 60);
}

} // namespace bouncelab::smtp

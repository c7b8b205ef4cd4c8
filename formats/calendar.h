#ifndef BOUNCELAB_FORMATS_CALENDAR_H
#define BOUNCELAB_FORMATS_CALENDAR_H

#include <cstdint>

namespace bouncelab
{

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar (Hinnant, days_from_civil).
/// \param month 1 to 12; \param day 1 to 31.
constexpr std::int64_t
DaysFromCivil(std::int64_t year, int month, int day)
{
    year -= month <= 2 ? 1 : 0;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const std::int64_t yearOfEra = year - era * 400;
    const std::int64_t dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_CALENDAR_H

#include "detectors/readers/printed-stamp.h"

#include "detectors/readers/scan.h"
#include "formats/calendar.h"
#include "formats/text.h"

namespace bouncelab::detectors
{

namespace
{

constexpr std::int64_t NOON = SECONDS_PER_DAY / 2;
constexpr std::int64_t FIRST_EPOCH = 100000000; //!< Smaller ones count from somewhere else.

/// "-01-02 " behind the year
std::optional<std::int64_t>
TakeDate(std::string_view& text, std::int64_t year)
{
    scan::Skip(text, "-");
    const auto month = scan::Number(text);
    const bool dash = scan::Skip(text, "-");
    const auto day = scan::Number(text);
    if (year < 1970 || year > 2200 || !month || !dash || !day || *month < 1 || *month > 12 ||
        *day < 1 || *day > 31 || !(scan::Skip(text, " ") || scan::Skip(text, "T")))
    {
        return std::nullopt;
    }
    return DaysFromCivil(year, static_cast<int>(*month), static_cast<int>(*day));
}

} // namespace

Nanoseconds
PrintedStamps::Placed(Nanoseconds told)
{
    constexpr std::chrono::milliseconds LEAST(1); // what packets are out of order by is less
    m_beganAtZero = m_told ? m_beganAtZero : told == Nanoseconds(0);
    m_fell = m_fell || (m_beganAtZero && *m_told > LEAST && told > Nanoseconds(0) &&
                        told < *m_told / 2 && *m_told < std::chrono::seconds(NOON));
    m_told = told;
    m_sum += told;
    return m_areSteps ? m_sum : told;
}

void
PrintedStamps::Restart()
{
    m_told.reset();
    m_sum = Nanoseconds(0);
}

std::optional<WallTime>
PrintedStamps::Take(std::string_view& text)
{
    std::string_view rest = text;
    const auto first = scan::Number(rest);
    if (!first)
    {
        return std::nullopt;
    }
    if (*first > FIRST_EPOCH && scan::Skip(rest, "."))
    {
        const Nanoseconds part(scan::Decimals(rest, 9));
        text = rest;
        return WallTime(std::chrono::seconds(*first) + part);
    }
    std::optional<std::int64_t> hour = first;
    std::optional<std::int64_t> date;
    if (!rest.empty() && rest.front() == '-')
    {
        date = TakeDate(rest, *first);
        hour = date ? scan::Number(rest) : std::nullopt;
    }
    const bool colon = scan::Skip(rest, ":");
    const auto minute = scan::Number(rest);
    const bool second = scan::Skip(rest, ":");
    const auto seconds = scan::Number(rest);
    if (!hour || !colon || !minute || !second || !seconds || *hour > 23 || *minute > 59 ||
        *seconds > 60 || !scan::Skip(rest, "."))
    {
        return std::nullopt;
    }
    const Nanoseconds part(scan::Decimals(rest, 9));
    const std::int64_t ofDay = *hour * 3600 + *minute * 60 + *seconds;
    const Nanoseconds placed = date ? part : Placed(std::chrono::seconds(ofDay) + part);
    if (m_areSteps && !date)
    {
        text = rest;
        return WallTime(std::chrono::seconds(DaysFromCivil(m_year, 1, 1) * SECONDS_PER_DAY) +
                        placed);
    }
    m_day += m_lastSecond - ofDay > NOON ? 1 : 0;
    m_lastSecond = ofDay;
    const std::int64_t days = date ? *date : DaysFromCivil(m_year, 1, 1) + m_day;
    text = rest;
    return WallTime(std::chrono::seconds(days * SECONDS_PER_DAY + ofDay) + part);
}

std::optional<WallTime>
PrintedStamps::TakeOrSeconds(std::string_view& text)
{
    if (const auto stamp = Take(text))
    {
        return stamp;
    }
    std::string_view rest = text;
    const auto seconds = scan::Number(rest);
    if (!seconds || !scan::Skip(rest, "."))
    {
        return std::nullopt;
    }
    const Nanoseconds part(scan::Decimals(rest, 9));
    text = rest;
    return WallTime(Placed(std::chrono::seconds(*seconds) + part));
}

} // namespace bouncelab::detectors

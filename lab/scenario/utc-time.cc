#include "lab/scenario/utc-time.h"

#include "formats/calendar.h"

namespace bouncelab::scenario
{

namespace
{

/// Takes count digits and the sign after them off the front.
std::optional<int>
TakeNumber(std::string_view& text, std::size_t count, char sign)
{
    if (text.size() <= count || text[count] != sign)
    {
        return std::nullopt;
    }
    int value = 0;
    for (const char c : text.substr(0, count))
    {
        if (c < '0' || c > '9')
        {
            return std::nullopt;
        }
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(count + 1);
    return value;
}

int
DaysOfMonth(int year, int month)
{
    if (month == 2)
    {
        const bool isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        return isLeap ? 29 : 28;
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

} // namespace

std::optional<std::int64_t>
ParseUtc(std::string_view text)
{
    const auto year = TakeNumber(text, 4, '-');
    const auto month = year ? TakeNumber(text, 2, '-') : year;
    const auto day = month ? TakeNumber(text, 2, 'T') : month;
    const auto hour = day ? TakeNumber(text, 2, ':') : day;
    const auto minute = hour ? TakeNumber(text, 2, ':') : hour;
    if (!minute || *year < 1970 || *year > 2199 || *month < 1 || *month > 12 || *day < 1 ||
        *day > DaysOfMonth(*year, *month) || *hour > 23 || *minute > 59)
    {
        return std::nullopt;
    }
    const bool hasFraction = text.size() > 2 && text[2] == '.';
    const auto second = TakeNumber(text, 2, hasFraction ? '.' : 'Z');
    if (!second || *second > 59)
    {
        return std::nullopt;
    }
    std::int64_t nanoseconds = 0;
    if (hasFraction)
    {
        const std::size_t digits = text.size() - 1;
        if (text.empty() || digits < 1 || digits > 9)
        {
            return std::nullopt;
        }
        const auto fraction = TakeNumber(text, digits, 'Z');
        if (!fraction)
        {
            return std::nullopt;
        }
        nanoseconds = *fraction;
        for (std::size_t i = digits; i < 9; ++i)
        {
            nanoseconds *= 10;
        }
    }
    if (!text.empty())
    {
        return std::nullopt;
    }
    const std::int64_t days = DaysFromCivil(*year, *month, *day);
    const std::int64_t seconds = ((days * 24 + *hour) * 60 + *minute) * 60 + *second;
    return seconds * 1000000000 + nanoseconds;
}

} // namespace bouncelab::scenario

#include "detectors/readers/windows-stamp.h"

#include "detectors/readers/civil-moment.h"
#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <array>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

/// Three numbers with the same octet between them.
std::optional<std::array<std::int64_t, 3>>
TakeDate(std::string_view& text, char& between)
{
    std::array<std::int64_t, 3> parts{};
    for (std::size_t i = 0; i < parts.size(); ++i)
    {
        const auto number = scan::Number(text);
        if (!number || *number > 9999)
        {
            return std::nullopt;
        }
        parts[i] = *number;
        if (i == 2)
        {
            break;
        }
        if (text.empty() || (i == 1 && text.front() != between))
        {
            return std::nullopt;
        }
        between = text.front();
        text.remove_prefix(1);
    }
    if (between == '.')
    {
        std::swap(parts[0], parts[1]);
    }
    const bool yearFirst = parts[0] > 31 && between != '.';
    return yearFirst ? parts : std::array<std::int64_t, 3>{parts[2], parts[0], parts[1]};
}

/// Nanoseconds of a day.
std::optional<Nanoseconds>
TakeTimeOfDay(std::string_view& text)
{
    const auto hour = scan::Number(text);
    if (!hour || !scan::Skip(text, ":"))
    {
        return std::nullopt;
    }
    const auto minute = scan::Number(text);
    std::optional<std::int64_t> second = 0;
    if (scan::Skip(text, ":"))
    {
        second = scan::Number(text);
    }
    const std::int64_t part = scan::Skip(text, ".") ? scan::Decimals(text, 9) : 0;
    scan::SkipSpace(text);
    const bool isPm = StartsWithIgnoringCase(text, "PM");
    const bool isAm = StartsWithIgnoringCase(text, "AM");
    if (!minute || !second || *hour > (isPm || isAm ? 12 : 23) || *minute > 59 || *second > 60)
    {
        return std::nullopt;
    }
    const std::int64_t hours = isPm || isAm ? *hour % 12 + (isPm ? 12 : 0) : *hour;
    return std::chrono::hours(hours) + std::chrono::minutes(*minute) +
           std::chrono::seconds(*second) + Nanoseconds(part);
}

} // namespace

std::optional<WallTime>
ParseWindowsStamp(std::string_view text)
{
    scan::SkipSpace(text);
    char between = 0;
    const auto date = TakeDate(text, between);
    if (!date || (between != '/' && between != '-' && between != '.'))
    {
        return std::nullopt;
    }
    const auto [year, month, day] = *date;
    const auto midnight = MomentOf({year, month, day});
    if (!scan::Skip(text, "T"))
    {
        scan::Skip(text, ",");
        scan::SkipSpace(text);
    }
    const auto ofDay = TakeTimeOfDay(text);
    return midnight && ofDay ? std::optional(*midnight + *ofDay) : std::nullopt;
}

} // namespace bouncelab::detectors

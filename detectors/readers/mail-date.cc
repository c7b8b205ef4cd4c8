#include "detectors/readers/mail-date.h"

#include "detectors/readers/civil-moment.h"
#include "detectors/readers/scan.h"

namespace bouncelab::detectors
{

std::optional<WallTime>
MailDateIn(std::string_view text)
{
    auto rest = scan::After(text, ", ");
    if (!rest)
    {
        return std::nullopt;
    }
    scan::SkipSpace(*rest);
    const auto day = scan::Number(*rest);
    scan::SkipSpace(*rest);
    const std::int64_t month = TakeMonthName(*rest);
    scan::SkipSpace(*rest);
    const auto year = scan::Number(*rest);
    scan::SkipSpace(*rest);
    const auto hour = scan::Number(*rest);
    const bool hasMinute = scan::Skip(*rest, ":");
    const auto minute = scan::Number(*rest);
    const bool hasSecond = scan::Skip(*rest, ":");
    const auto second = scan::Number(*rest);
    scan::SkipSpace(*rest);
    const bool isWest = scan::Skip(*rest, "-");
    const bool isEast = scan::Skip(*rest, "+");
    const auto zone = scan::Number(*rest);
    if (!day || !year || !hour || !hasMinute || !minute || !hasSecond || !second ||
        !(isWest || isEast) || !zone || *zone > 1400)
    {
        return std::nullopt;
    }
    const auto local = MomentOf({*year, month, *day, *hour, *minute, *second});
    const std::chrono::minutes east((*zone / 100 * 60 + *zone % 100) * (isWest ? -1 : 1));
    return local ? std::optional(*local - east) : std::nullopt;
}

} // namespace bouncelab::detectors

#ifndef BOUNCELAB_FORMATS_CLOCK_H
#define BOUNCELAB_FORMATS_CLOCK_H

#include "formats/duration.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace bouncelab
{

/// Counts from the start of the run.
struct SimulatedClock;

/// Counts from 1970-01-01T00:00:00 UTC, as the clock of some machine has it.
struct WallClock;

/**
 * Moments of the simulation, and what clocks read: two types, so that one cannot stand where the
 * other is due. Only HostClock makes the second of the first. Cores that do no I/O count
 * Nanoseconds from a start that their caller chooses.
 */
using SimTime = std::chrono::time_point<SimulatedClock, Nanoseconds>;
using WallTime = std::chrono::time_point<WallClock, Nanoseconds>;

constexpr std::int64_t NANOSECONDS_PER_MILLISECOND = 1000000;
constexpr std::int64_t NANOSECONDS_PER_SECOND = 1000000000;
constexpr std::int64_t SECONDS_PER_DAY = 86400;
constexpr std::int64_t NANOSECONDS_PER_DAY = SECONDS_PER_DAY * NANOSECONDS_PER_SECOND;

/// A date and time of day in the proleptic Gregorian calendar, without a zone.
struct CivilTime
{
    std::int64_t year = 1970;
    unsigned month = 1; //!< 1 to 12.
    unsigned day = 1;   //!< 1 to 31.
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;
    unsigned weekday = 4; //!< 0 = Sunday.
};

constexpr std::string_view MONTH_NAMES[12] =
    {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::string_view WEEKDAY_NAMES[7] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

/// Rounds towards minus infinity, as clocks before their epoch have to.
constexpr std::int64_t
FloorDivide(std::int64_t a, std::int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

/// The calendar reading of seconds since 1970-01-01T00:00:00 (Hinnant, "chrono-compatible
/// low-level date algorithms", civil_from_days).
constexpr CivilTime
CivilFromSeconds(std::int64_t seconds)
{
    const std::int64_t days = FloorDivide(seconds, SECONDS_PER_DAY);
    const auto ofDay = static_cast<unsigned>(seconds - days * SECONDS_PER_DAY);
    const std::int64_t z = days + 719468;
    const std::int64_t era = FloorDivide(z, 146097);
    const auto dayOfEra = static_cast<unsigned>(z - era * 146097);
    const unsigned yearOfEra =
        (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
    const unsigned dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const unsigned shifted = (5 * dayOfYear + 2) / 153;
    CivilTime civil;
    civil.day = dayOfYear - (153 * shifted + 2) / 5 + 1;
    civil.month = shifted < 10 ? shifted + 3 : shifted - 9;
    civil.year = static_cast<std::int64_t>(yearOfEra) + era * 400 + (civil.month <= 2 ? 1 : 0);
    civil.hour = ofDay / 3600;
    civil.minute = ofDay / 60 % 60;
    civil.second = ofDay % 60;
    civil.weekday = static_cast<unsigned>(((days + 4) % 7 + 7) % 7);
    return civil;
}

/// Whole seconds since 1970, as time(2) gives them.
constexpr std::int64_t
UnixSeconds(WallTime time)
{
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

/// What is behind the whole seconds, in ns: 0 to 999999999.
constexpr std::int64_t
SecondFraction(WallTime time)
{
    return (time - std::chrono::floor<std::chrono::seconds>(time)).count();
}

/// "2011-11-16T04:11:56.165Z", cut to the millisecond.
std::string UtcStamp(WallTime time);

/// What a clock is ahead of true time, where that changes.
class ClockCourse
{
  public:
    virtual ~ClockCourse() = default;

    virtual Nanoseconds OffsetAt(SimTime time) const = 0; //!< Of the past, too.
};

/**
 * What one machine takes the time to be. True time is the start of the run plus simulated time; the
 * machine's clock is ahead of it by an offset and moves in steps of its resolution.
 */
struct HostClock
{
    WallTime start{};                    //!< True time at simulated time 0.
    Nanoseconds offset{0};               //!< How far the clock is ahead of true time.
    Nanoseconds resolution{1};           //!< Step of the clock, 1 or more.
    std::int64_t zoneSeconds = 0;        //!< What the machine's local time is ahead of UTC.
    const ClockCourse* course = nullptr; //!< Adds to the offset; not owned, null = nothing.

    /// The reading at a simulated time, truncated to the resolution.
    constexpr WallTime Read(SimTime time) const
    {
        const Nanoseconds ahead = course ? offset + course->OffsetAt(time) : offset;
        const Nanoseconds reading = start.time_since_epoch() + time.time_since_epoch() + ahead;
        return WallTime(FloorDivide(reading.count(), resolution.count()) * resolution);
    }

    /// The whole seconds of the reading.
    constexpr std::int64_t ReadSeconds(SimTime time) const { return UnixSeconds(Read(time)); }

    /// A reading as local time of the machine.
    constexpr CivilTime Local(WallTime reading) const
    {
        return CivilFromSeconds(UnixSeconds(reading) + zoneSeconds);
    }
};

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_CLOCK_H

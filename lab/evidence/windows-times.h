#ifndef BOUNCELAB_LAB_EVIDENCE_WINDOWS_TIMES_H
#define BOUNCELAB_LAB_EVIDENCE_WINDOWS_TIMES_H

#include "formats/clock.h"

#include <fmt/format.h>

#include <string>

namespace bouncelab::evidence
{

/// "1/4/2010 9:01:15 AM", as Windows writes local time in American English.
inline std::string
LocalStamp(const HostClock& clock, WallTime reading)
{
    const CivilTime local = clock.Local(reading);
    return fmt::format("{}/{}/{} {}:{:02}:{:02} {}",
                       local.month,
                       local.day,
                       local.year,
                       (local.hour + 11) % 12 + 1,
                       local.minute,
                       local.second,
                       local.hour < 12 ? "AM" : "PM");
}

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_WINDOWS_TIMES_H

#ifndef BOUNCELAB_DETECTORS_READERS_WINDOWS_STAMP_H
#define BOUNCELAB_DETECTORS_READERS_WINDOWS_STAMP_H

#include "formats/clock.h"

#include <optional>
#include <string_view>

namespace bouncelab::detectors
{

/**
 * A date and a time as Windows prints them, in the order of the US or of ISO 8601, or with dots by
 * day, month and year: "1/4/2010 8:20:00 AM", "2010-01-04 09:35:00", "04.01.2010 08:20:00",
 * "2010-01-04T10:00:00.006Z". As written, whatever the zone; behind it anything may stand.
 */
std::optional<WallTime> ParseWindowsStamp(std::string_view text);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_WINDOWS_STAMP_H

#ifndef BOUNCELAB_DETECTORS_READERS_SYSLOG_STAMP_H
#define BOUNCELAB_DETECTORS_READERS_SYSLOG_STAMP_H

#include "detectors/readers/scan.h"
#include "formats/calendar.h"
#include "formats/clock.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace bouncelab::detectors
{

/// "Sep 26 14:46:23": a moment of a year that may not be told.
struct SyslogStamp
{
    int month;
    int day;
    std::int64_t secondOfDay;
    int year = 0;                 //!< 0 = not told.
    std::int64_t nanoseconds = 0; //!< Of the second.

    /// As if the year were 1972, which has a 29th of February, and the zone UTC.
    WallTime In1972() const
    {
        return WallTime(
            std::chrono::seconds(DaysFromCivil(1972, month, day) * SECONDS_PER_DAY + secondOfDay) +
            Nanoseconds(nanoseconds));
    }
};

/**
 * The stamp at the front of a line: syslog's, with the month in English or in another language and
 * before or behind the day; RFC 3339's; or a date and a time by ISO 8601, as Exim and others have
 * it. Times are as written, whatever the zone.
 */
std::optional<SyslogStamp> TakeSyslogStamp(std::string_view text);

/// The same, taken off the front; no change where there is none.
std::optional<SyslogStamp> SkipSyslogStamp(std::string_view& text);

/**
 * What stands where a row of syslog names its program: "postfix/smtpd[19677]: connect from".
 */
struct SyslogRow
{
    SyslogStamp stamp; //!< Its month is 0 where the row has none.
    std::string_view host;
    std::string_view program; //!< "postfix/smtpd"
    std::string_view process; //!< "19677"; empty where there is none.
    std::string_view text;    //!< What the program wrote.
};

/// A row of syslog. Of Postfix also one that lost its stamp or its host on the way, or all that
/// stands before the queue id.
std::optional<SyslogRow> ParseSyslogRow(std::string_view text);

/// "smtpd" of "postfix/smtpd", "postfix-in/submission/smtpd" or "mx.example/smtpd"; empty where it
/// is no service of Postfix.
std::string_view PostfixService(std::string_view program);

/// Whether a line is one of Postfix's rows that has no stamp.
bool IsUnstampedRow(std::string_view text);

/// What stands behind the stamp of a row, a program's name and a tag in brackets before it; empty
/// where the line begins with no stamp of whatever form.
std::string_view BehindStamp(std::string_view text);

/// Whether a line begins as rows of logs and printed packets do: by a stamp, a header's "#", or
/// the number of a hop.
bool BeginsLikeRow(std::string_view text);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_SYSLOG_STAMP_H

#ifndef BOUNCELAB_LAB_EVIDENCE_SYSLOG_HEAD_H
#define BOUNCELAB_LAB_EVIDENCE_SYSLOG_HEAD_H

#include "formats/clock.h"
#include "lab/evidence/print.h"

#include <string>
#include <string_view>

namespace bouncelab::evidence
{

/// "Mar 22 17:47:14 mail ": what syslog puts before a line, in the host's local time.
/// \param reading of the clock. \param host the first label of its name
inline void
AppendSyslogHead(std::string& out, const HostClock& clock, WallTime reading, std::string_view host)
{
    const CivilTime local = clock.Local(reading);
    Print(out,
          "{} {:2} {:02}:{:02}:{:02} {} ",
          MONTH_NAMES[local.month - 1],
          local.day,
          local.hour,
          local.minute,
          local.second,
          host);
}

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_SYSLOG_HEAD_H

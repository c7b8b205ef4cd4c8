#ifndef BOUNCELAB_MODELS_SMTP_DATE_H
#define BOUNCELAB_MODELS_SMTP_DATE_H

#include "formats/clock.h"
#include "formats/duration.h"

#include <string>

namespace bouncelab::smtp
{

/**
 * "Tue, 26 Sep 2006 14:46:23 +0800" (RFC 5322 3.3).
 *
 * \param time cut to seconds. \param zoneMinutes east of UTC, -1440..1440.
 */
std::string FormatDate(WallTime time, int zoneMinutes);

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_DATE_H

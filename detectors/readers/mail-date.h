#ifndef BOUNCELAB_DETECTORS_READERS_MAIL_DATE_H
#define BOUNCELAB_DETECTORS_READERS_MAIL_DATE_H

#include "formats/clock.h"

#include <optional>
#include <string_view>

namespace bouncelab::detectors
{

/// The moment in a text as mail has it: "Mon, 4 Jan 2010 08:20:00 +0000"; in UTC.
std::optional<WallTime> MailDateIn(std::string_view text);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_MAIL_DATE_H

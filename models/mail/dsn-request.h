#ifndef BOUNCELAB_MODELS_MAIL_DSN_REQUEST_H
#define BOUNCELAB_MODELS_MAIL_DSN_REQUEST_H

#include "models/mail/queue-event.h"

#include <string>
#include <string_view>

namespace bouncelab::mail
{

/**
 * Whether a sender wants to hear of this. \param notify the value of NOTIFY as it came (RFC 3461
 * 4.1); empty: failures and delays, as always, but no success.
 */
bool WantsReport(std::string_view notify, ReportAction action);

/// Text out of xtext (RFC 3461 4); a "+" that begins no hexadecimal pair stays, and what is not
/// printable becomes "?".
std::string DecodeXtext(std::string_view text);

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_DSN_REQUEST_H

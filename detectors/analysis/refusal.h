#ifndef BOUNCELAB_DETECTORS_ANALYSIS_REFUSAL_H
#define BOUNCELAB_DETECTORS_ANALYSIS_REFUSAL_H

#include "detectors/analysis/smtp-session.h"

#include <initializer_list>
#include <string>
#include <string_view>

/// What the texts of replies mean, as far as servers agree on it.
namespace bouncelab::detectors
{

bool HasAny(const std::string& text, std::initializer_list<std::string_view> words);

/// "5.2.1" of "550 5.2.1 ...", "4.3.0" of "451 4.3.0 ..."; else "".
std::string_view EnhancedCodeOf(std::string_view reply);

/// RCPT refused for good because there is no such mailbox, in whatever words a server has for it.
bool IsUnknownRecipient(const Turn& turn);

/// RCPT refused for good in words that leave its reason open, as RFC 5321's own do ("mailbox
/// unavailable"): there may be no such mailbox, or the server may not pass mail on.
bool IsOpenRefusal(const Turn& turn);

/// Any command refused because the recipient's mailbox is full.
bool IsMailboxFull(const Turn& turn);

/// RCPT refused for good because the server does not pass mail on for this client.
bool IsRelayingRefused(const Turn& turn);

/// RCPT refused for now, and not as greylisting or a limit of the client's does it: the server
/// itself is at a loss (451 4.3.x, a lookup that failed).
bool IsLookupFailure(const Turn& turn);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_REFUSAL_H

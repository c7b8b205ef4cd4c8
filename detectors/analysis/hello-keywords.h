#ifndef BOUNCELAB_DETECTORS_ANALYSIS_HELLO_KEYWORDS_H
#define BOUNCELAB_DETECTORS_ANALYSIS_HELLO_KEYWORDS_H

#include "detectors/analysis/smtp-session.h"
#include "formats/address.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/// The last EHLO that was answered with 250, or null.
const Turn* AcceptedEhlo(const SmtpSession& session);

/// The server's greeting, or null.
const Turn* GreetingOf(const SmtpSession& session);

/// "mail.example.net" of "220 mail.example.net ESMTP", in lower case; "" where no name is.
std::string NameInGreeting(const SmtpSession& session);

/// Keywords of an EHLO reply in its order and in upper case, without what follows them; the first
/// line is none. Replies that a log has in one row are taken apart as well.
std::vector<std::string> KeywordsIn(std::string_view reply);

bool HasKeyword(const std::vector<std::string>& keywords, std::string_view name);

/// An address that the reply names as the client's: "Hello [192.0.2.1]".
std::optional<HostAddress> EchoedAddress(std::string_view reply);

/// "XXXXXXXX", or "XXXXXXXA": what a mail guard leaves of a keyword or a command (fact I30).
bool IsMaskedWord(std::string_view word);

/// "220 ****0***...": what a mail guard leaves of a greeting.
bool IsMaskedGreeting(std::string_view reply);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_HELLO_KEYWORDS_H

#ifndef BOUNCELAB_MODELS_SMTP_BASE64_H
#define BOUNCELAB_MODELS_SMTP_BASE64_H

#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::smtp
{

/// RFC 4648 4, with padding and without line ends, as RFC 4954 has it.
std::string EncodeBase64(std::string_view octets);

/// The octets; nothing if the text is not exactly such a text.
std::optional<std::string> DecodeBase64(std::string_view text);

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_BASE64_H

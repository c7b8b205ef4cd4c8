#ifndef BOUNCELAB_MODELS_SMTP_EXTENSIONS_H
#define BOUNCELAB_MODELS_SMTP_EXTENSIONS_H

#include "models/smtp/command.h"
#include "models/smtp/parameters.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::smtp
{

/**
 * Is the extension `keyword` among the lines of an EHLO reply (without codes)? Arguments after the
 * keyword do not matter; `argument`, if given, receives them.
 */
bool Offers(const std::vector<std::string>& keywords,
            std::string_view keyword,
            std::string_view* argument = nullptr);

/// How far `verb` may exceed the command line limit under the extensions offered, in octets.
std::size_t ExtraLineLength(const std::vector<std::string>& keywords, Verb verb);

/// The most that any verb may.
std::size_t ExtraLineLength(const std::vector<std::string>& keywords);

enum class ParameterCheck
{
    Ok,
    Unknown,  //!< No extension on offer has it: 555.
    BadValue, //!< 501
};

/// Checks the parameters of MAIL or RCPT against the extensions offered.
ParameterCheck CheckParameters(const std::vector<std::string>& keywords,
                               Verb verb,
                               const Parameters& parameters);

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_EXTENSIONS_H

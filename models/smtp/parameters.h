#ifndef BOUNCELAB_MODELS_SMTP_PARAMETERS_H
#define BOUNCELAB_MODELS_SMTP_PARAMETERS_H

#include "models/smtp/path.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::smtp
{

/// One ESMTP parameter of MAIL or RCPT: "SIZE=1000", "BODY=8BITMIME" (RFC 5321 4.1.2).
struct Parameter
{
    std::string keyword; //!< As it was written.
    std::string value;
    bool hasValue = false; //!< There was a "=".
};

using Parameters = std::vector<Parameter>;

/// The first with this keyword in any case; null if there is none. Valid as long as `parameters`.
const Parameter* FindParameter(const Parameters& parameters, std::string_view keyword);

/// Reads parameters between spaces. \return nothing if one is not of the form keyword[=value].
std::optional<Parameters> ParseParameters(std::string_view text);

/// What MAIL and RCPT carry.
struct PathArgument
{
    enum class Status
    {
        Ok,
        NoKeyword,    //!< Does not begin with "FROM:" or "TO:".
        BadPath,      //!< No path after it.
        BadParameter, //!< Something after the path that is no parameter.
    };

    Status status = Status::NoKeyword;
    Path path;
    Parameters parameters;
};

/// \param keyword "FROM:" or "TO:"; a space after it is followed silently, as all servers do.
PathArgument ParsePathArgument(std::string_view keyword,
                               std::string_view argument,
                               const PathRules& rules);

/// A number of at most 20 digits (RFC 1870); nothing if it is not, or does not fit 64 bits.
std::optional<std::uint64_t> ParseSize(std::string_view text);

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_PARAMETERS_H

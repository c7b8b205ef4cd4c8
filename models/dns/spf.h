#ifndef BOUNCELAB_MODELS_DNS_SPF_H
#define BOUNCELAB_MODELS_DNS_SPF_H

#include "formats/address.h"
#include "models/dns/inquiry.h"

#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::dns
{

/// What a domain says of a client that sends in its name (RFC 7208 2.6).
enum class SpfResult
{
    None,
    Neutral,
    Pass,
    Fail,
    SoftFail,
    TemporaryError,
    PermanentError,
};

std::string_view NameOfSpfResult(SpfResult result); //!< "softfail", as RFC 7208 9.1 writes it.

/// The arguments of check_host() (RFC 7208 4.1), over IPv4.
struct SpfQuery
{
    IpAddress client;
    std::string domain; //!< Whose word is asked for: of MAIL FROM, or of HELO where that is null.
    std::string sender; //!< "local@domain"; without a local part it is "postmaster".
    std::string helo;
};

/// check_host() of RFC 7208 4, with its limits of 10 terms and 2 empty answers. `exp` is read and
/// not followed. \return nothing if answers are wanted
std::optional<SpfResult> CheckSpf(AnswerBook& book, const SpfQuery& query);

} // namespace bouncelab::dns

#endif // BOUNCELAB_MODELS_DNS_SPF_H

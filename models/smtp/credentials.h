#ifndef BOUNCELAB_MODELS_SMTP_CREDENTIALS_H
#define BOUNCELAB_MODELS_SMTP_CREDENTIALS_H

#include "formats/enum-names.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::smtp
{

/// The SASL mechanisms that the engine speaks (RFC 4954; MS-SMTPNTLM for NTLM).
enum class AuthMechanism
{
    Login,
    Plain,
    Ntlm,
    Gssapi,
};

constexpr auto
EnumNames(AuthMechanism)
{
    return std::array<EnumName<AuthMechanism>, 4>{{{"LOGIN", AuthMechanism::Login},
                                                   {"PLAIN", AuthMechanism::Plain},
                                                   {"NTLM", AuthMechanism::Ntlm},
                                                   {"GSSAPI", AuthMechanism::Gssapi}}};
}

/// By its name in any case; nothing if the engine does not speak it.
std::optional<AuthMechanism> FindMechanism(std::string_view name);

/// What a client has shown of itself at the end of an exchange.
struct Credentials
{
    AuthMechanism mechanism = AuthMechanism::Login;
    std::string identity;      //!< As it was given: "user", "user@domain", "DOMAIN\user".
    std::string authorization; //!< Whom it wants to act as (PLAIN); mostly empty.
    std::string secret;        //!< The password, or with NTLM and GSSAPI the proof of it.
    std::string challenge;     //!< What the proof answers; empty with LOGIN and PLAIN.

    /// Is this the password that the secret comes from?
    bool Proves(std::string_view password) const;
};

/**
 * The stand-in for every function of a password and a challenge in NTLM and Kerberos: as long as
 * asked for, different for different inputs, and no cryptography.
 */
std::string ProofOf(std::string_view password, std::string_view challenge, std::size_t length);

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_CREDENTIALS_H

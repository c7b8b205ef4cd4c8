#ifndef BOUNCELAB_MODELS_SMTP_SPNEGO_H
#define BOUNCELAB_MODELS_SMTP_SPNEGO_H

#include "formats/random.h"

#include <optional>
#include <string>
#include <string_view>

/// The first token of a GSSAPI authentication by Kerberos: an AP-REQ (RFC 4120 5.5.1) in GSSAPI's
/// frame (RFC 4121 4.1) in SPNEGO's (RFC 4178 4.2.1). What would be encrypted is opaque, and no
/// cryptography.
namespace bouncelab::smtp::spnego
{

inline constexpr std::size_t NONCE_SIZE = 16;
inline constexpr std::size_t PROOF_SIZE = 16;

struct NegotiateToken
{
    std::string identity;
    std::string nonce; //!< NONCE_SIZE octets: what the proof answers.
    std::string proof; //!< PROOF_SIZE octets.
};

/// \param realm "EXAMPLE.COM"; \param service the host that the ticket is for, of SMTPSVC/host.
/// \param ticket what the ticket's cipher text is made of.
std::string InitialToken(const NegotiateToken& claim,
                         std::string_view realm,
                         std::string_view service,
                         Draw ticket);

std::optional<NegotiateToken> ParseInitialToken(std::string_view token);

/// A whole AP-REQ in the two frames, and out of them; nothing where it does not stand in them.
std::string Wrap(std::string_view request);
std::optional<std::string_view> Unwrap(std::string_view token);

/// The same for a KRB-ERROR, in the token that rejects a negotiation.
std::string WrapError(std::string_view error);
std::optional<std::string_view> UnwrapError(std::string_view token);

} // namespace bouncelab::smtp::spnego

#endif // BOUNCELAB_MODELS_SMTP_SPNEGO_H

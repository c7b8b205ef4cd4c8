#ifndef BOUNCELAB_MODELS_SMTP_NTLM_H
#define BOUNCELAB_MODELS_SMTP_NTLM_H

#include <optional>
#include <string>
#include <string_view>

/// The three messages of an NTLM authentication (MS-NLMP 2.2.1), framed as the real ones. What is
/// computed from passwords is not NTLM's arithmetic (ProofOf).
namespace bouncelab::smtp::ntlm
{

inline constexpr std::size_t CHALLENGE_SIZE = 8;
inline constexpr std::size_t RESPONSE_SIZE = 24;

std::string Negotiate(); //!< Type 1.
bool IsNegotiate(std::string_view message);

struct Challenge
{
    std::string nonce;    //!< CHALLENGE_SIZE octets.
    std::string domain;   //!< NetBIOS name of the domain.
    std::string computer; //!< NetBIOS name of the server.
    std::string dnsName;  //!< The server's name.
};

std::string ToMessage(const Challenge& challenge); //!< Type 2.

/// The nonce of a type 2 message; nothing if it is none.
std::optional<std::string> NonceOf(std::string_view message);

struct Authenticate
{
    std::string domain;
    std::string user;
    std::string workstation;
    std::string response; //!< RESPONSE_SIZE octets.
};

std::string ToMessage(const Authenticate& authenticate); //!< Type 3.

/// Reads a type 3 message; nothing if it is none. Characters beyond Latin-1 become "?".
std::optional<Authenticate> ParseAuthenticate(std::string_view message);

} // namespace bouncelab::smtp::ntlm

#endif // BOUNCELAB_MODELS_SMTP_NTLM_H

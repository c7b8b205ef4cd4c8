#ifndef BOUNCELAB_MODELS_SMTP_SASL_H
#define BOUNCELAB_MODELS_SMTP_SASL_H

#include "models/smtp/credentials.h"

#include "formats/random.h"

#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::smtp
{

/// The server's side of one authentication: octets, without their Base64.
class SaslServer
{
  public:
    enum class SaslStep
    {
        Password,  //!< LOGIN: the user's name is in, its password is asked for.
        Challenge, //!< Challenge() is sent.
        Done,      //!< Get() is complete; nothing is judged yet.
        Malformed, //!< The response is none of this mechanism.
    };

    /// \param hostname of the server, for the mechanisms that name it. \param draws for nonces.
    /// \param opaque the first response is the secret, whatever it is
    SaslServer(AuthMechanism mechanism, std::string hostname, DrawKey draws, bool opaque = false);

    SaslStep Take(std::string_view response); //!< The client's next response.

    const std::string& Challenge() const { return m_challenge; }

    const Credentials& Get() const { return m_credentials; }

  private:
    SaslStep TakePlain(std::string_view response);
    SaslStep TakeNtlm(std::string_view response);

    const std::string m_hostname;
    DrawKey m_draws;
    Credentials m_credentials;
    std::string m_challenge;
    bool m_opaque;
    bool m_second = false; //!< The first response is in.
};

/// Who a client is to the server.
struct Account
{
    std::string user;     //!< "user", "user@example.com" or "DOMAIN\user".
    std::string password; //!< Never leaves the process but as the mechanism has it.
};

/// The client's side of one authentication.
class SaslClient
{
  public:
    /// \param workstation the client's own name. \param server the name of the server.
    SaslClient(AuthMechanism mechanism,
               Account account,
               std::string workstation,
               std::string server,
               DrawKey draws);

    /// The first response: with the command where the client does that, else to the first
    /// challenge.
    std::string Initial();

    /// The response to a challenge; nothing if the mechanism has no more to say. \param challenge
    /// decoded, or nothing if it was not Base64 (as the first one of NTLM).
    std::optional<std::string> Respond(const std::optional<std::string>& challenge);

  private:
    std::string Plain() const;
    std::string Kerberos() const;

    const AuthMechanism m_mechanism;
    const Account m_account;
    const std::string m_workstation;
    const std::string m_server;
    DrawKey m_draws;
    int m_step = 0; //!< Responses given.
};

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_SASL_H

#include "models/smtp/sasl.h"

#include "formats/text.h"
#include "models/smtp/ntlm.h"
#include "models/smtp/spnego.h"

namespace bouncelab::smtp
{

namespace
{

constexpr std::size_t NETBIOS_NAME = 15;

std::string
Upper(std::string_view text)
{
    std::string upper;
    for (const char c : text)
    {
        upper += ToUpper(c);
    }
    return upper;
}

/// Label `index` of a name in dots as a NetBIOS name; the last one if there are fewer.
std::string
NetBiosLabel(std::string_view name, int index)
{
    for (; index > 0 && name.find('.') != std::string_view::npos; --index)
    {
        name.remove_prefix(name.find('.') + 1);
    }
    return Upper(name.substr(0, name.find('.')).substr(0, NETBIOS_NAME));
}

} // namespace

SaslServer::SaslServer(AuthMechanism mechanism, std::string hostname, DrawKey draws, bool opaque)
    : m_hostname(std::move(hostname))
    , m_draws(draws)
    , m_opaque(opaque)
{
    m_credentials.mechanism = mechanism;
}

SaslServer::SaslStep
SaslServer::Take(std::string_view response)
{
    if (m_opaque)
    {
        m_credentials.secret = response;
        return SaslStep::Done;
    }
    switch (m_credentials.mechanism)
    {
    case AuthMechanism::Login:
        if (!m_second)
        {
            m_second = true;
            m_credentials.identity = response;
            return SaslStep::Password;
        }
        m_credentials.secret = response;
        return SaslStep::Done;
    case AuthMechanism::Plain:
        return TakePlain(response);
    case AuthMechanism::Ntlm:
        return TakeNtlm(response);
    case AuthMechanism::Gssapi:
        break;
    }
    auto claim = spnego::ParseInitialToken(response);
    if (!claim)
    {
        return SaslStep::Malformed;
    }
    m_credentials.identity = std::move(claim->identity);
    m_credentials.challenge = std::move(claim->nonce);
    m_credentials.secret = std::move(claim->proof);
    return SaslStep::Done;
}

SaslServer::SaslStep
SaslServer::TakePlain(std::string_view response)
{
    const std::size_t first = response.find('\0');
    const std::size_t second =
        first == std::string_view::npos ? first : response.find('\0', first + 1);
    if (second == std::string_view::npos || second == first + 1)
    {
        return SaslStep::Malformed;
    }
    m_credentials.authorization = response.substr(0, first);
    m_credentials.identity = response.substr(first + 1, second - first - 1);
    m_credentials.secret = response.substr(second + 1);
    return SaslStep::Done;
}

SaslServer::SaslStep
SaslServer::TakeNtlm(std::string_view response)
{
    if (!m_second)
    {
        if (!ntlm::IsNegotiate(response))
        {
            return SaslStep::Malformed;
        }
        m_second = true;
        m_credentials.challenge = Octets(m_draws("challenge"), ntlm::CHALLENGE_SIZE);
        m_challenge = ntlm::ToMessage(ntlm::Challenge{m_credentials.challenge,
                                                      NetBiosLabel(m_hostname, 1),
                                                      NetBiosLabel(m_hostname, 0),
                                                      m_hostname});
        return SaslStep::Challenge;
    }
    auto last = ntlm::ParseAuthenticate(response);
    if (!last || last->response.size() != ntlm::RESPONSE_SIZE)
    {
        return SaslStep::Malformed;
    }
    m_credentials.identity = last->domain.empty() ? last->user : last->domain + '\\' + last->user;
    m_credentials.secret = std::move(last->response);
    return SaslStep::Done;
}

SaslClient::SaslClient(AuthMechanism mechanism,
                       Account account,
                       std::string workstation,
                       std::string server,
                       DrawKey draws)
    : m_mechanism(mechanism)
    , m_account(std::move(account))
    , m_workstation(std::move(workstation))
    , m_server(std::move(server))
    , m_draws(draws)
{
}

std::string
SaslClient::Plain() const
{
    return '\0' + m_account.user + '\0' + m_account.password;
}

std::string
SaslClient::Kerberos() const
{
    const std::size_t at = m_account.user.find('@');
    const std::size_t dot = m_server.find('.');
    const std::string_view realm =
        at != std::string::npos    ? std::string_view(m_account.user).substr(at + 1)
        : dot != std::string::npos ? std::string_view(m_server).substr(dot + 1)
                                   : std::string_view(m_server);
    spnego::NegotiateToken claim{m_account.user, Octets(m_draws("nonce"), spnego::NONCE_SIZE), {}};
    claim.proof = ProofOf(m_account.password, claim.nonce, spnego::PROOF_SIZE);
    return spnego::InitialToken(claim, Upper(realm), m_server, m_draws("ticket"));
}

std::string
SaslClient::Initial()
{
    ++m_step;
    switch (m_mechanism)
    {
    case AuthMechanism::Login:
        return m_account.user;
    case AuthMechanism::Plain:
        return Plain();
    case AuthMechanism::Ntlm:
        return ntlm::Negotiate();
    case AuthMechanism::Gssapi:
        break;
    }
    return Kerberos();
}

std::optional<std::string>
SaslClient::Respond(const std::optional<std::string>& challenge)
{
    if (m_step == 0)
    {
        return Initial();
    }
    if (m_step++ > 1)
    {
        return std::nullopt;
    }
    if (m_mechanism == AuthMechanism::Login)
    {
        return m_account.password;
    }
    const auto nonce =
        m_mechanism == AuthMechanism::Ntlm && challenge ? ntlm::NonceOf(*challenge) : std::nullopt;
    if (!nonce)
    {
        return std::nullopt;
    }
    const std::size_t slash = m_account.user.find('\\');
    const bool hasDomain = slash != std::string::npos;
    return ntlm::ToMessage(
        ntlm::Authenticate{hasDomain ? m_account.user.substr(0, slash) : std::string(),
                           hasDomain ? m_account.user.substr(slash + 1) : m_account.user,
                           m_workstation,
                           ProofOf(m_account.password, *nonce, ntlm::RESPONSE_SIZE)});
}

} // namespace bouncelab::smtp

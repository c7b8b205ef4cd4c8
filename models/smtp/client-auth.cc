#include "formats/text.h"
#include "models/smtp/base64.h"
#include "models/smtp/client-session.h"
#include "models/smtp/extensions.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace bouncelab::smtp
{

namespace
{

constexpr std::string_view CANCEL = "*";
constexpr std::uint32_t UNKNOWN_MECHANISM = 504;

/// Is the word in a list with spaces between?
bool
Holds(std::string_view list, std::string_view word)
{
    while (!list.empty())
    {
        const std::size_t stop = std::min(list.find(' '), list.size());
        if (EqualIgnoringCase(list.substr(0, stop), word))
        {
            return true;
        }
        list = Trim(list.substr(stop));
    }
    return false;
}

} // namespace

const AuthPolicy&
ClientSession::Auth() const
{
    return m_transaction.withinOrganization ? m_persona.organization.auth : m_persona.auth;
}

/// The next of the persona's mechanisms that the server offers. \return false if there is none.
bool
ClientSession::ChooseMechanism()
{
    const AuthPolicy& policy = Auth();
    std::string_view offered;
    Offers(m_keywords, policy.verb, &offered);
    while (m_mechanismsTried < policy.mechanisms.size())
    {
        const AuthMechanism mechanism = policy.mechanisms[m_mechanismsTried++];
        if (Holds(offered, NameOf(mechanism)))
        {
            const Account account =
                m_transaction.account.value_or(Account{policy.user, policy.password});
            m_auth.emplace(Authentication{mechanism,
                                          SaslClient(mechanism,
                                                     account,
                                                     m_helloName,
                                                     m_transaction.server,
                                                     m_draws.For("auth", m_mechanismsTried)),
                                          account.user,
                                          {}});
            return true;
        }
    }
    return false;
}

void
ClientSession::SendAuth()
{
    if (!m_auth->response)
    {
        std::string line = fmt::format("{} {}", Auth().verb, NameOf(m_auth->mechanism));
        if (Auth().initialResponse)
        {
            const std::string initial = EncodeBase64(m_auth->exchange.Initial());
            line += ' ';
            line += initial.empty() ? "=" : initial;
        }
        Write(FindVerb(Auth().verb), std::move(line));
        return;
    }
    m_observer.OnCommand({m_now, Verb::Auth, *m_auth->response, true});
    Put(*m_auth->response + "\r\n");
    ++m_sent;
}

/// A 334. One that the mechanism has no answer to cancels the exchange.
void
ClientSession::OnChallenge(const Reply& reply)
{
    if (m_auth->response == CANCEL)
    {
        ClientVerdict verdict = Judge(Stage::Hello, reply);
        verdict.outcome = Auth().reply.onPermanent;
        OnAuthReply(std::move(verdict), reply);
        return;
    }
    const bool hasToken =
        m_transaction.withinOrganization && m_auth->mechanism == AuthMechanism::Gssapi;
    if (hasToken && !m_auth->response)
    {
        m_tokenWanted = true;
        m_observer.OnTokenWanted(m_now);
        return;
    }
    const std::string_view text =
        std::string_view(reply.text).substr(std::min<std::size_t>(4, reply.text.size()));
    const auto challenge = DecodeBase64(text.substr(0, text.find('\n')));
    if (hasToken && !m_auth->response->empty() && challenge)
    {
        m_observer.OnTokenAnswered(m_now, *challenge);
        m_auth->response.emplace();
        NextOpening(HelloStep::Authentication);
        return;
    }
    const auto response = m_auth->exchange.Respond(challenge);
    m_auth->response = response ? EncodeBase64(*response) : std::string(CANCEL);
    NextOpening(HelloStep::Authentication);
}

void
ClientSession::ProvideToken(std::string_view token, Nanoseconds now)
{
    Tick(now);
    if (m_ended || !std::exchange(m_tokenWanted, false))
    {
        return;
    }
    m_auth->response = EncodeBase64(token);
    NextOpening(HelloStep::Authentication);
    Process();
}

void
ClientSession::OnAuthReply(ClientVerdict verdict, const Reply& reply)
{
    const bool accepted = verdict.outcome == TransactionOutcome::Accepted;
    const std::string_view text = reply.text;
    m_observer.OnAuthentication({m_now,
                                 NameOf(m_auth->mechanism),
                                 m_auth->user,
                                 accepted,
                                 text.substr(0, text.find('\n'))});
    if (!accepted && reply.code == UNKNOWN_MECHANISM && ChooseMechanism())
    {
        NextOpening(HelloStep::Authentication);
        return;
    }
    m_authDone = true;
    m_auth.reset();
    if (accepted || GoesOn(Auth().whenRefused, std::move(verdict)))
    {
        GoOnOpening();
    }
}

} // namespace bouncelab::smtp

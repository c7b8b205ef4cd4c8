#include "formats/text.h"
#include "models/smtp/base64.h"
#include "models/smtp/extensions.h"
#include "models/smtp/server-session.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace bouncelab::smtp
{

bool
ServerSession::OffersMechanism(std::string_view keyword, std::string_view mechanism) const
{
    std::string_view list;
    if (!Offers(Keywords(), keyword, &list))
    {
        return false;
    }
    while (!list.empty())
    {
        const std::size_t stop = std::min(list.find(' '), list.size());
        if (EqualIgnoringCase(list.substr(0, stop), mechanism))
        {
            return true;
        }
        list = Trim(list.substr(stop));
    }
    return false;
}

void
ServerSession::OnAuth(const Command& command)
{
    const ServerReplies& replies = m_persona.replies;
    const std::size_t space = std::min(command.argument.find(' '), command.argument.size());
    const std::string_view name = command.argument.substr(0, space);
    const std::string_view initial = Trim(command.argument.substr(space));
    if (name.empty() || initial.find(' ') != std::string_view::npos)
    {
        Refuse(replies.syntax, Violation::BadSyntax, m_line);
        return;
    }
    if (!m_facts.user.empty())
    {
        Refuse(replies.authTwice, Violation::BadSequence, m_line);
        return;
    }
    const ThinkTime& think = m_persona.think.auth;
    if (m_persona.requireTls && !m_facts.tls)
    {
        Answer(Step::Auth, replies.tlsRequired, think);
        return;
    }
    const auto mechanism = FindMechanism(name);
    if (!mechanism || !OffersMechanism(command.word, name))
    {
        Refuse(replies.unknownMechanism, Violation::BadSyntax, m_line);
        return;
    }
    const std::vector<AuthMechanism>& tlsOnly = m_persona.tlsOnlyMechanisms;
    if (!m_facts.tls && std::find(tlsOnly.begin(), tlsOnly.end(), *mechanism) != tlsOnly.end())
    {
        Answer(Step::Auth, replies.encryptionRequired, think);
        return;
    }
    const Decision decision = m_policy.OnAuthStart(m_facts, *mechanism);
    if (!decision.reply.empty())
    {
        Answer(Step::Auth, replies.authRefused, think, &decision);
        return;
    }
    BeginAuth(*mechanism, initial);
}

void
ServerSession::BeginAuth(AuthMechanism mechanism, std::string_view initial)
{
    const ServerReplies& replies = m_persona.replies;
    m_auth.emplace(mechanism,
                   m_facts.connection.hostname,
                   m_draws.For("authentication", m_replies),
                   m_policy.JudgesTokens(m_facts, mechanism));
    m_lines.SetMaxLength(m_persona.limits.authLine);
    if (!initial.empty())
    {
        // "=" is the initial response of no octets (RFC 4954 4).
        TakeAuthResponse(initial == "=" ? std::string_view() : initial);
        return;
    }
    const std::string& prompt = mechanism == AuthMechanism::Login   ? replies.authLogin
                                : mechanism == AuthMechanism::Plain ? replies.authPlain
                                : mechanism == AuthMechanism::Ntlm  ? replies.authNtlm
                                                                    : replies.authGssapi;
    if (Answer(Step::Auth, prompt, m_persona.think.auth) != ReplyClass::Intermediate)
    {
        m_auth.reset();
        OfferKeywords();
    }
}

void
ServerSession::OnAuthLine(const Line& line)
{
    m_line = {};
    m_observer.OnCommand({m_facts.now, Verb::Auth, line.text, true});
    if (Unread() > 0)
    {
        Violate(Violation::PrematureInput, {});
    }
    if (line.end != LineEnd::CrLf)
    {
        Violate(line.end == LineEnd::Lf ? Violation::BareLf : Violation::BareCr, {});
    }
    if (line.tooLong)
    {
        RefuseAuth(m_persona.replies.commandTooLong);
    }
    else if (m_authRefusal)
    {
        FinishAuth(*std::exchange(m_authRefusal, std::nullopt));
    }
    else if (line.text == "*")
    {
        RefuseAuth(m_persona.replies.authCanceled);
    }
    else
    {
        TakeAuthResponse(line.text);
    }
}

void
ServerSession::TakeAuthResponse(std::string_view text)
{
    const auto response = DecodeBase64(text);
    const SaslServer::SaslStep next =
        response ? m_auth->Take(*response) : SaslServer::SaslStep::Malformed;
    const ThinkTime& think = m_persona.think.auth;
    switch (next)
    {
    case SaslServer::SaslStep::Password:
        if (Answer(Step::Auth, m_persona.replies.authPassword, think) != ReplyClass::Intermediate)
        {
            m_auth.reset();
            OfferKeywords();
        }
        break;
    case SaslServer::SaslStep::Challenge:
        Answer(Step::Auth, "334 " + EncodeBase64(m_auth->Challenge()), think);
        break;
    case SaslServer::SaslStep::Done:
    {
        Decision decision = m_policy.OnAuthenticate(m_facts, m_auth->Get());
        if (decision.token.empty())
        {
            FinishAuth(decision);
            break;
        }
        Answer(Step::Auth, "334 " + EncodeBase64(decision.token), think);
        m_authRefusal = std::move(decision);
        break;
    }
    case SaslServer::SaslStep::Malformed:
        RefuseAuth(m_persona.replies.authSyntax);
        break;
    }
}

/// Ends an exchange that came to no credentials.
void
ServerSession::RefuseAuth(std::string_view text)
{
    m_authRefusal.reset();
    const AuthMechanism mechanism = m_auth->Get().mechanism;
    const std::string identity = m_auth->Get().identity;
    m_auth.reset();
    m_lines.SetMaxLength(m_persona.limits.commandLine + ExtraLineLength(Keywords()));
    Refuse(text, Violation::BadSyntax, NameOf(mechanism));
    m_observer.OnAuthentication({m_facts.now,
                                 NameOf(mechanism),
                                 identity,
                                 false,
                                 fmt::format("{} {}", m_pending->code, m_pending->text)});
}

void
ServerSession::FinishAuth(const Decision& decision)
{
    const Credentials credentials = m_auth->Get();
    m_auth.reset();
    m_lines.SetMaxLength(m_persona.limits.commandLine + ExtraLineLength(Keywords()));
    const std::string_view mechanism = NameOf(credentials.mechanism);
    const ServerReplies& replies = m_persona.replies;
    const std::string& text = decision.reply.empty() ? replies.authenticated : decision.reply;
    const bool accepted =
        ClassOf(SplitReply(text).value_or(ReplyParts{}).code) == ReplyClass::Positive;
    const std::uint32_t limit = m_persona.limits.logonFailures;
    m_facts.logonFailures += accepted ? 0 : 1;
    if (!accepted && limit > 0 && m_facts.logonFailures > limit)
    {
        Answer(Step::Auth, replies.tooManyLogonFailures, m_persona.think.auth);
        m_pending->end = EndReason::TooManyErrors;
    }
    else
    {
        Answer(Step::Auth, replies.authenticated, m_persona.think.auth, &decision);
    }
    std::string identity = decision.user.empty() ? credentials.identity : decision.user;
    if (accepted)
    {
        m_facts.user = identity;
        m_facts.mechanism = mechanism;
    }
    m_observer.OnAuthentication({m_facts.now,
                                 mechanism,
                                 identity,
                                 accepted,
                                 fmt::format("{} {}", m_pending->code, m_pending->text)});
}

} // namespace bouncelab::smtp

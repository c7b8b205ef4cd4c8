#include "formats/text.h"
#include "models/smtp/client-session.h"
#include "models/smtp/extensions.h"

#include <algorithm>

namespace bouncelab::smtp
{

void
ClientSession::SendOpening()
{
    switch (m_opening)
    {
    case HelloStep::Hello:
        SendHello();
        break;
    case HelloStep::StartTls:
        Write(FindVerb(m_verbOfTls), m_verbOfTls);
        break;
    case HelloStep::Handshake:
        BeginTls();
        break;
    case HelloStep::Authentication:
        SendAuth();
        break;
    }
}

void
ClientSession::OnOpeningReply(ClientVerdict verdict, const Reply& reply)
{
    switch (m_opening)
    {
    case HelloStep::Hello:
        OnHelloReply(std::move(verdict), reply);
        break;
    case HelloStep::StartTls:
        OnStartTlsReply(std::move(verdict));
        break;
    case HelloStep::Handshake:
        break;
    case HelloStep::Authentication:
        OnAuthReply(std::move(verdict), reply);
        break;
    }
}

void
ClientSession::OnHelloReply(ClientVerdict verdict, const Reply& reply)
{
    if (verdict.outcome == TransactionOutcome::Accepted)
    {
        m_keywords.clear();
        for (std::string_view rest = reply.text; m_extended && !rest.empty();)
        {
            const std::size_t stop = std::min(rest.find('\n'), rest.size());
            const std::string_view line = rest.substr(0, stop);
            m_keywords.emplace_back(Trim(line.substr(std::min<std::size_t>(4, stop))));
            rest.remove_prefix(std::min(stop + 1, rest.size()));
        }
        if (!m_keywords.empty())
        {
            m_keywords.erase(m_keywords.begin());
        }
        GoOnOpening();
    }
    else if (m_extended && m_persona.hello == HelloPolicy::EhloThenHelo && reply.code >= 500)
    {
        m_extended = false;
        m_read = m_sent = 1;
        Advance();
    }
    else
    {
        Conclude(std::move(verdict));
    }
}

bool
ClientSession::TlsIsWanted() const
{
    return m_persona.tls.wanted || m_transaction.withinOrganization;
}

/// What comes before MAIL is done one after the other: TLS, then AUTH.
void
ClientSession::GoOnOpening()
{
    ClientVerdict missing;
    missing.stage = Stage::Hello;
    const bool within = m_transaction.withinOrganization;
    if (TlsIsWanted() && !m_tlsDone)
    {
        const auto& verbs = within ? m_persona.organization.tlsVerbs : m_persona.tls.verbs;
        const auto verb = std::find_if(verbs.begin(),
                                       verbs.end(),
                                       [this](const auto& v) { return Offers(m_keywords, v); });
        if (verb != verbs.end())
        {
            m_verbOfTls = *verb;
            NextOpening(HelloStep::StartTls);
            return;
        }
        m_tlsDone = true;
        missing.opening = HelloStep::StartTls;
        missing.cause = OutcomeReason::TlsNotOffered;
        if (!GoesOn(within ? m_persona.organization.withoutTls : m_persona.tls.whenNotOffered,
                    missing))
        {
            return;
        }
    }
    if (Auth().wanted && !m_authDone)
    {
        if (ChooseMechanism())
        {
            NextOpening(HelloStep::Authentication);
            return;
        }
        m_authDone = true;
        missing.opening = HelloStep::Authentication;
        missing.cause = OutcomeReason::AuthNotOffered;
        if (!GoesOn(Auth().whenNotOffered, missing))
        {
            return;
        }
    }
    m_opening = HelloStep::Hello;
    m_pipelined = m_persona.pipelining && Offers(m_keywords, "PIPELINING");
    m_chunked = m_persona.chunking && Offers(m_keywords, "CHUNKING");
    if (m_chunked)
    {
        m_chunks = m_persona.lineEnds == ContentLineEnds::AsIs
                       ? m_transaction.content
                       : std::make_shared<const std::string>(
                             WithConvertedLineEnds(*m_transaction.content));
    }
    Advance();
}

void
ClientSession::NextOpening(HelloStep opening)
{
    m_opening = opening;
    m_read = m_sent = 1;
    Advance();
}

/// Concludes unless the policy is to go on. A refusal keeps the outcome that its reply has.
bool
ClientSession::GoesOn(FallbackPolicy policy, ClientVerdict verdict)
{
    if (policy == FallbackPolicy::GoOn)
    {
        return true;
    }
    if (policy == FallbackPolicy::Defer)
    {
        verdict.outcome = TransactionOutcome::Deferred;
    }
    else if (verdict.cause != OutcomeReason::Reply)
    {
        verdict.outcome = TransactionOutcome::Failed;
    }
    Conclude(std::move(verdict));
    return false;
}

void
ClientSession::OnStartTlsReply(ClientVerdict verdict)
{
    if (verdict.outcome == TransactionOutcome::Accepted)
    {
        NextOpening(HelloStep::Handshake);
        return;
    }
    m_tlsDone = true;
    if (GoesOn(m_transaction.withinOrganization ? m_persona.organization.withoutTls
                                                : m_persona.tls.whenRefused,
               std::move(verdict)))
    {
        GoOnOpening();
    }
}

/// What was heard in the open behind the reply is not read (RFC 3207 4.2).
void
ClientSession::BeginTls()
{
    if (Unread() > 0)
    {
        Violate(Violation::PlaintextAtTls, m_input.Rest());
        m_input.Take(m_input.Size());
    }
    m_tls = MakeTls(TlsEngine::Role::Client,
                    m_persona.tls.persona,
                    m_transaction.server,
                    m_draws.For("tls"));
    m_output += m_tls->TakeOutput();
    ++m_sent;
}

bool
ClientSession::Handshaking() const
{
    return m_tls && !m_tls->Established();
}

void
ClientSession::ReceiveTls(std::string_view bytes)
{
    std::string plain;
    m_tls->Receive(bytes, plain);
    m_output += m_tls->TakeOutput();
    if (!m_tlsTold && (m_tls->Established() || m_tls->Failed()))
    {
        m_tlsTold = true;
        m_observer.OnTls({m_now, m_tls->Established(), m_tls->Facts(), m_tls->Failure()});
    }
    if (m_opening == HelloStep::Handshake && m_tls->Established())
    {
        m_tlsDone = true;
        m_extended = m_persona.hello != HelloPolicy::HeloOnly;
        m_keywords.clear();
        NextOpening(HelloStep::Hello);
    }
    m_input.Add(plain);
    Process();
    m_input.Settle();
    if (m_tls->Failed() && !m_ended)
    {
        Violate(Violation::TlsBroken, m_tls->Failure());
        Break(OutcomeReason::TlsFailed);
    }
}

void
ClientSession::Put(std::string_view plain)
{
    if (!m_tls)
    {
        m_output += plain;
        return;
    }
    m_tls->Send(plain);
    m_output += m_tls->TakeOutput();
}

/// Under TLS the body goes out in records, so that a little more than `limit` may wait.
void
ClientSession::ReadBody(std::size_t limit)
{
    constexpr std::size_t RECORD = 4096;
    while (m_body && m_output.size() < limit)
    {
        std::string plain;
        m_body->Read(plain, RECORD);
        Put(plain);
        if (m_body->Done())
        {
            EndBody();
        }
    }
}

} // namespace bouncelab::smtp

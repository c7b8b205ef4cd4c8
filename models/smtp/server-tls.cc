#include "formats/text.h"
#include "models/smtp/extensions.h"
#include "models/smtp/server-session.h"

namespace bouncelab::smtp
{

namespace
{

bool
StartsTls(std::string_view keyword)
{
    return EqualIgnoringCase(keyword, "STARTTLS") || EqualIgnoringCase(keyword, "X-ANONYMOUSTLS");
}

} // namespace

void
ServerSession::OnStartTls(const Command& command)
{
    if (!command.argument.empty())
    {
        Refuse(m_persona.replies.syntax, Violation::BadSyntax, m_line);
        return;
    }
    if (m_tls)
    {
        Refuse(m_persona.replies.tlsActive, Violation::BadSequence, m_line);
        return;
    }
    const Decision decision = m_policy.OnStartTls(m_facts);
    Answer(Step::StartTls, m_persona.replies.startTls, m_persona.think.other, &decision);
}

/// RFC 3207 4.2: what the client said before counts no more, and nothing that it sent in the open
/// may be taken for something under TLS.
void
ServerSession::BeginTls()
{
    if (Unread() > 0)
    {
        Violate(Violation::PlaintextAtTls, m_input.Rest());
        if (!m_persona.keepInputAtTls)
        {
            m_input.Take(m_input.Size());
        }
    }
    std::string name;
    Expand(name, m_persona.tls.commonName);
    m_tls = MakeTls(TlsEngine::Role::Server, m_persona.tls, std::move(name), m_draws.For("tls"));
    ForgetTransaction();
    m_facts.tls = true;
    m_facts.helo.clear();
    m_facts.extended = false;
    m_facts.user.clear();
    m_facts.mechanism.clear();
    m_facts.phase = m_persona.requireHello ? Phase::Greeted : Phase::Idle;

    m_keywordsInTls = m_persona.keywordsInTls;
    if (m_keywordsInTls.empty())
    {
        for (const std::string& keyword : m_persona.keywords)
        {
            if (!StartsTls(keyword))
            {
                m_keywordsInTls.push_back(keyword);
            }
        }
    }
    OfferKeywords();
}

void
ServerSession::ReceiveTls(std::string_view bytes)
{
    std::string plain;
    m_tls->Receive(bytes, plain);
    m_output += m_tls->TakeOutput();
    if (!m_tlsTold && (m_tls->Established() || m_tls->Failed()))
    {
        m_tlsTold = true;
        m_observer.OnTls({m_facts.now, m_tls->Established(), m_tls->Facts(), m_tls->Failure()});
    }
    m_input.Add(plain);
    Process();
    m_input.Settle();
    if (m_tls->Failed() && !m_ended)
    {
        Violate(Violation::TlsBroken, m_tls->Failure());
        End(EndReason::TlsFailed);
    }
}

void
ServerSession::Write(std::string_view plain)
{
    if (!m_tls)
    {
        m_output += plain;
        return;
    }
    m_tls->Send(plain);
    m_output += m_tls->TakeOutput();
}

} // namespace bouncelab::smtp

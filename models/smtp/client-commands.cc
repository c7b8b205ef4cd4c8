#include "models/smtp/client-session.h"
#include "models/smtp/extensions.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::smtp
{

namespace
{

bool
HasEightBit(const std::string& content)
{
    return std::any_of(content.begin(),
                       content.end(),
                       [](char c) { return static_cast<unsigned char>(c) > 127; });
}

} // namespace

void
ClientSession::Advance()
{
    if (!m_concluded && m_sent == DataPosition() && !AnyAccepted())
    {
        ConcludeTransaction({});
        return;
    }
    const Nanoseconds due = m_now + Draw(m_persona.think, m_random);
    if (due > m_now)
    {
        m_due = due;
    }
    else
    {
        SendNext();
    }
}

void
ClientSession::SendNext()
{
    if (m_concluded)
    {
        Leave();
        return;
    }
    m_waitingSince = m_now;
    const Stage stage = StageAt(m_sent);
    if (stage != Stage::Message)
    {
        NoteEarlyReply();
    }
    switch (stage)
    {
    case Stage::Hello:
        SendHello();
        break;
    case Stage::Mail:
        SendMail();
        for (std::size_t i = 0; m_pipelined && i < RecipientCount(); ++i)
        {
            SendRecipient(i);
        }
        if (m_pipelined)
        {
            SendData();
        }
        break;
    case Stage::Recipient:
        SendRecipient(m_sent - 3);
        break;
    case Stage::Data:
        SendData();
        break;
    default:
        StartBody();
        break;
    }
}

void
ClientSession::Write(Verb verb, std::string line)
{
    m_observer.OnCommand({m_now, verb, line});
    m_output += line;
    m_output += "\r\n";
    ++m_sent;
}

void
ClientSession::SendHello()
{
    const Verb verb = m_extended ? Verb::Ehlo : Verb::Helo;
    Write(verb, fmt::format("{} {}", NameOfVerb(verb), m_helloName));
}

void
ClientSession::SendMail()
{
    std::string line = fmt::format("MAIL FROM:<{}>", m_transaction.sender);
    if (m_persona.announceSize && Offers(m_keywords, "SIZE"))
    {
        line += fmt::format(" SIZE={}", m_transaction.content->size());
    }
    if (m_persona.announceBody && Offers(m_keywords, "8BITMIME") &&
        HasEightBit(*m_transaction.content))
    {
        line += " BODY=8BITMIME";
    }
    Write(Verb::Mail, std::move(line));
}

void
ClientSession::SendRecipient(std::size_t index)
{
    Write(Verb::Rcpt, fmt::format("RCPT TO:<{}>", m_transaction.recipients[index]));
}

void
ClientSession::SendData()
{
    Write(Verb::Data, "DATA");
}

void
ClientSession::StartBody()
{
    static const auto EMPTY = std::make_shared<const std::string>();
    m_body.emplace(m_emptyBody ? EMPTY : m_transaction.content, m_persona.lineEnds);
    ++m_sent;
}

void
ClientSession::Leave()
{
    if (m_persona.quit != QuitHabit::None)
    {
        m_read = m_sent = DataPosition() + 2;
        NoteEarlyReply();
        Write(Verb::Quit, "QUIT");
        m_waitingSince = m_now;
    }
    TellResult();
    if (m_persona.quit != QuitHabit::Wait)
    {
        End(EndReason::Quit);
    }
}

void
ClientSession::NoteEarlyReply()
{
    if (Unread() > 0)
    {
        Violate(Violation::EarlyReply, m_input.Rest());
    }
}

} // namespace bouncelab::smtp

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

/// Does it hold what only BINARYMIME carries: NUL, or a CR or LF that is no line end?
bool
IsBinary(const std::string& content)
{
    for (std::size_t i = 0; i < content.size(); ++i)
    {
        const bool lineEnd = content[i] == '\r' && i + 1 < content.size() && content[i + 1] == '\n';
        if (content[i] == '\0' || content[i] == '\n' || (content[i] == '\r' && !lineEnd))
        {
            return true;
        }
        i += lineEnd ? 1 : 0;
    }
    return false;
}

} // namespace

void
ClientSession::Advance()
{
    if (!m_concluded && m_sent == DataPosition() && (!AnyAccepted() || !m_mailAccepted))
    {
        ConcludeTransaction({});
        return;
    }
    ++m_pauses;
    const Nanoseconds due = m_now + Drawn(m_persona.think, m_draws("think", m_pauses));
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
        SendOpening();
        break;
    case Stage::Mail:
        SendMail();
        for (std::size_t i = 0; m_pipelined && i < RecipientCount(); ++i)
        {
            SendRecipient(i);
        }
        if (m_pipelined && !m_chunked)
        {
            SendData();
        }
        break;
    case Stage::Recipient:
        SendRecipient(m_sent - 3);
        break;
    case Stage::Data:
        if (m_chunked)
        {
            m_read = ++m_sent;
            SendChunk();
            break;
        }
        SendData();
        break;
    case Stage::Message:
        if (m_chunked)
        {
            SendChunk();
            break;
        }
        StartBody();
        break;
    default:
        StartBody();
        break;
    }
}

void
ClientSession::Write(Verb verb, std::string line)
{
    m_observer.OnCommand({m_now, verb, line, false});
    line += "\r\n";
    Put(line);
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
    line += BodyParameter();
    if (Offers(m_keywords, "DSN"))
    {
        const DsnRequest& dsn = m_transaction.dsn;
        line += dsn.returned.empty() ? "" : " RET=" + dsn.returned;
        line += dsn.envelopeId.empty() ? "" : " ENVID=" + dsn.envelopeId;
    }
    Write(Verb::Mail, std::move(line));
}

void
ClientSession::SendRecipient(std::size_t index)
{
    std::string line = fmt::format("RCPT TO:<{}>", m_transaction.recipients[index]);
    if (index < m_transaction.dsn.recipients.size() && Offers(m_keywords, "DSN"))
    {
        const DsnRequest::Recipient& dsn = m_transaction.dsn.recipients[index];
        line += dsn.notify.empty() ? "" : " NOTIFY=" + dsn.notify;
        line += dsn.original.empty() ? "" : " ORCPT=" + dsn.original;
    }
    Write(Verb::Rcpt, std::move(line));
}

void
ClientSession::SendData()
{
    Write(Verb::Data, "DATA");
}

/// What the content needs of the way, where the server offers it.
std::string
ClientSession::BodyParameter() const
{
    if (!m_persona.announceBody)
    {
        return {};
    }
    if (m_chunked && Offers(m_keywords, "BINARYMIME") && IsBinary(*m_chunks))
    {
        return " BODY=BINARYMIME";
    }
    return Offers(m_keywords, "8BITMIME") && HasEightBit(*m_transaction.content) ? " BODY=8BITMIME"
                                                                                 : "";
}

/// Each chunk waits for the reply to the one before it.
void
ClientSession::SendChunk()
{
    const std::string& content = *m_chunks;
    const std::size_t size = std::min<std::size_t>(m_persona.chunkSize, content.size() - m_chunkAt);
    m_lastChunk = m_chunkAt + size == content.size();
    Write(Verb::Bdat, fmt::format("BDAT {}{}", size, m_lastChunk ? " LAST" : ""));
    Put(std::string_view(content).substr(m_chunkAt, size));
    m_chunkAt += size;
    m_bodyOut = m_lastChunk;
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
    const bool isPolite =
        m_persona.quit == QuitPolicy::Wait || m_persona.quit == QuitPolicy::NoWait;
    if (isPolite)
    {
        m_read = m_sent = DataPosition() + 2;
        NoteEarlyReply();
        Write(Verb::Quit, "QUIT");
        m_waitingSince = m_now;
    }
    TellResult();
    if (m_persona.quit != QuitPolicy::Wait)
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

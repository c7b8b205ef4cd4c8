#include "formats/endpoint.h"
#include "formats/text.h"
#include "models/smtp/date.h"
#include "models/smtp/server-session.h"
#include "models/smtp/text-template.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace bouncelab::smtp
{

namespace
{

/// The same for a whole reply, whose own line ends stay.
void
AppendLiteral(std::string& out, std::string_view text)
{
    while (!text.empty())
    {
        const std::size_t stop = std::min(text.find('\n'), text.size());
        out += WithoutControls(text.substr(0, stop));
        out += stop < text.size() ? "\n" : "";
        text.remove_prefix(std::min(stop + 1, text.size()));
    }
}

/// The value of the first Message-ID in the header; empty if there is none.
std::string_view
MessageIdOf(const std::shared_ptr<const std::string>& content)
{
    constexpr std::string_view FIELD = "Message-ID:";
    std::string_view rest = content ? std::string_view(*content) : std::string_view();
    while (!rest.empty())
    {
        const std::size_t stop = std::min(rest.find("\r\n"), rest.size());
        const std::string_view line = rest.substr(0, stop);
        if (line.empty())
        {
            break;
        }
        if (StartsWithIgnoringCase(line, FIELD))
        {
            return Trim(line.substr(FIELD.size()));
        }
        rest.remove_prefix(std::min(stop + 2, rest.size()));
    }
    return {};
}

} // namespace

ReplyClass
ServerSession::Answer(Step step,
                      std::string_view text,
                      const ThinkTime& think,
                      const Decision* decision,
                      const std::vector<std::string>* furtherLines,
                      bool mayDelay)
{
    if (decision && !decision->reply.empty())
    {
        text = decision->reply;
        furtherLines = nullptr;
    }
    PendingReply pending;
    const auto parts = SplitReply(text);
    if (!parts)
    {
        fmt::print(stderr, "smtp: reply text without a code: {}\n", text);
        std::abort();
    }
    pending.step = step;
    pending.code = parts->code;
    if (decision && decision->literal)
    {
        AppendLiteral(pending.text, parts->text);
    }
    else
    {
        Expand(pending.text, parts->text);
    }
    if (furtherLines && ClassOf(parts->code) == ReplyClass::Positive)
    {
        for (const std::string& line : *furtherLines)
        {
            pending.text += '\n';
            Expand(pending.text, line);
        }
    }
    const ReplyClass answer = ClassOf(pending.code);
    m_facts.refusals += answer == ReplyClass::Transient || answer == ReplyClass::Permanent;
    pending.next = PhaseAfter(m_facts.phase, step, answer);
    ++m_replies;
    pending.due = m_facts.now + Drawn(think, m_draws("think", m_replies));
    if (decision)
    {
        pending.due += decision->delay;
        if (decision->close)
        {
            pending.end = decision->reason;
        }
    }
    if (mayDelay)
    {
        pending.due += m_policy.DelayReply(m_facts, {step, pending.code, pending.text});
    }
    pending.startTls = step == Step::StartTls && answer == ReplyClass::Positive;
    if (pending.next == Phase::Closed && !pending.end)
    {
        pending.end = EndReason::Quit;
    }
    m_pending = std::move(pending);
    return answer;
}

void
ServerSession::Refuse(std::string_view text, Violation violation, std::string_view detail)
{
    Violate(violation, detail);
    ++m_facts.errors;
    const bool last = m_persona.limits.errors > 0 && m_facts.errors > m_persona.limits.errors;
    Answer(Step::Neutral, last ? m_persona.replies.tooManyErrors : text, m_persona.think.other);
    if (last)
    {
        m_pending->end = EndReason::TooManyErrors;
    }
}

void
ServerSession::EndWith(std::string_view text, EndReason reason)
{
    m_pending.reset();
    m_awaited.reset();
    const bool canSpeak = !m_tls || m_tls->Established();
    if (!text.empty() && canSpeak)
    {
        Answer(Step::Neutral, text, {}, nullptr, nullptr, false);
        m_pending->end = reason;
        SendDue();
    }
    else
    {
        End(reason);
    }
}

void
ServerSession::SendDue()
{
    const PendingReply reply = std::move(*m_pending);
    m_pending.reset();
    std::string wire;
    AppendReply(wire, reply.code, reply.text, m_persona.limits.replyLine);
    Write(wire);
    std::string text;
    for (const char c : wire)
    {
        if (c != '\r')
        {
            text += c;
        }
    }
    text.pop_back();
    m_observer.OnReply({m_facts.now, reply.step, reply.code, text});
    m_facts.phase = reply.next;
    m_heardAt = m_facts.now;
    if (reply.end)
    {
        End(*reply.end);
    }
    else if (reply.startTls)
    {
        BeginTls();
    }
}

void
ServerSession::Expand(std::string& out, std::string_view text)
{
    ExpandTemplate(out,
                   text,
                   [this](std::string& to, std::string_view word) { return LookUp(to, word); });
}

bool
ServerSession::LookUp(std::string& out, std::string_view word)
{
    const std::optional<ReplyWord> known = FindReplyWord(word);
    if (!known)
    {
        return false;
    }
    const ConnectionInfo& connection = m_facts.connection;
    const auto number = [&out](std::uint64_t value)
    {
        const fmt::format_int digits(value);
        out.append(digits.data(), digits.size());
    };
    switch (*known)
    {
    case ReplyWord::Hostname:
        out += connection.hostname;
        break;
    case ReplyWord::Domain:
        out += connection.domain;
        break;
    case ReplyWord::Client:
        AppendAddress(out, connection.client);
        break;
    case ReplyWord::Server:
        AppendAddress(out, connection.server);
        break;
    case ReplyWord::Helo:
        out += WithoutControls(m_facts.helo);
        break;
    case ReplyWord::Address:
        out += WithoutControls(m_address);
        break;
    case ReplyWord::NullOrAddress:
        out += WithoutControls(m_address.empty() ? "<>" : std::string_view(m_address));
        break;
    case ReplyWord::Recipients:
        number(m_facts.envelope.recipients.size());
        break;
    case ReplyWord::Size:
        number(m_content ? m_content->size() : m_chunksSize > 0 ? m_chunksSize : m_data.Size());
        break;
    case ReplyWord::MaxSize:
        number(m_persona.limits.messageSize);
        break;
    case ReplyWord::Verb:
        out += WithoutControls(ParseCommand(m_line).word);
        break;
    case ReplyWord::Argument:
        out += WithoutControls(ParseCommand(m_line).argument);
        break;
    case ReplyWord::Session:
        number(connection.session);
        break;
    case ReplyWord::Message:
        out += MessageName();
        break;
    case ReplyWord::MessageId:
        out += WithoutControls(MessageIdOf(m_content));
        break;
    case ReplyWord::Chunk:
        number(m_chunkSize);
        break;
    case ReplyWord::User:
        out += WithoutControls(m_facts.user);
        break;
    case ReplyWord::Date:
        out += FormatDate(connection.unixTime + m_facts.now, connection.zoneMinutes);
        break;
    }
    return true;
}

const std::string&
ServerSession::MessageName()
{
    constexpr std::int64_t FIRST_PROCESS = 1000;
    constexpr std::int64_t LAST_PROCESS = 32767;
    constexpr std::int64_t FIRST_FILE = 100000; //!< Inodes.
    constexpr std::int64_t LAST_FILE = 900000;
    if (!m_messageName.empty())
    {
        return m_messageName;
    }
    const ConnectionInfo& connection = m_facts.connection;
    if (connection.nameMessage)
    {
        m_messageName = connection.nameMessage();
        return m_messageName;
    }
    const std::uint64_t count = m_facts.messages;
    const std::int64_t process = m_draws("process").Between(FIRST_PROCESS, LAST_PROCESS);
    const std::int64_t file = m_draws("queue-file", count).Between(FIRST_FILE, LAST_FILE);
    m_messageName =
        QueueIdOf(m_persona.queueId,
                  m_persona.queueId == QueueIdForm::Postfix  ? static_cast<std::uint64_t>(file)
                  : m_persona.queueId == QueueIdForm::Number ? count + 1
                                                             : count,
                  static_cast<std::uint32_t>(process),
                  connection.unixTime + m_facts.now,
                  std::int64_t{60} * connection.zoneMinutes);
    return m_messageName;
}

} // namespace bouncelab::smtp

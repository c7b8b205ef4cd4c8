#include "models/smtp/server-session.h"

#include "models/smtp/ascii.h"
#include "models/smtp/date.h"
#include "models/smtp/extensions.h"
#include "models/smtp/text-template.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace bouncelab::smtp
{

namespace
{

constexpr std::size_t DETAIL = 200;

/// A peer's words in a reply must not end its line.
void
AppendPrintable(std::string& out, std::string_view text)
{
    for (const char c : text)
    {
        const auto octet = static_cast<unsigned char>(c);
        out += octet < 32 || octet == 127 ? '?' : c;
    }
}

bool
Passed(std::optional<Nanoseconds> time, Nanoseconds now)
{
    return time && *time <= now;
}

} // namespace

ServerSession::ServerSession(const ServerPersona& persona,
                             ServerPolicy& policy,
                             SessionObserver& observer,
                             const ConnectionInfo& connection,
                             RandomStream random)
    : m_persona(persona)
    , m_policy(policy)
    , m_observer(observer)
    , m_random(random)
    , m_facts{connection, {}, {}, {}, {}, {}, {}, {}, {}}
    , m_lines({persona.commandBareCr,
               persona.commandBareLf,
               persona.limits.commandLine + ExtraLineLength(persona.keywords)})
    , m_data({persona.contentBareCr,
              persona.contentBareLf,
              persona.limits.textLine ? persona.limits.textLine : UNLIMITED,
              persona.limits.messageSize})
{
}

void
ServerSession::Connected(Nanoseconds now)
{
    m_facts.now = m_connectedAt = m_heardAt = now;
    const Decision decision = m_policy.OnConnect(m_facts);
    const ReplyClass answer =
        Answer(Step::Greeting, m_persona.replies.greeting, m_persona.think.greeting, &decision);
    if (answer == ReplyClass::Positive)
    {
        m_pending->next = m_persona.requireHello ? Phase::Greeted : Phase::Idle;
    }
    else if (!m_persona.waitAfterRefusal)
    {
        m_pending->end = EndReason::Refused;
    }
    Process();
}

void
ServerSession::Receive(std::string_view bytes, Nanoseconds now)
{
    if (m_ended)
    {
        return;
    }
    Tick(now);
    if (m_ended)
    {
        return;
    }
    m_heardAt = now;
    if (m_facts.phase == Phase::Connected && !m_earlyTalker && !bytes.empty())
    {
        m_earlyTalker = true;
        Violate(Violation::PrematureInput, bytes);
        if (m_persona.rejectEarlyTalkers)
        {
            EndWith(m_persona.replies.earlyTalker, EndReason::Refused);
            return;
        }
    }
    const std::size_t room = ReceiveRoom();
    if (bytes.size() > room && m_pending)
    {
        Violate(Violation::InputOverflow, {});
        End(EndReason::Overflow);
        return;
    }
    m_input.Add(bytes);
    Process();
    m_input.Settle();
}

void
ServerSession::PeerClosed(Nanoseconds now, bool reset)
{
    if (m_ended)
    {
        return;
    }
    Tick(now);
    m_peerClosed = true;
    if (reset && !m_ended)
    {
        m_output.clear();
        m_pending.reset();
        if (m_facts.phase == Phase::Content)
        {
            Violate(Violation::ClosedInTransaction, {});
        }
        End(EndReason::PeerReset);
        return;
    }
    Process();
}

void
ServerSession::Tick(Nanoseconds now)
{
    if (m_ended)
    {
        return;
    }
    while (m_pending && m_pending->due <= now)
    {
        m_facts.now = std::max(m_facts.now, m_pending->due);
        Process();
        if (m_ended)
        {
            return;
        }
    }
    m_facts.now = now;
    const Nanoseconds whole = m_persona.timeouts.connection;
    if (Passed(Silence(), now) || (whole.count() > 0 && m_connectedAt + whole <= now))
    {
        EndWith(m_persona.replies.timeout, EndReason::TimedOut);
    }
}

std::string
ServerSession::TakeOutput(std::size_t limit)
{
    if (limit >= m_output.size())
    {
        std::string all;
        all.swap(m_output);
        return all;
    }
    std::string part = m_output.substr(0, limit);
    m_output.erase(0, limit);
    return part;
}

std::optional<Nanoseconds>
ServerSession::Silence() const
{
    const Nanoseconds limit =
        m_facts.phase == Phase::Content ? m_persona.timeouts.content : m_persona.timeouts.command;
    return m_pending || limit.count() == 0 ? std::nullopt
                                           : std::optional<Nanoseconds>(m_heardAt + limit);
}

std::optional<Nanoseconds>
ServerSession::NextTimer() const
{
    if (m_ended)
    {
        return std::nullopt;
    }
    std::optional<Nanoseconds> next = m_pending ? m_pending->due : Silence();
    if (m_persona.timeouts.connection.count() > 0)
    {
        const Nanoseconds whole = m_connectedAt + m_persona.timeouts.connection;
        next = next ? std::min(*next, whole) : whole;
    }
    return next;
}

std::size_t
ServerSession::ReceiveRoom() const
{
    const std::size_t limit = m_persona.limits.inputBuffer;
    return m_ended ? 0 : limit - std::min(limit, Unread());
}

void
ServerSession::Shutdown(Nanoseconds now)
{
    Tick(now);
    if (!m_ended)
    {
        EndWith(m_persona.replies.shutdown, EndReason::Shutdown);
    }
}

void
ServerSession::Process()
{
    while (!m_ended)
    {
        if (m_pending)
        {
            if (m_pending->due > m_facts.now)
            {
                break;
            }
            SendDue();
            continue;
        }
        if (m_facts.phase == Phase::Content)
        {
            m_input.Take(m_data.Feed(m_input.Rest()));
            if (BareLineEndRefused())
            {
                return;
            }
            if (!m_data.Complete())
            {
                break;
            }
            OnEndOfData();
        }
        else
        {
            m_input.Take(m_lines.Feed(m_input.Rest()));
            if (!m_lines.Complete())
            {
                break;
            }
            OnLine(m_lines.Get());
            m_line = {};
            m_lines.Next();
        }
    }
    if (m_peerClosed && !m_pending && !m_ended)
    {
        if (m_facts.phase == Phase::Content)
        {
            Violate(Violation::ClosedInTransaction, {});
        }
        End(EndReason::PeerClosed);
    }
}

bool
ServerSession::BareLineEndRefused()
{
    const bool cr = m_data.SawBareCr() && m_persona.contentBareCr == BareLineEnd::Reject;
    const bool lf = m_data.SawBareLf() && m_persona.contentBareLf == BareLineEnd::Reject;
    if (!m_persona.closeOnBareLineEnd || (!cr && !lf))
    {
        return false;
    }
    Violate(lf ? Violation::BareLf : Violation::BareCr, {});
    EndWith(m_persona.replies.bareLineEnd, EndReason::Refused);
    return true;
}

void
ServerSession::OnLine(const Line& line)
{
    const Command command = ParseCommand(line.text);
    m_line = line.text;
    m_address.clear();
    m_observer.OnCommand({m_facts.now, command.verb, line.text});

    if (line.end != LineEnd::CrLf)
    {
        const bool lf = line.end == LineEnd::Lf;
        if ((lf ? m_persona.commandBareLf : m_persona.commandBareCr) == BareLineEnd::Reject)
        {
            Refuse(m_persona.replies.bareLineEnd,
                   lf ? Violation::BareLf : Violation::BareCr,
                   line.text);
            if (m_persona.closeOnBareLineEnd && !m_pending->end)
            {
                m_pending->end = EndReason::Refused;
            }
            return;
        }
        Violate(lf ? Violation::BareLf : Violation::BareCr, line.text);
    }
    if (line.tooLong || line.length > m_persona.limits.commandLine +
                                          ExtraLineLength(m_persona.keywords, command.verb))
    {
        Refuse(m_persona.replies.commandTooLong, Violation::CommandTooLong, line.text);
        return;
    }
    for (const std::string& verb : m_persona.notImplementedVerbs)
    {
        if (EqualIgnoringCase(verb, command.word))
        {
            Refuse(m_persona.replies.notImplemented, Violation::UnknownCommand, line.text);
            return;
        }
    }
    const VerbRow* row = FindRow(command.verb);
    if (!row || (command.verb == Verb::Ehlo && !m_persona.extended))
    {
        Refuse(m_persona.replies.unknownCommand, Violation::UnknownCommand, line.text);
        return;
    }
    const bool mayPipeline = m_facts.extended && Offers(m_persona.keywords, "PIPELINING");
    if (Unread() > 0 && (row->endsGroup || !mayPipeline))
    {
        Violate(Violation::PrematureInput, m_input.Rest());
    }
    if (!IsAllowed(m_facts.phase, row->step))
    {
        RefuseSequence(row->step);
        return;
    }
    (this->*row->handle)(command);
}

void
ServerSession::RefuseSequence(Step step)
{
    const ServerReplies& replies = m_persona.replies;
    std::string_view text = replies.needMail;
    if (m_facts.phase == Phase::Refused)
    {
        text = replies.refusedSession;
    }
    else if (m_facts.phase == Phase::Greeted)
    {
        text = replies.needHello;
    }
    else if (step == Step::Mail)
    {
        text = replies.nestedMail;
    }
    else if (step == Step::Data && m_facts.phase == Phase::Sender)
    {
        text = replies.needRcpt;
    }
    Refuse(text, Violation::BadSequence, m_line);
}

void
ServerSession::OnEndOfData()
{
    const ServerReplies& replies = m_persona.replies;
    const ThinkTime& think = m_persona.think.message;
    const bool cr = m_data.SawBareCr();
    const bool lf = m_data.SawBareLf();
    if (cr)
    {
        Violate(Violation::BareCr, {});
    }
    if (lf)
    {
        Violate(Violation::BareLf, {});
    }
    if (m_data.LineTooLong())
    {
        Violate(Violation::TextLineTooLong, {});
    }
    if (m_data.TooBig())
    {
        Violate(Violation::ContentTooBig, {});
        Answer(Step::EndOfData, replies.tooBig, think);
    }
    else if ((cr && m_persona.contentBareCr == BareLineEnd::Reject) ||
             (lf && m_persona.contentBareLf == BareLineEnd::Reject))
    {
        Answer(Step::EndOfData, replies.bareLineEnd, think);
    }
    else if (m_data.LineTooLong() && m_persona.rejectLongTextLines)
    {
        Answer(Step::EndOfData, replies.textLineTooLong, think);
    }
    else
    {
        const auto content = std::make_shared<const std::string>(std::move(m_data.Content()));
        const Decision decision = m_policy.OnMessage(m_facts, content);
        if (Answer(Step::EndOfData, replies.message, think, &decision) == ReplyClass::Positive)
        {
            ++m_facts.messages;
            const std::string reply = fmt::format("{} {}", m_pending->code, m_pending->text);
            m_observer.OnMessage({m_facts.now, m_facts.envelope, content, reply});
        }
    }
    ForgetTransaction();
}

void
ServerSession::ForgetTransaction()
{
    m_facts.envelope = {};
}

ReplyClass
ServerSession::Answer(Step step,
                      std::string_view text,
                      const ThinkTime& think,
                      const Decision* decision,
                      const std::vector<std::string>* furtherLines)
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
    Expand(pending.text, parts->text);
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
    pending.due = m_facts.now + Draw(think, m_random);
    if (decision)
    {
        pending.due += decision->delay;
        if (decision->close)
        {
            pending.end = EndReason::Refused;
        }
    }
    pending.due += m_policy.DelayReply(m_facts, step, pending.code);
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
    if (!text.empty())
    {
        Answer(Step::Neutral, text, {});
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
    const std::size_t before = m_output.size();
    AppendReply(m_output, reply.code, reply.text, m_persona.limits.replyLine);
    std::string text;
    for (std::size_t i = before; i < m_output.size(); ++i)
    {
        if (m_output[i] != '\r')
        {
            text += m_output[i];
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
}

void
ServerSession::End(EndReason reason)
{
    m_ended = true;
    m_pending.reset();
    m_facts.phase = Phase::Closed;
    m_observer.OnEnd({m_facts.now, reason});
}

void
ServerSession::Violate(Violation violation, std::string_view detail)
{
    m_observer.OnViolation({m_facts.now, violation, detail.substr(0, DETAIL)});
}

void
ServerSession::Expand(std::string& out, std::string_view text)
{
    ExpandTemplate(out,
                   text,
                   [this](std::string& to, std::string_view word) { return LookUp(to, word); });
}

bool
ServerSession::LookUp(std::string& out, std::string_view word) const
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
        out += connection.client.ToString();
        break;
    case ReplyWord::Server:
        out += connection.server.ToString();
        break;
    case ReplyWord::Helo:
        AppendPrintable(out, m_facts.helo);
        break;
    case ReplyWord::Address:
        AppendPrintable(out, m_address);
        break;
    case ReplyWord::Recipients:
        number(m_facts.envelope.recipients.size());
        break;
    case ReplyWord::Size:
        number(m_data.Size());
        break;
    case ReplyWord::MaxSize:
        number(m_persona.limits.messageSize);
        break;
    case ReplyWord::Verb:
        AppendPrintable(out, ParseCommand(m_line).word);
        break;
    case ReplyWord::Argument:
        AppendPrintable(out, ParseCommand(m_line).argument);
        break;
    case ReplyWord::Session:
        number(connection.session);
        break;
    case ReplyWord::Message:
        number(m_facts.messages + 1);
        break;
    case ReplyWord::Date:
        out += FormatDate(connection.unixTime + m_facts.now, connection.zoneMinutes);
        break;
    }
    return true;
}

} // namespace bouncelab::smtp

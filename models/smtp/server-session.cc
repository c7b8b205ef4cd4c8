#include "models/smtp/server-session.h"

#include "formats/text.h"
#include "models/smtp/extensions.h"

#include <algorithm>

namespace bouncelab::smtp
{

namespace
{

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
                             DrawKey draws)
    : m_persona(persona)
    , m_policy(policy)
    , m_observer(observer)
    , m_draws(draws)
    , m_facts{connection, {}, {}, {}, {}, {}, {}, {}, {}}
    , m_lines({persona.commandBareCr,
               persona.commandBareLf,
               persona.limits.commandLine + ExtraLineLength(persona.keywords)})
    , m_data({persona.contentBareCr,
              persona.contentBareLf,
              persona.limits.textLine ? persona.limits.textLine : UNLIMITED,
              persona.limits.messageSize})
    , m_keywords(&persona.keywords)
{
}

void
ServerSession::Connected(Nanoseconds now)
{
    m_hasBegun = true;
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
    if (bytes.size() > room && Busy())
    {
        Violate(Violation::InputOverflow, {});
        End(EndReason::Overflow);
        return;
    }
    if (m_tls)
    {
        ReceiveTls(bytes);
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
        m_awaited.reset();
        if (InContent())
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
    if (m_awaited)
    {
        Process();
        if (m_ended)
        {
            return;
        }
    }
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
    const Nanoseconds limit = InContent() ? m_persona.timeouts.content : m_persona.timeouts.command;
    return Busy() || limit.count() == 0 ? std::nullopt
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
        const bool hasTaken =
            m_pending && (m_pending->step == Step::EndOfData || m_pending->step == Step::LastChunk);
        EndWith(hasTaken ? std::string() : m_persona.replies.shutdown, EndReason::Shutdown);
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
        if (m_awaited)
        {
            if (!DecideAwaited())
            {
                break;
            }
            continue;
        }
        if (m_tls && !m_tls->Established())
        {
            break;
        }
        if (m_chunk)
        {
            if (!FeedChunk())
            {
                break;
            }
        }
        else if (m_facts.phase == Phase::Content)
        {
            m_input.Take(m_data.Feed(m_input.Rest()));
            if (BareLineEndRefused() || HeaderRefused(m_data.Content()))
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
            if (m_auth)
            {
                OnAuthLine(m_lines.Get());
            }
            else
            {
                OnLine(m_lines.Get());
            }
            m_line = {};
            m_lines.Next();
        }
    }
    if (m_peerClosed && !Busy() && !m_ended)
    {
        if (InContent())
        {
            Violate(Violation::ClosedInTransaction, {});
        }
        End(EndReason::PeerClosed);
    }
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
    if (line.tooLong ||
        line.length > m_persona.limits.commandLine + ExtraLineLength(Keywords(), command.verb))
    {
        Refuse(m_persona.replies.commandTooLong, Violation::CommandTooLong, line.text);
        return;
    }
    for (const auto& [verb, reply] : m_persona.verbReplies)
    {
        if (EqualIgnoringCase(verb, command.word))
        {
            Answer(Step::Neutral, reply, m_persona.think.other);
            return;
        }
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
    if (!row || (command.verb == Verb::Ehlo && !m_persona.extended) ||
        (!row->keyword.empty() && !Offers(Keywords(), row->keyword)))
    {
        Refuse(m_persona.replies.unknownCommand, Violation::UnknownCommand, line.text);
        return;
    }
    const bool mayPipeline = m_facts.extended && Offers(Keywords(), "PIPELINING");
    // The octets of a chunk follow their command.
    const bool octetsFollow = command.verb == Verb::Bdat;
    if (Unread() > 0 && !octetsFollow && (row->endsGroup || !mayPipeline))
    {
        Violate(Violation::PrematureInput, m_input.Rest());
    }
    if (!octetsFollow && !IsAllowed(m_facts.phase, row->step))
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
    else if (m_facts.phase == Phase::Chunks)
    {
        text = replies.needChunk;
    }
    else if (step == Step::Auth || step == Step::StartTls)
    {
        text = replies.authInMail;
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
ServerSession::End(EndReason reason)
{
    m_ended = true;
    m_brokenOff = reason != EndReason::Quit && reason != EndReason::PeerClosed &&
                  reason != EndReason::PeerReset;
    m_pending.reset();
    m_awaited.reset();
    m_chunk.reset();
    m_auth.reset();
    m_authRefusal.reset();
    m_facts.phase = Phase::Closed;
    if (m_tls && reason != EndReason::PeerReset)
    {
        m_tls->Close();
        m_output += m_tls->TakeOutput();
    }
    m_observer.OnEnd({m_facts.now, reason});
}

void
ServerSession::Violate(Violation violation, std::string_view detail)
{
    m_observer.OnViolation({m_facts.now, violation, detail.substr(0, VIOLATION_DETAIL)});
}

} // namespace bouncelab::smtp

#include "models/probe/lockstep-session.h"

#include <algorithm>

namespace bouncelab::probe
{

LockstepSession::LockstepSession(Script& script)
    : m_script(script)
{
}

void
LockstepSession::Connected(Nanoseconds now)
{
    m_now = now;
    const Nanoseconds timeout = m_script.GreetingTimeout();
    if (timeout.count() > 0)
    {
        m_deadline = now + timeout;
    }
}

void
LockstepSession::Receive(std::string_view bytes, Nanoseconds now)
{
    Tick(now);
    if (m_ended)
    {
        return;
    }
    if (m_next && bytes.size() > ReceiveRoom())
    {
        End(smtp::EndReason::Overflow);
        return;
    }
    m_input.Add(bytes);
    Process();
    m_input.Settle();
    if (!m_ended && Unread() > INPUT_BUFFER)
    {
        End(smtp::EndReason::Overflow);
    }
}

void
LockstepSession::PeerClosed(Nanoseconds now, bool reset)
{
    Tick(now);
    if (m_ended)
    {
        return;
    }
    m_peerClosed = true;
    if (reset)
    {
        m_output.clear();
        End(smtp::EndReason::PeerReset);
        return;
    }
    Process();
}

void
LockstepSession::Tick(Nanoseconds now)
{
    while (!m_ended && m_next && m_due <= now)
    {
        m_now = std::max(m_now, m_due);
        Say();
        Process();
    }
    m_now = std::max(m_now, now);
    if (!m_ended && !m_next && m_deadline && *m_deadline <= m_now)
    {
        End(smtp::EndReason::TimedOut);
    }
}

std::string
LockstepSession::TakeOutput(std::size_t limit)
{
    std::string taken = m_output.substr(0, limit);
    m_output.erase(0, taken.size());
    return taken;
}

std::optional<Nanoseconds>
LockstepSession::NextTimer() const
{
    return m_ended ? std::nullopt : m_next ? m_due : m_deadline;
}

std::size_t
LockstepSession::ReceiveRoom() const
{
    return m_ended ? 0 : INPUT_BUFFER - std::min(INPUT_BUFFER, Unread());
}

void
LockstepSession::Process()
{
    while (!m_ended && !m_next)
    {
        m_input.Take(m_parser.Feed(m_input.Rest()));
        if (!m_parser.Complete())
        {
            if (m_peerClosed)
            {
                End(smtp::EndReason::PeerClosed);
            }
            return;
        }
        m_deadline.reset();
        m_next = m_script.OnReply(m_parser.Get(), m_now);
        m_parser.Next();
        if (!m_next)
        {
            End(smtp::EndReason::Quit);
            return;
        }
        m_due = m_now + m_next->pause;
        if (m_next->pause.count() <= 0)
        {
            Say();
        }
    }
}

void
LockstepSession::Say()
{
    const ScriptLine said = std::move(*m_next);
    m_next.reset();
    m_script.OnSaid(said.octets, m_now);
    m_output += said.octets;
    m_deadline =
        said.timeout.count() > 0 ? std::optional<Nanoseconds>(m_now + said.timeout) : std::nullopt;
}

void
LockstepSession::End(smtp::EndReason reason)
{
    m_ended = true;
    m_next.reset();
    m_script.OnEnd(reason, m_now);
}

} // namespace bouncelab::probe

#include "models/smtp/client-session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>

namespace bouncelab::smtp
{

ClientSession::ClientSession(const ClientPersona& persona,
                             Transaction transaction,
                             std::string helloName,
                             SessionObserver& observer,
                             DrawKey draws)
    : m_persona(persona)
    , m_transaction(std::move(transaction))
    , m_helloName(std::move(helloName))
    , m_observer(observer)
    , m_draws(draws)
    , m_parser({persona.replyParser,
                persona.malformedReply == MalformedReplyPolicy::Skip,
                persona.maxReplyLine,
                persona.maxReplyText})
    , m_extended(persona.hello != HelloPolicy::HeloOnly)
{
    if (m_transaction.recipients.empty() || !m_transaction.content)
    {
        fmt::print(stderr, "smtp: a transaction without recipients or content\n");
        std::abort();
    }
    m_result.recipients.resize(RecipientCount());
}

Stage
ClientSession::StageAt(std::size_t position) const
{
    constexpr Stage FIRST[] = {Stage::Greeting, Stage::Hello, Stage::Mail};
    if (position < std::size(FIRST))
    {
        return FIRST[position];
    }
    const std::size_t data = DataPosition();
    return position < data        ? Stage::Recipient
           : position == data     ? Stage::Data
           : position == data + 1 ? Stage::Message
                                  : Stage::Quit;
}

Stage
ClientSession::Awaiting() const
{
    return m_sent == 0 ? Stage::Connect : StageAt(m_read);
}

const StagePolicy&
ClientSession::PolicyOf(Stage stage) const
{
    switch (stage)
    {
    case Stage::Resolve:
    case Stage::Connect:
    case Stage::Greeting:
        return m_persona.greeting;
    case Stage::Hello:
        return m_opening == HelloStep::Hello            ? m_persona.helloReply
               : m_opening == HelloStep::Authentication ? Auth().reply
                                                        : m_persona.tls.reply;
    case Stage::Mail:
        return m_persona.mail;
    case Stage::Recipient:
        return m_persona.rcpt;
    case Stage::Data:
        return m_persona.data;
    case Stage::Message:
    case Stage::Quit:
        break;
    }
    return m_persona.message;
}

void
ClientSession::ConnectFailed(Nanoseconds now)
{
    m_now = now;
    Break(OutcomeReason::ConnectFailed);
}

void
ClientSession::Connected(Nanoseconds now)
{
    m_now = m_waitingSince = now;
    m_sent = 1;
    m_observer.OnConnected(now);
}

void
ClientSession::Receive(std::string_view bytes, Nanoseconds now)
{
    Tick(now);
    if (m_ended)
    {
        return;
    }
    if (m_persona.timeoutHabit == TimeoutPolicy::PerRead)
    {
        m_waitingSince = now;
    }
    const bool reading = m_read < m_sent && !m_due && !m_body;
    if (!reading && bytes.size() > ReceiveRoom())
    {
        Violate(Violation::InputOverflow, {});
        Break(OutcomeReason::Overflow);
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
ClientSession::PeerClosed(Nanoseconds now, bool reset)
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
        m_body.reset();
        Break(OutcomeReason::PeerReset);
        return;
    }
    Process();
}

void
ClientSession::Tick(Nanoseconds now)
{
    while (!m_ended && m_due && *m_due <= now)
    {
        m_now = std::max(m_now, *m_due);
        m_due.reset();
        SendNext();
        Process();
    }
    m_now = std::max(m_now, now);
    const auto deadline = Deadline();
    if (!m_ended && deadline && *deadline <= m_now)
    {
        Break(OutcomeReason::TimedOut);
    }
}

std::string
ClientSession::TakeOutput(std::size_t limit)
{
    if (m_tls && m_body)
    {
        ReadBody(limit);
        m_waitingSince = m_now;
    }
    std::string taken;
    if (m_output.size() <= limit)
    {
        taken.swap(m_output);
    }
    else
    {
        taken = m_output.substr(0, limit);
        m_output.erase(0, limit);
    }
    if (m_body && !m_tls && taken.size() < limit)
    {
        m_body->Read(taken, limit - taken.size());
        m_waitingSince = m_now;
        if (m_body->Done())
        {
            EndBody();
            const std::size_t more = std::min(m_output.size(), limit - taken.size());
            taken.append(m_output, 0, more);
            m_output.erase(0, more);
        }
    }
    return taken;
}

/// The last octet of the content is out.
void
ClientSession::EndBody()
{
    m_body.reset();
    m_bodyOut = true;
    NoteEarlyReply();
    Process();
}

std::optional<Nanoseconds>
ClientSession::Deadline() const
{
    if (m_due || m_read >= m_sent)
    {
        return std::nullopt;
    }
    const Stage stage = StageAt(m_read);
    const Nanoseconds limit = m_body                 ? m_persona.dataBlockTimeout
                              : stage == Stage::Quit ? m_persona.quitTimeout
                                                     : PolicyOf(stage).timeout;
    return limit.count() > 0 ? std::optional<Nanoseconds>(m_waitingSince + limit) : std::nullopt;
}

std::optional<Nanoseconds>
ClientSession::NextTimer() const
{
    return m_ended ? std::nullopt : m_due ? m_due : Deadline();
}

std::size_t
ClientSession::ReceiveRoom() const
{
    const std::size_t limit = m_persona.inputBuffer;
    return m_ended ? 0 : limit - std::min(limit, Unread());
}

void
ClientSession::Process()
{
    while (!m_ended && !m_due && !m_body && m_read < m_sent)
    {
        if (Handshaking())
        {
            if (m_peerClosed)
            {
                Break(OutcomeReason::PeerClosed);
            }
            break;
        }
        m_input.Take(m_parser.Feed(m_input.Rest()));
        if (!m_parser.Complete())
        {
            if (m_peerClosed)
            {
                Break(OutcomeReason::PeerClosed);
            }
            break;
        }
        OnReply(m_parser.Get());
        m_parser.Next();
    }
}

void
ClientSession::End(EndReason reason)
{
    m_ended = true;
    m_due.reset();
    if (m_tls && reason != EndReason::PeerReset)
    {
        m_tls->Close();
        m_output += m_tls->TakeOutput();
    }
    m_observer.OnEnd({m_now, reason});
}

void
ClientSession::Violate(Violation violation, std::string_view detail)
{
    m_observer.OnViolation({m_now, violation, detail.substr(0, VIOLATION_DETAIL)});
}

} // namespace bouncelab::smtp

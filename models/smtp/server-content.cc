#include "models/smtp/server-session.h"

#include <fmt/format.h>

namespace bouncelab::smtp
{

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

} // namespace bouncelab::smtp

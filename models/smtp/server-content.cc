#include "models/smtp/server-session.h"

#include <fmt/format.h>

#include <algorithm>

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
        AcceptContent(std::move(m_data.Content()), Step::EndOfData);
    }
    ForgetTransaction();
}

/// The content is complete and within the limits: the policy has the last word.
void
ServerSession::AcceptContent(std::string whole, Step step)
{
    m_content = std::make_shared<const std::string>(std::move(whole));
    const Decision decision = m_policy.OnMessage(m_facts, m_content);
    const ThinkTime& think = m_persona.think.message;
    if (Answer(step, m_persona.replies.message, think, &decision) == ReplyClass::Positive)
    {
        ++m_facts.messages;
        const std::string reply = fmt::format("{} {}", m_pending->code, m_pending->text);
        m_observer.OnMessage({m_facts.now, m_facts.envelope, m_content, reply});
    }
    m_content.reset();
    m_messageName.clear();
}

/// Looks for the header's end as the content grows, so that a header without end is not waited for.
bool
ServerSession::HeaderRefused(std::string_view content)
{
    constexpr std::string_view END = "\r\n\r\n";
    const std::uint64_t limit = m_persona.limits.headerSize;
    if (limit == 0 || m_headerDone)
    {
        return false;
    }
    const std::size_t from = m_headerSeen > END.size() ? m_headerSeen - END.size() : 0;
    const std::size_t end =
        content.substr(0, 2) == "\r\n" ? 0 : content.find(END, std::min(from, content.size()));
    m_headerSeen = content.size();
    m_headerDone = end != std::string_view::npos;
    // An end that is not there yet could still begin in the last octets.
    if (m_headerDone ? end <= limit : content.size() < limit + END.size())
    {
        return false;
    }
    Violate(Violation::HeaderTooBig, {});
    EndWith(m_persona.replies.headerTooBig, EndReason::Refused);
    return true;
}

void
ServerSession::ForgetTransaction()
{
    m_facts.envelope = {};
    m_chunks.clear();
    m_chunksSize = 0;
}

} // namespace bouncelab::smtp

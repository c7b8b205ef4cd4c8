#include "formats/text.h"
#include "models/smtp/server-session.h"

#include <algorithm>

namespace bouncelab::smtp
{

/// RFC 3030 2: the octets are read whatever becomes of the command, for what follows them is the
/// next command. Only a size that cannot be read has none.
void
ServerSession::OnBdat(const Command& command)
{
    const std::size_t space = std::min(command.argument.find(' '), command.argument.size());
    const auto size = ParseSize(command.argument.substr(0, space));
    const std::string_view rest = Trim(command.argument.substr(space));
    const bool last = EqualIgnoringCase(rest, "LAST");
    if (!size || (!rest.empty() && !last))
    {
        Refuse(m_persona.replies.syntax, Violation::BadSyntax, m_line);
        return;
    }
    Chunk chunk;
    chunk.remaining = m_chunkSize = *size;
    chunk.step = last ? Step::LastChunk : Step::Chunk;
    if (!IsAllowed(m_facts.phase, chunk.step))
    {
        chunk.refused = true;
        const ServerReplies& replies = m_persona.replies;
        chunk.text = m_facts.phase == Phase::Refused   ? replies.refusedSession
                     : m_facts.phase == Phase::Greeted ? replies.needHello
                     : m_facts.phase == Phase::Sender  ? replies.needRcpt
                                                       : replies.needMail;
    }
    else if (m_facts.phase == Phase::Recipients)
    {
        m_chunks.clear();
        m_chunksSize = 0;
        m_headerSeen = 0;
        m_headerDone = false;
        // What would refuse DATA refuses the first chunk.
        Decision decision = m_policy.OnData(m_facts);
        const auto reply = SplitReply(decision.reply);
        if (reply && ClassOf(reply->code) != ReplyClass::Intermediate)
        {
            chunk.refused = true;
            chunk.decision = std::move(decision);
        }
    }
    m_chunk = std::move(chunk);
}

/// \return false if more octets are awaited.
bool
ServerSession::FeedChunk()
{
    const std::string_view octets = m_input.Rest().substr(0, m_chunk->remaining);
    m_chunk->remaining -= octets.size();
    if (!m_chunk->refused)
    {
        m_chunksSize += octets.size();
        const std::uint64_t limit = m_persona.limits.messageSize;
        if (m_chunksSize <= limit)
        {
            m_chunks += octets;
        }
        else
        {
            m_chunks.clear();
            m_chunks.shrink_to_fit();
        }
    }
    m_input.Take(octets.size());
    if (!m_chunk->refused && HeaderRefused(m_chunks))
    {
        return false;
    }
    if (m_chunk->remaining > 0)
    {
        return false;
    }
    OnEndOfChunk();
    return true;
}

void
ServerSession::OnEndOfChunk()
{
    const Chunk chunk = *m_chunk;
    m_chunk.reset();
    const ServerReplies& replies = m_persona.replies;
    if (chunk.decision)
    {
        Answer(chunk.step, replies.needRcpt, m_persona.think.data, &*chunk.decision);
        ForgetTransaction();
    }
    else if (chunk.refused)
    {
        Refuse(chunk.text, Violation::BadSequence, "BDAT");
    }
    else if (m_chunksSize > m_persona.limits.messageSize)
    {
        Violate(Violation::ContentTooBig, {});
        Answer(chunk.step, replies.tooBig, m_persona.think.message);
        ForgetTransaction();
    }
    else if (chunk.step == Step::Chunk)
    {
        Answer(chunk.step, replies.chunk, m_persona.think.data);
    }
    else
    {
        AcceptContent(std::move(m_chunks), chunk.step);
        ForgetTransaction();
    }
}

} // namespace bouncelab::smtp

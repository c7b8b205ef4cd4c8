// The server's side of CommandRelay: its replies, and what becomes of its connection.

#include "models/middlebox/command-relay.h"

#include "formats/text.h"
#include "models/smtp/reply.h"

#include <algorithm>

namespace bouncelab::middlebox
{

bool
CommandRelay::ReadServer()
{
    End& server = At(RelaySide::Server);
    if (!MayRead(RelaySide::Server) || server.closing)
    {
        return false;
    }
    server.in.Take(m_reply.Feed(server.in.Rest()));
    if (m_reply.Overflown())
    {
        Sign(TruthEvent::UpstreamNonsense);
        m_reply.Next();
        Drop(RelaySide::Server);
        UpstreamGone();
        return true;
    }
    if (!m_reply.Complete())
    {
        return false;
    }
    if (m_awaited == AwaitedReply::Nothing)
    {
        OnStrayReply();
    }
    else
    {
        OnReply();
    }
    m_reply.Next();
    return true;
}

void
CommandRelay::OnStrayReply()
{
    Sign(TruthEvent::StrayReply, m_reply.Octets());
    const bool negative = m_reply.Code() >= 400;
    if (m_inContent)
    {
        if (negative && m_early.empty())
        {
            m_early = m_reply.Octets();
        }
        return;
    }
    if (std::string_view(m_reply.Octets()).substr(0, 3) == SHUTTING_DOWN)
    {
        PassReply();
    }
}

void
CommandRelay::OnReply()
{
    const AwaitedReply awaited = m_awaited;
    const auto replyClass = smtp::ClassOf(m_reply.Code());
    const bool positive = replyClass == smtp::ReplyClass::Positive;
    m_awaited = AwaitedReply::Nothing;
    AwaitNothing(RelaySide::Server);
    switch (awaited)
    {
    case AwaitedReply::Greeting:
        positive ? SendUpstream(AwaitedReply::Ehlo, "EHLO " + OwnName()) : UpstreamRefused();
        return;
    case AwaitedReply::Ehlo:
        if (replyClass == smtp::ReplyClass::Permanent)
        {
            SendUpstream(AwaitedReply::Helo, "HELO " + OwnName());
            return;
        }
        positive ? UpstreamReady() : UpstreamRefused();
        return;
    case AwaitedReply::Helo:
        m_reply.Octets().clear();
        positive ? UpstreamReady() : UpstreamRefused();
        return;
    case AwaitedReply::Reset:
        ListenToClient();
        return;
    default:
        break;
    }
    m_transaction = awaited == AwaitedReply::Mail ? m_transaction || positive : m_transaction;
    PassReply();
    if (awaited == AwaitedReply::Quit)
    {
        m_over = true;
        Close(RelaySide::Client);
        Close(RelaySide::Server);
    }
    else if (awaited == AwaitedReply::Data && replyClass == smtp::ReplyClass::Intermediate &&
             !m_over)
    {
        StartContent();
    }
    else if (awaited == AwaitedReply::EndOfData)
    {
        m_transaction = false;
    }
}

std::string
CommandRelay::OwnName() const
{
    return m_config.helloName.empty() ? m_config.hostname : m_config.helloName;
}

/// The server's words reach the client as they are.
void
CommandRelay::PassReply()
{
    if (m_reply.Code() == 0)
    {
        Sign(TruthEvent::UpstreamNonsense, m_reply.Octets());
        Answer(m_config.replies.upstreamFailed);
        return;
    }
    PassOctets(m_reply.Octets());
}

void
CommandRelay::PassOctets(std::string_view reply)
{
    Put(RelaySide::Client, reply, m_config.forwardDelay);
    ListenToClient();
    if (reply.substr(0, 3) == SHUTTING_DOWN)
    {
        Finish();
    }
}

void
CommandRelay::UpstreamReady()
{
    m_upstream = Upstream::Ready;
    m_keywords.clear();
    std::string_view lines = m_reply.Octets();
    for (bool first = true; !lines.empty(); first = false)
    {
        const std::size_t end = std::min(lines.find('\n'), lines.size() - 1);
        const std::string_view line = lines.substr(0, end);
        if (!first && line.size() > 4)
        {
            m_keywords.push_back(InUpperCase(line.substr(4, line.find_first_of(" =\r", 4) - 4)));
        }
        lines.remove_prefix(end + 1);
    }
    if (!m_held.empty())
    {
        Forward(AwaitedReply::Mail, std::string(std::move(m_held)));
        m_held.clear();
    }
}

void
CommandRelay::UpstreamRefused()
{
    Sign(TruthEvent::UpstreamRefused, m_reply.Octets());
    m_upstream = Upstream::Refused;
    m_refusal = m_reply.Code() >= 400 ? m_reply.Octets() : Reply(m_config.replies.upstreamFailed);
    Put(RelaySide::Server, "QUIT\r\n", m_config.forwardDelay);
    Close(RelaySide::Server);
    if (!m_held.empty())
    {
        m_held.clear();
        PassOctets(m_refusal);
    }
}

/// There is no connection to the server, or none any more.
void
CommandRelay::UpstreamGone()
{
    const bool wasRefused = m_upstream == Upstream::Refused;
    const bool wasReady = m_upstream == Upstream::Ready;
    const AwaitedReply awaited = m_awaited;
    m_awaited = AwaitedReply::Nothing;
    m_reply.Next();
    Drop(RelaySide::Server);
    if (m_over || wasRefused)
    {
        return;
    }
    m_upstream = Upstream::Lost;
    if (m_inContent)
    {
        m_discarding = true;
    }
    else if (!m_held.empty())
    {
        m_held.clear();
        Answer(m_config.replies.upstreamFailed);
    }
    else if (awaited == AwaitedReply::Quit)
    {
        PutText(m_config.replies.quit);
        Finish();
    }
    else if (wasReady && awaited != AwaitedReply::Nothing && awaited != AwaitedReply::Reset)
    {
        Sign(TruthEvent::UpstreamLost);
        Answer(m_config.replies.upstreamLost);
    }
}

void
CommandRelay::SendUpstream(AwaitedReply awaited, std::string_view line)
{
    std::string octets(line);
    octets += "\r\n";
    m_awaited = awaited;
    Put(RelaySide::Server, octets, m_config.forwardDelay);
    Await(RelaySide::Server, m_config.serverTimeout);
}

} // namespace bouncelab::middlebox

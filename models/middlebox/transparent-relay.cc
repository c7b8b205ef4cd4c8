#include "models/middlebox/transparent-relay.h"

#include "formats/text.h"
#include "models/smtp/reply.h"

#include <algorithm>
#include <charconv>

namespace bouncelab::middlebox
{

namespace
{

constexpr std::uint32_t AUTH_CHALLENGE = 334;

std::string_view
OctetsOf(smtp::LineEnd end)
{
    return end == smtp::LineEnd::CrLf ? "\r\n" : end == smtp::LineEnd::Lf ? "\n" : "\r";
}

} // namespace

TransparentRelay::TransparentRelay(const InterceptionProxyConfig& config,
                                   const smtp::ConnectionInfo& connection,
                                   ProxyObserver& observer,
                                   DrawKey draws,
                                   std::unique_ptr<RelayFilter> filter)
    : SmtpRelay(config, connection, observer, draws)
    , m_filter(std::move(filter))
    , m_lines(CommandRules(config))
{
}

void
TransparentRelay::OnConnected(RelaySide side)
{
    if (side == RelaySide::Client)
    {
        AskForServer();
        Expect(ReplyKind::Greeting);
        m_holding = false;
    }
    Watch();
}

void
TransparentRelay::OnConnectFailed()
{
    Sign(TruthEvent::UpstreamFailed);
    PutText(m_config.replies.upstreamLost);
    Finish();
}

void
TransparentRelay::Watch()
{
    Await(RelaySide::Client, m_config.clientTimeout);
}

void
TransparentRelay::Finish()
{
    m_over = true;
    Close(RelaySide::Client);
    Close(RelaySide::Server);
}

void
TransparentRelay::OnSilence(RelaySide /* side */)
{
    Sign(TruthEvent::Idle);
    Finish();
}

void
TransparentRelay::OnClosed(RelaySide side)
{
    // After a reset there is no peer to pass anything to; a FIN has its turn in Process().
    if (!m_over && At(side).closing)
    {
        Finish();
    }
}

void
TransparentRelay::Process()
{
    while (!m_over && (ReleaseOwn() || ReadServer() || ReadClient()))
    {
    }
    if (m_over)
    {
        return;
    }
    const End& client = At(RelaySide::Client);
    const End& server = At(RelaySide::Server);
    const bool isAnswered = m_awaited.empty() || m_stream == ClientInput::Opaque;
    if (client.peerClosed && client.in.Size() == 0 && isAnswered)
    {
        Finish();
    }
    else if (server.peerClosed && server.in.Size() == 0)
    {
        Put(RelaySide::Client, m_reply.Octets(), m_config.forwardDelay);
        Finish();
    }
}

bool
TransparentRelay::ReleaseOwn()
{
    if (m_awaited.empty() || m_awaited.front().own.empty())
    {
        return false;
    }
    Put(RelaySide::Client, m_awaited.front().own, m_config.answerDelay);
    m_awaited.pop_front();
    return true;
}

bool
TransparentRelay::PassOctets(RelaySide from, std::size_t count)
{
    End& end = At(from);
    Put(from == RelaySide::Client ? RelaySide::Server : RelaySide::Client,
        end.in.Rest().substr(0, count),
        m_config.forwardDelay);
    end.in.Take(count);
    Watch();
    return count > 0;
}

bool
TransparentRelay::ReadServer()
{
    End& server = At(RelaySide::Server);
    if (!MayRead(RelaySide::Server))
    {
        return false;
    }
    if (m_stream == ClientInput::Opaque)
    {
        return PassOctets(RelaySide::Server, server.in.Size());
    }
    server.in.Take(m_reply.Feed(server.in.Rest()));
    if (m_reply.Overflown())
    {
        Sign(TruthEvent::UpstreamNonsense);
        Finish();
        return true;
    }
    if (!m_reply.Complete())
    {
        return false;
    }
    OnReply();
    m_reply.Next();
    return true;
}

void
TransparentRelay::OnReply()
{
    std::string& octets = m_reply.Octets();
    const auto replyClass = smtp::ClassOf(m_reply.Code());
    const bool positive = replyClass == smtp::ReplyClass::Positive;
    const ReplyKind kind = m_awaited.empty() ? ReplyKind::Other : m_awaited.front().kind;
    if (!m_awaited.empty())
    {
        m_awaited.pop_front();
    }
    else
    {
        Sign(TruthEvent::StrayReply, octets);
    }
    std::optional<TruthEvent> did;
    switch (kind)
    {
    case ReplyKind::Greeting:
        did = m_filter->OnGreeting(octets);
        break;
    case ReplyKind::Hello:
        did = positive ? m_filter->OnHelloReply(octets) : std::nullopt;
        break;
    case ReplyKind::Data:
        if (replyClass == smtp::ReplyClass::Intermediate)
        {
            m_stream = ClientInput::Content;
            m_content.Start();
        }
        break;
    case ReplyKind::Auth:
        m_stream =
            m_reply.Code() == AUTH_CHALLENGE ? ClientInput::AuthResponse : ClientInput::Commands;
        break;
    case ReplyKind::StartTls:
        m_stream = positive ? ClientInput::Opaque : ClientInput::Commands;
        break;
    case ReplyKind::Nobody:
        Sign(TruthEvent::SwallowedReply, octets);
        Watch();
        return;
    case ReplyKind::Other:
        break;
    }
    if (did)
    {
        Sign(*did, octets);
    }
    Put(RelaySide::Client, octets, m_config.forwardDelay);
    Watch();
}

bool
TransparentRelay::ReadClient()
{
    End& client = At(RelaySide::Client);
    if (!MayRead(RelaySide::Client) || !At(RelaySide::Server).connected)
    {
        return false;
    }
    switch (m_stream)
    {
    case ClientInput::Opaque:
        return PassOctets(RelaySide::Client, client.in.Size());
    case ClientInput::Chunk:
    {
        const auto count =
            static_cast<std::size_t>(std::min<std::uint64_t>(client.in.Size(), m_chunkLeft));
        m_chunkLeft -= count;
        m_stream = m_chunkLeft > 0 ? ClientInput::Chunk : ClientInput::Commands;
        return PassOctets(RelaySide::Client, count);
    }
    case ClientInput::Content:
    {
        PassOctets(RelaySide::Client, m_content.Scan(client.in.Rest()));
        if (m_content.Complete())
        {
            m_stream = ClientInput::Commands;
            Expect(ReplyKind::Other);
        }
        return true;
    }
    default:
        return ReadLine();
    }
}

bool
TransparentRelay::ReadLine()
{
    End& client = At(RelaySide::Client);
    m_holding = m_holding && !m_awaited.empty();
    if (m_holding || m_awaited.size() >= MAX_AWAITED || client.out.Size() >= m_config.buffer)
    {
        return false;
    }
    client.in.Take(m_lines.Feed(client.in.Rest()));
    if (!m_lines.Complete())
    {
        return false;
    }
    OnLine(m_lines.Get());
    m_lines.Next();
    Watch();
    return true;
}

void
TransparentRelay::Expect(ReplyKind kind, std::string own)
{
    m_holding = m_holding || (kind != ReplyKind::Other && kind != ReplyKind::Nobody);
    m_awaited.push_back({kind, std::move(own)});
}

void
TransparentRelay::OnLine(const smtp::Line& line)
{
    if (line.tooLong)
    {
        Expect(ReplyKind::Other, Reply(m_config.replies.lineTooLong));
        return;
    }
    const std::string_view end = OctetsOf(line.end);
    if (m_stream == ClientInput::AuthResponse)
    {
        m_stream = ClientInput::Commands;
        Expect(ReplyKind::Auth);
        Put(RelaySide::Server, std::string(line.text).append(end), m_config.forwardDelay);
        return;
    }
    LineAction action = m_filter->OnCommand(line.text, smtp::ParseCommand(line.text));
    if (action.did)
    {
        Sign(*action.did, line.text);
    }
    if (!action.reply.empty())
    {
        Expect(ReplyKind::Other, Reply(action.reply));
        return;
    }
    const smtp::Command passed = smtp::ParseCommand(action.forward);
    const auto is = [&passed](std::string_view word)
    { return EqualIgnoringCase(passed.word, word); };
    const std::string_view size = passed.argument.substr(0, passed.argument.find(' '));
    ReplyKind kind = ReplyKind::Other;
    if (is("EHLO"))
    {
        kind = ReplyKind::Hello;
    }
    else if (is("DATA"))
    {
        kind = ReplyKind::Data;
    }
    else if (is("AUTH") || is("X-EXPS"))
    {
        kind = ReplyKind::Auth;
    }
    else if (is("STARTTLS") || is("X-ANONYMOUSTLS"))
    {
        kind = ReplyKind::StartTls;
    }
    else if (is("BDAT"))
    {
        std::uint64_t count = 0;
        std::from_chars(size.data(), size.data() + size.size(), count);
        m_chunkLeft = count;
        m_stream = count > 0 ? ClientInput::Chunk : ClientInput::Commands;
    }
    Expect(kind);
    Put(RelaySide::Server, action.forward.append(end), m_config.forwardDelay);
    if (!action.then.empty())
    {
        Expect(ReplyKind::Nobody);
        Put(RelaySide::Server, action.then.append(end), m_config.forwardDelay);
    }
}

} // namespace bouncelab::middlebox

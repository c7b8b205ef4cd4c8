#include "models/middlebox/command-relay.h"

#include "formats/text.h"

#include <algorithm>

namespace bouncelab::middlebox
{

CommandRelay::CommandRelay(const InterceptionProxyConfig& config,
                           const smtp::ConnectionInfo& connection,
                           ProxyObserver& observer,
                           DrawKey draws)
    : SmtpRelay(config, connection, observer, draws)
    , m_lines(CommandRules(config))
{
}

void
CommandRelay::OnConnected(RelaySide side)
{
    if (side == RelaySide::Server)
    {
        m_awaited = AwaitedReply::Greeting;
        Await(RelaySide::Server, m_config.serverTimeout);
        return;
    }
    Sign(TruthEvent::AnsweredGreeting);
    PutText(m_config.replies.greeting);
    ListenToClient();
    if (m_config.connect == UpstreamTiming::OnAccept)
    {
        m_upstream = Upstream::Opening;
        AskForServer();
    }
}

void
CommandRelay::OnConnectFailed()
{
    Sign(TruthEvent::UpstreamFailed);
    UpstreamGone();
}

void
CommandRelay::ListenToClient()
{
    Await(RelaySide::Client, m_config.clientTimeout);
}

void
CommandRelay::Process()
{
    while (!m_over && (ReadServer() || ReadClient()))
    {
    }
    if (m_over || !At(RelaySide::Client).peerClosed)
    {
        return;
    }
    // A client that is gone hears nothing, but what it said in full is still done.
    // Content that breaks off is not ended by a dot.
    const bool isIdle = m_awaited == AwaitedReply::Nothing && m_held.empty();
    if (isIdle && At(RelaySide::Client).in.Size() == 0)
    {
        Finish();
    }
}

/// The proxy's own words; a 421 among them is its last.
void
CommandRelay::Answer(std::string_view text)
{
    PutText(text);
    ListenToClient();
    if (text.substr(0, 3) == SHUTTING_DOWN)
    {
        Finish();
    }
}

void
CommandRelay::Finish()
{
    m_over = true;
    m_held.clear();
    Close(RelaySide::Client);
    Close(RelaySide::Server);
}

void
CommandRelay::OnClosed(RelaySide side)
{
    if (side == RelaySide::Server)
    {
        if (m_upstream == Upstream::Opening || m_upstream == Upstream::Ready)
        {
            UpstreamGone();
        }
        return;
    }
    if (At(RelaySide::Client).closing && !m_over)
    {
        Finish();
    }
}

void
CommandRelay::OnSilence(RelaySide side)
{
    if (m_over)
    {
        return;
    }
    if (side == RelaySide::Server)
    {
        Sign(TruthEvent::UpstreamSilent);
        Drop(RelaySide::Server);
        UpstreamGone();
        return;
    }
    if (m_awaited == AwaitedReply::Nothing && m_held.empty())
    {
        PutText(m_config.replies.timeout);
        Finish();
        return;
    }
    ListenToClient();
}

bool
CommandRelay::ReadClient()
{
    End& client = At(RelaySide::Client);
    if (client.closing || !MayRead(RelaySide::Client) || !client.connected)
    {
        return false;
    }
    if (m_inContent)
    {
        PassContent();
        return true;
    }
    // One command at a time: the next one waits for the reply to this one.
    if (m_awaited != AwaitedReply::Nothing || !m_held.empty() ||
        client.out.Size() >= m_config.buffer)
    {
        return false;
    }
    client.in.Take(m_lines.Feed(client.in.Rest()));
    if (!m_lines.Complete())
    {
        return false;
    }
    ListenToClient();
    OnLine(m_lines.Get());
    m_lines.Next();
    return true;
}

void
CommandRelay::OnLine(const smtp::Line& line)
{
    const ProxyReplies& replies = m_config.replies;
    if (line.tooLong)
    {
        Answer(replies.lineTooLong);
        return;
    }
    const smtp::Command command = smtp::ParseCommand(line.text);
    const bool isReady = m_upstream == Upstream::Ready;
    switch (command.verb)
    {
    case smtp::Verb::Helo:
    case smtp::Verb::Ehlo:
        OnHello(command, command.verb == smtp::Verb::Ehlo);
        return;
    case smtp::Verb::Mail:
        OnMail(line.text);
        return;
    case smtp::Verb::Rcpt:
    case smtp::Verb::Data:
        if (isReady)
        {
            Forward(command.verb == smtp::Verb::Data ? AwaitedReply::Data : AwaitedReply::Other,
                    line.text);
            return;
        }
        Answer(m_transaction && m_upstream == Upstream::Lost ? replies.upstreamLost
                                                             : replies.needMail);
        return;
    case smtp::Verb::Rset:
    case smtp::Verb::Noop:
        if (command.verb == smtp::Verb::Rset)
        {
            m_transaction = false;
        }
        isReady ? Forward(AwaitedReply::Other, line.text)
                : Answer(command.verb == smtp::Verb::Rset ? replies.rset : replies.noop);
        return;
    case smtp::Verb::Quit:
        if (isReady)
        {
            Forward(AwaitedReply::Quit, line.text);
            return;
        }
        PutText(replies.quit);
        Finish();
        return;
    default:
        break;
    }
    if (EqualIgnoringCase(command.word, "AUTH"))
    {
        Sign(TruthEvent::RefusedAuth, command.word);
        Answer(replies.auth);
    }
    else if (EqualIgnoringCase(command.word, "STARTTLS"))
    {
        Sign(TruthEvent::RefusedStartTls, command.word);
        Answer(replies.startTls);
    }
    else
    {
        Answer(replies.unknownCommand);
    }
}

void
CommandRelay::OnHello(const smtp::Command& command, bool extended)
{
    if (command.argument.empty())
    {
        Answer(m_config.replies.badHello);
        return;
    }
    m_helo = InPrintableAscii(std::string_view(command.argument).substr(0, 255));
    m_extended = extended;
    Sign(TruthEvent::AnsweredHello, m_helo);
    Put(RelaySide::Client,
        extended ? Reply(m_config.replies.ehlo, m_config.keywords) : Reply(m_config.replies.helo),
        m_config.answerDelay);
    if (m_transaction && m_upstream == Upstream::Ready)
    {
        SendUpstream(AwaitedReply::Reset, "RSET");
    }
    m_transaction = false;
}

void
CommandRelay::OnMail(std::string_view line)
{
    if (m_helo.empty())
    {
        Answer(m_config.replies.needHello);
        return;
    }
    switch (m_upstream)
    {
    case Upstream::Ready:
        Forward(AwaitedReply::Mail, line);
        return;
    case Upstream::Refused:
        PassOctets(m_refusal);
        return;
    case Upstream::None:
    case Upstream::Lost:
        m_upstream = Upstream::Opening;
        m_transaction = false;
        AskForServer();
        [[fallthrough]];
    case Upstream::Opening:
        m_held = line;
    }
}

void
CommandRelay::Forward(AwaitedReply awaited, std::string_view line)
{
    const bool hasPath = awaited == AwaitedReply::Mail || StartsWithIgnoringCase(line, "RCPT");
    SendUpstream(awaited, hasPath ? Stripped(line) : std::string(line));
}

/// MAIL or RCPT with those parameters that go on.
std::string
CommandRelay::Stripped(std::string_view line) const
{
    const std::size_t close = line.rfind('>');
    if (m_config.parameters == ParameterPolicy::Pass || close == line.npos)
    {
        return std::string(line);
    }
    std::string out(line.substr(0, close + 1));
    std::string_view rest = Trim(line.substr(close + 1));
    while (m_config.parameters == ParameterPolicy::Supported && !rest.empty())
    {
        const std::string_view parameter = rest.substr(0, rest.find(' '));
        if (Offers(parameter.substr(0, parameter.find('='))))
        {
            out += ' ';
            out += parameter;
        }
        rest = Trim(rest.substr(parameter.size()));
    }
    return out;
}

/// Whether the server offers the extension that a parameter belongs to.
bool
CommandRelay::Offers(std::string_view parameter) const
{
    constexpr std::pair<std::string_view, std::string_view> EXTENSIONS[] = {
        {"SIZE", "SIZE"},
        {"BODY", "8BITMIME"},
        {"RET", "DSN"},
        {"ENVID", "DSN"},
        {"NOTIFY", "DSN"},
        {"ORCPT", "DSN"},
        {"SMTPUTF8", "SMTPUTF8"},
    };
    for (const auto& [name, keyword] : EXTENSIONS)
    {
        if (EqualIgnoringCase(name, parameter))
        {
            return std::find(m_keywords.begin(), m_keywords.end(), keyword) != m_keywords.end();
        }
    }
    return false;
}

void
CommandRelay::StartContent()
{
    m_inContent = true;
    m_discarding = false;
    m_early.clear();
    m_content.Start();
    const std::string field = ReceivedField(Words());
    if (!field.empty())
    {
        Sign(TruthEvent::AddedReceived, field);
        Put(RelaySide::Server, field, m_config.forwardDelay);
    }
}

void
CommandRelay::PassContent()
{
    End& client = At(RelaySide::Client);
    const std::string_view rest = client.in.Rest();
    const std::size_t count = m_content.Scan(rest);
    if (!m_discarding)
    {
        Put(RelaySide::Server, rest.substr(0, count), m_config.forwardDelay);
    }
    client.in.Take(count);
    ListenToClient();
    if (!m_content.Complete())
    {
        return;
    }
    m_inContent = false;
    if (m_discarding)
    {
        m_transaction = false;
        m_early.empty() ? Answer(m_config.replies.upstreamLost) : PassOctets(m_early);
    }
    else if (!m_early.empty())
    {
        m_transaction = false;
        PassOctets(m_early);
    }
    else
    {
        m_awaited = AwaitedReply::EndOfData;
        Await(RelaySide::Server, m_config.serverTimeout);
    }
}

} // namespace bouncelab::middlebox

#include "models/middlebox/command-relay.h"

#include "models/smtp/ascii.h"
#include "models/smtp/reply.h"

#include <algorithm>

namespace bouncelab::middlebox
{

namespace
{

constexpr std::string_view SHUTTING_DOWN = "421"; //!< The one code that may come unasked.

smtp::LineRules
RulesOf(const InterceptionProxyConfig& config)
{
    smtp::LineRules rules;
    rules.maxLength = config.commandLine;
    return rules;
}

/// What a header field or a reply may carry of a name that a client gave.
std::string
Printable(std::string_view text)
{
    std::string out(text.substr(0, 255));
    std::replace_if(
        out.begin(),
        out.end(),
        [](char c) { return c < ' ' || c == 127; },
        '?');
    return out;
}

std::string
UpperCase(std::string_view text)
{
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), smtp::ToUpper);
    return out;
}

} // namespace

CommandRelay::CommandRelay(const InterceptionProxyConfig& config,
                           const smtp::ConnectionInfo& connection,
                           RelayObserver& observer,
                           RandomStream random)
    : SmtpRelay(config, connection, observer, random)
    , m_lines(RulesOf(config))
{
}

void
CommandRelay::OnConnected(RelaySide side)
{
    if (side == RelaySide::Server)
    {
        m_awaited = Awaited::Greeting;
        Await(RelaySide::Server, m_config.serverTimeout);
        return;
    }
    Deed("answered-greeting");
    PutText(m_config.replies.greeting);
    ListenToClient();
    if (m_config.connect == UpstreamMoment::OnAccept)
    {
        m_upstream = Upstream::Opening;
        AskForServer();
    }
}

void
CommandRelay::OnConnectFailed()
{
    Deed("upstream-failed");
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
    const bool isIdle = m_awaited == Awaited::Nothing && m_held.empty();
    if (isIdle && At(RelaySide::Client).in.Size() == 0)
    {
        Finish();
    }
}

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
        Deed("upstream-nonsense");
        m_reply.Next();
        Drop(RelaySide::Server);
        UpstreamGone();
        return true;
    }
    if (!m_reply.Complete())
    {
        return false;
    }
    if (m_awaited == Awaited::Nothing)
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
    Deed("stray-reply", m_reply.Octets());
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
    const Awaited awaited = m_awaited;
    const auto replyClass = smtp::ClassOf(m_reply.Code());
    const bool positive = replyClass == smtp::ReplyClass::Positive;
    m_awaited = Awaited::Nothing;
    AwaitNothing(RelaySide::Server);
    switch (awaited)
    {
    case Awaited::Greeting:
        positive ? SendUpstream(Awaited::Ehlo, "EHLO " + OwnName()) : UpstreamRefused();
        return;
    case Awaited::Ehlo:
        if (replyClass == smtp::ReplyClass::Permanent)
        {
            SendUpstream(Awaited::Helo, "HELO " + OwnName());
            return;
        }
        positive ? UpstreamReady() : UpstreamRefused();
        return;
    case Awaited::Helo:
        m_reply.Octets().clear();
        positive ? UpstreamReady() : UpstreamRefused();
        return;
    case Awaited::Reset:
        ListenToClient();
        return;
    default:
        break;
    }
    m_transaction = awaited == Awaited::Mail ? m_transaction || positive : m_transaction;
    PassReply();
    if (awaited == Awaited::Quit)
    {
        m_over = true;
        Close(RelaySide::Client);
        Close(RelaySide::Server);
    }
    else if (awaited == Awaited::Data && replyClass == smtp::ReplyClass::Intermediate && !m_over)
    {
        StartContent();
    }
    else if (awaited == Awaited::EndOfData)
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
        Deed("upstream-nonsense", m_reply.Octets());
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
            m_keywords.push_back(UpperCase(line.substr(4, line.find_first_of(" =\r", 4) - 4)));
        }
        lines.remove_prefix(end + 1);
    }
    if (!m_held.empty())
    {
        Forward(Awaited::Mail, std::string(std::move(m_held)));
        m_held.clear();
    }
}

void
CommandRelay::UpstreamRefused()
{
    Deed("upstream-refused", m_reply.Octets());
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
    const Awaited awaited = m_awaited;
    m_awaited = Awaited::Nothing;
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
    else if (awaited == Awaited::Quit)
    {
        PutText(m_config.replies.quit);
        Finish();
    }
    else if (wasReady && awaited != Awaited::Nothing && awaited != Awaited::Reset)
    {
        Deed("upstream-lost");
        Answer(m_config.replies.upstreamLost);
    }
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
        Deed("upstream-silent");
        Drop(RelaySide::Server);
        UpstreamGone();
        return;
    }
    if (m_awaited == Awaited::Nothing && m_held.empty())
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
    if (m_awaited != Awaited::Nothing || !m_held.empty() || client.out.Size() >= m_config.buffer)
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
            Forward(command.verb == smtp::Verb::Data ? Awaited::Data : Awaited::Other, line.text);
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
        isReady ? Forward(Awaited::Other, line.text)
                : Answer(command.verb == smtp::Verb::Rset ? replies.rset : replies.noop);
        return;
    case smtp::Verb::Quit:
        if (isReady)
        {
            Forward(Awaited::Quit, line.text);
            return;
        }
        PutText(replies.quit);
        Finish();
        return;
    default:
        break;
    }
    if (smtp::EqualIgnoringCase(command.word, "AUTH"))
    {
        Deed("refused-auth", command.word);
        Answer(replies.auth);
    }
    else if (smtp::EqualIgnoringCase(command.word, "STARTTLS"))
    {
        Deed("refused-starttls", command.word);
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
    m_helo = Printable(command.argument);
    m_extended = extended;
    Deed("answered-hello", m_helo);
    Put(RelaySide::Client,
        extended ? Reply(m_config.replies.ehlo, m_config.keywords) : Reply(m_config.replies.helo),
        m_config.answerDelay);
    if (m_transaction && m_upstream == Upstream::Ready)
    {
        SendUpstream(Awaited::Reset, "RSET");
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
        Forward(Awaited::Mail, line);
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
CommandRelay::Forward(Awaited awaited, std::string_view line)
{
    const bool hasPath = awaited == Awaited::Mail || smtp::StartsWithIgnoringCase(line, "RCPT");
    SendUpstream(awaited, hasPath ? Stripped(line) : std::string(line));
}

void
CommandRelay::SendUpstream(Awaited awaited, std::string_view line)
{
    std::string octets(line);
    octets += "\r\n";
    m_awaited = awaited;
    Put(RelaySide::Server, octets, m_config.forwardDelay);
    Await(RelaySide::Server, m_config.serverTimeout);
}

/// MAIL or RCPT with those parameters that go on.
std::string
CommandRelay::Stripped(std::string_view line) const
{
    const std::size_t close = line.rfind('>');
    if (m_config.parameters == ParameterHabit::Pass || close == line.npos)
    {
        return std::string(line);
    }
    std::string out(line.substr(0, close + 1));
    std::string_view rest = smtp::Trim(line.substr(close + 1));
    while (m_config.parameters == ParameterHabit::Supported && !rest.empty())
    {
        const std::string_view parameter = rest.substr(0, rest.find(' '));
        if (Offers(parameter.substr(0, parameter.find('='))))
        {
            out += ' ';
            out += parameter;
        }
        rest = smtp::Trim(rest.substr(parameter.size()));
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
        if (smtp::EqualIgnoringCase(name, parameter))
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
        Deed("added-received", field);
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
        m_awaited = Awaited::EndOfData;
        Await(RelaySide::Server, m_config.serverTimeout);
    }
}

} // namespace bouncelab::middlebox

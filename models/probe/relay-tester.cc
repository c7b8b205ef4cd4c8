#include "models/probe/relay-tester.h"

#include "formats/endpoint.h"
#include "formats/text.h"
#include "models/probe/probe-message.h"
#include "models/smtp/path.h"
#include "models/smtp/reply.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::probe
{

namespace
{

/// No space, bracket or control character: the text stays one word in a command.
bool
IsWord(std::string_view text)
{
    return !text.empty() &&
           std::all_of(text.begin(),
                       text.end(),
                       [](char c) { return c > 32 && c < 127 && c != '<' && c != '>'; });
}

void
CheckDomain(const char* key, const std::string& text, std::vector<std::string>& faults)
{
    if (!smtp::IsDomain(text))
    {
        faults.push_back(fmt::format("{}: found \"{}\", expected a domain", key, text));
    }
}

void
CheckLocalPart(const char* key, const std::string& text, std::vector<std::string>& faults)
{
    if (!IsWord(text) || !smtp::IsLocalPart(text) || text[0] == '"')
    {
        faults.push_back(
            fmt::format("{}: found \"{}\", expected a local part without quotes", key, text));
    }
}

} // namespace

std::string_view
NameOfRelayVerdict(RelayVerdict verdict)
{
    static constexpr std::string_view NAMES[] = {"not-run",
                                                 "accepted",
                                                 "refused",
                                                 "deferred",
                                                 "sender-refused",
                                                 "authentication-needed",
                                                 "no-answer",
                                                 "unclear"};
    return NAMES[static_cast<std::size_t>(verdict)];
}

std::vector<std::string>
CheckRelayTester(const RelayTesterConfig& config)
{
    std::vector<std::string> faults;
    if (!smtp::IsDomainOrLiteral(config.hello))
    {
        faults.push_back(fmt::format("hello: found \"{}\", expected a domain or an address literal",
                                     config.hello));
    }
    CheckLocalPart("sender", config.sender, faults);
    CheckLocalPart("user", config.user, faults);
    CheckDomain("foreign-domain", config.foreignDomain, faults);
    if (!config.serverName.empty())
    {
        CheckDomain("server-name", config.serverName, faults);
    }
    if (!config.localDomain.empty())
    {
        CheckDomain("local-domain", config.localDomain, faults);
    }
    if (std::any_of(config.subject.begin(),
                    config.subject.end(),
                    [](char c) { return static_cast<unsigned char>(c) < 32; }))
    {
        faults.emplace_back("subject: found a control character, expected a line of text");
    }
    return faults;
}

RelayTester::RelayTester(RelayTesterConfig config,
                         IpAddress target,
                         WallTime unixTime,
                         RelayTestObserver& observer,
                         DrawKey draws)
    : m_config(std::move(config))
    , m_names{m_config.user,
              m_config.sender,
              m_config.foreignDomain,
              m_config.serverName,
              m_config.localDomain,
              m_config.serverAddress.IsSet() ? m_config.serverAddress : target}
    , m_target(target)
    , m_unixTime(unixTime)
    , m_observer(observer)
    , m_draws(draws)
{
    for (const RelayTest* test : TestsOf(m_config.suite))
    {
        RelayTestResult result;
        result.test = test;
        result.number = NumberOf(*test, m_config.suite);
        m_results.push_back(std::move(result));
    }
}

void
RelayTester::Start(Nanoseconds now)
{
    m_next = now;
}

std::optional<Nanoseconds>
RelayTester::NextConnection() const
{
    return m_next;
}

std::unique_ptr<smtp::Session>
RelayTester::Open()
{
    m_next.reset();
    ++m_connections;
    m_phase = Phase::Greeting;
    m_open = m_afterTest = false;
    return std::make_unique<LockstepSession>(static_cast<Script&>(*this));
}

void
RelayTester::ConnectFailed(Nanoseconds now)
{
    m_now = now;
    m_observer.OnTranscript(now, "*** Could not connect");
    LoseConnection(now);
}

ScriptLine
RelayTester::Say(Phase phase, std::string line)
{
    m_phase = phase;
    ++m_said;
    return {std::move(line) + "\r\n",
            Drawn(m_config.think, m_draws("think", m_said)),
            m_config.timeout};
}

ScriptLine
RelayTester::BeginTest()
{
    RelayTestResult& result = Current();
    if (m_names.server.empty())
    {
        m_names.server = AddressLiteral(m_names.address);
    }
    if (m_names.local.empty())
    {
        m_names.local = m_names.server;
    }
    m_commands = Expand(*result.test, m_config.suite, m_names);
    result.sender = m_commands.sender;
    result.recipient = m_commands.recipient;
    result.mailReply.clear();
    result.rcptReply.clear();
    m_observer.OnTranscript(m_now, fmt::format("Relay test {}", result.number));
    const bool withoutReset = IsWrittenLowerCase(*result.test, m_config.suite) && !m_open;
    ScriptLine said = withoutReset ? SayMail() : Say(Phase::Reset, "RSET");
    if (m_afterTest)
    {
        said.pause += Drawn(m_config.betweenTests, m_draws("between-tests", m_said));
    }
    return said;
}

ScriptLine
RelayTester::SayMail()
{
    return Say(Phase::Mail, m_commands.mail);
}

ScriptLine
RelayTester::GoOn()
{
    return Finished() || m_needsAuthentication ? Say(Phase::Quit, "QUIT") : BeginTest();
}

void
RelayTester::Tell(RelayVerdict verdict)
{
    RelayTestResult& result = Current();
    result.verdict = verdict;
    result.connection = m_connections;
    result.decided = m_now;
    m_observer.OnTest(result);
    ++m_at;
    m_tries = 0;
    m_afterTest = true;
}

ScriptLine
RelayTester::Decide(RelayVerdict verdict)
{
    Tell(verdict);
    return GoOn();
}

/// As nmap reads it: what follows the code, if it could be a name.
void
RelayTester::LearnName(std::string_view greeting)
{
    const std::string_view rest = Trim(greeting.substr(std::min<std::size_t>(4, greeting.size())));
    const std::string_view word = rest.substr(0, rest.find_first_of(" \t\n"));
    if (m_names.server.empty() && smtp::IsDomain(word))
    {
        m_names.server = word;
    }
}

std::optional<ScriptLine>
RelayTester::OnReply(const smtp::Reply& reply, Nanoseconds now)
{
    m_now = now;
    if (m_phase == Phase::Greeting && !m_titled)
    {
        m_titled = true;
        LearnName(reply.text);
        m_observer.OnTranscript(now, TitleLine(m_names.server, m_target));
    }
    for (const std::string& line : HeardLines(reply.text))
    {
        m_observer.OnTranscript(now, line);
    }
    const smtp::ReplyClass answer = smtp::ClassOf(reply.code);
    const bool positive = answer == smtp::ReplyClass::Positive;
    if (m_phase == Phase::Mail)
    {
        Current().mailReply = reply.text;
    }
    else if (m_phase == Phase::Rcpt)
    {
        Current().rcptReply = reply.text;
    }
    else if (m_phase == Phase::Data || m_phase == Phase::Content)
    {
        Current().messageReply = reply.text;
    }
    if (m_phase == Phase::Quit || reply.code == smtp::SERVICE_CLOSING)
    {
        return std::nullopt;
    }
    if (reply.code == smtp::AUTHENTICATION_REQUIRED)
    {
        m_needsAuthentication = true;
        if (m_phase >= Phase::Reset && m_phase <= Phase::Rcpt)
        {
            Tell(RelayVerdict::AuthenticationNeeded);
        }
        return Say(Phase::Quit, "QUIT");
    }
    switch (m_phase)
    {
    case Phase::Greeting:
        return positive ? Say(m_config.extendedHello ? Phase::Ehlo : Phase::Helo,
                              (m_config.extendedHello ? "EHLO " : "HELO ") + m_config.hello)
                        : Say(Phase::Quit, "QUIT");
    case Phase::Ehlo:
        if (answer == smtp::ReplyClass::Permanent)
        {
            return Say(Phase::Helo, "HELO " + m_config.hello);
        }
        [[fallthrough]];
    case Phase::Helo:
        LearnName(reply.text);
        return positive ? GoOn() : Say(Phase::Quit, "QUIT");
    case Phase::Reset:
        m_open = m_open && !positive;
        return positive ? SayMail() : Decide(RelayVerdict::Unclear);
    case Phase::Mail:
        m_open = m_open || positive;
        return positive                            ? Say(Phase::Rcpt, m_commands.rcpt)
               : answer == smtp::ReplyClass::Other ? Decide(RelayVerdict::Unclear)
                                                   : Decide(RelayVerdict::SenderRefused);
    case Phase::Rcpt:
        return OnRcptReply(reply);
    case Phase::Data:
        if (answer == smtp::ReplyClass::Intermediate)
        {
            const ProbeMessage mail = ComposeProbeMessage(m_config,
                                                          {*Current().test,
                                                           Current().number,
                                                           m_commands,
                                                           m_unixTime + now,
                                                           m_draws("message-id", m_said).Value()});
            Current().messageId = mail.messageId;
            return Say(Phase::Content, mail.content + ".");
        }
        return Decide(RelayVerdict::Accepted);
    case Phase::Content:
        m_open = false;
        return Decide(RelayVerdict::Accepted);
    case Phase::Quit:
        break;
    }
    return std::nullopt;
}

ScriptLine
RelayTester::OnRcptReply(const smtp::Reply& reply)
{
    switch (smtp::ClassOf(reply.code))
    {
    case smtp::ReplyClass::Positive:
        return m_config.sendMail ? Say(Phase::Data, "DATA") : Decide(RelayVerdict::Accepted);
    case smtp::ReplyClass::Permanent:
        return Decide(RelayVerdict::Refused);
    case smtp::ReplyClass::Transient:
        return Decide(RelayVerdict::Deferred);
    default:
        return Decide(RelayVerdict::Unclear);
    }
}

void
RelayTester::OnSaid(std::string_view octets, Nanoseconds now)
{
    m_observer.OnTranscript(now,
                            m_phase == Phase::Content
                                ? ContentLine(Current().messageId, octets.size())
                                : SaidLine(octets));
}

void
RelayTester::OnEnd(smtp::EndReason reason, Nanoseconds now)
{
    m_now = now;
    m_observer.OnTranscript(now, ConnectionLine(reason, m_config.timeout));
    if (m_needsAuthentication)
    {
        Finish(RelayEnd::AuthenticationNeeded, now);
    }
    else
    {
        LoseConnection(now);
    }
}

/// Goes on with a new connection if there is anything left to do.
void
RelayTester::LoseConnection(Nanoseconds now)
{
    if (m_phase == Phase::Data || m_phase == Phase::Content)
    {
        Tell(RelayVerdict::Accepted);
    }
    else if (InTest() && ++m_tries >= m_config.tries)
    {
        Tell(RelayVerdict::NoAnswer);
    }
    m_fruitless = InTest() ? 0 : m_fruitless + 1;
    m_phase = Phase::Greeting;
    if (Finished())
    {
        Finish(RelayEnd::Done, now);
    }
    else if (m_fruitless >= m_config.fruitlessConnections)
    {
        Finish(RelayEnd::GaveUp, now);
    }
    else
    {
        m_next = now + m_config.reconnectPause;
    }
}

void
RelayTester::Finish(RelayEnd end, Nanoseconds now)
{
    m_over = true;
    m_next.reset();
    RelaySummary summary;
    summary.end = end;
    summary.connections = m_connections;
    m_observer.OnTranscript(now, "Relay test result");
    for (const RelayTestResult& result : m_results)
    {
        summary.tests += result.verdict != RelayVerdict::NotRun ? 1 : 0;
        if (result.verdict == RelayVerdict::Accepted)
        {
            ++summary.accepted;
            m_observer.OnTranscript(now, ResultLine(result.number, result.recipient));
        }
    }
    m_observer.OnTranscript(
        now,
        end == RelayEnd::AuthenticationNeeded ? "Authentication is needed; the tests were given up."
        : end == RelayEnd::GaveUp ? "The server could not be reached; the tests were given up."
                                  : SummaryLine(summary.tests, summary.accepted));
    m_observer.OnDone(now, summary);
}

} // namespace bouncelab::probe

#include "detectors/readers/port-test-reader.h"

#include "detectors/readers/reported-reply.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/typed-command.h"
#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

PortTest::Outcome
OutcomeIn(std::string_view lower)
{
    const auto has = [&](std::string_view words) { return lower.find(words) != lower.npos; };
    return has("refused")                                             ? PortTest::Outcome::Refused
           : has("timed out") || has("timeout") || has("in progress") ? PortTest::Outcome::Silent
           : has("succeeded") || has("open") || has("connected to")   ? PortTest::Outcome::Open
                                                                      : PortTest::Outcome::Failed;
}

} // namespace

bool
PortTestReader::ReadNc(std::uint32_t number, std::string_view text, const std::string& lower)
{
    PortTest test;
    test.line = number;
    test.text = text;
    test.tool = "nc";
    test.outcome = OutcomeIn(lower);
    std::string_view rest = text;
    if (scan::Skip(rest, "nc: connect to ") || scan::Skip(rest, "nc: connectx to "))
    {
        test.host = WithoutDot(scan::Word(rest));
        scan::SkipSpace(rest);
        if (scan::Skip(rest, "("))
        {
            test.address =
                HostAddress::Parse(rest.substr(0, rest.find(')'))).value_or(HostAddress());
        }
        test.port = static_cast<std::uint16_t>(scan::NumberBehind(rest, "port ").value_or(0));
    }
    else if (scan::Skip(rest, "Connection to ") && lower.find(" succeeded!") != lower.npos)
    {
        test.host = WithoutDot(scan::Word(rest));
        scan::SkipSpace(rest);
        if (scan::Skip(rest, "("))
        {
            test.address =
                HostAddress::Parse(rest.substr(0, rest.find(')'))).value_or(HostAddress());
            scan::Word(rest);
        }
        test.port = PortIn(scan::Word(rest));
    }
    else if (StartsWith(lower, "ncat: ") && m_asked.port > 0 &&
             test.outcome != PortTest::Outcome::Failed)
    {
        test.tool = "ncat";
        test.host = m_asked.host;
        test.address = m_asked.address;
        test.port = m_asked.port;
    }
    else if (const std::size_t open = text.find(" ["); open != text.npos)
    {
        // "mx.example [192.0.2.1] 25 (smtp) : Connection timed out"
        const std::size_t close = text.find("] ", open);
        rest = close == text.npos ? std::string_view() : text.substr(close + 2);
        const std::string_view port = scan::Word(rest);
        const auto address = close == text.npos
                                 ? std::nullopt
                                 : HostAddress::Parse(text.substr(open + 2, close - open - 2));
        if (!address || !IsPort(port) || text.find(' ') != open ||
            (rest.find(" : ") == rest.npos && !EndsWith(lower, " open")))
        {
            return false;
        }
        test.host = text.substr(0, open) == "(UNKNOWN)" ? "" : WithoutDot(text.substr(0, open));
        test.address = *address;
        test.port = PortIn(port);
    }
    test.address = test.address.IsKnown() ? test.address
                                          : HostAddress::Parse(test.host).value_or(HostAddress());
    if (test.port == 0)
    {
        return false;
    }
    m_handler(test);
    return true;
}

bool
PortTestReader::ReadNetConnection(std::uint32_t number, std::string_view text)
{
    const std::size_t colon = text.find(" : ");
    const std::string name(Trim(text.substr(0, colon)));
    const std::string_view value =
        colon == text.npos ? std::string_view() : Trim(text.substr(colon + 3));
    if (name == "ComputerName")
    {
        m_asked.host = WithoutDot(value);
        return true;
    }
    if (name == "RemoteAddress")
    {
        m_asked.address = HostAddress::Parse(value).value_or(HostAddress());
        return true;
    }
    if (name == "RemotePort")
    {
        m_asked.port = PortIn(value);
        return true;
    }
    if (name != "TcpTestSucceeded" || m_asked.port == 0)
    {
        return false;
    }
    m_asked.line = number;
    m_asked.text = text;
    m_asked.tool = "Test-NetConnection";
    m_asked.outcome = value == "True" ? PortTest::Outcome::Open : PortTest::Outcome::Failed;
    m_handler(m_asked);
    return true;
}

bool
PortTestReader::ReadNmap(std::uint32_t number, std::string_view text)
{
    // "Nmap scan report for mx.example (192.0.2.1)", "25/tcp  filtered smtp"
    std::string_view rest = text;
    if (scan::Skip(rest, "Nmap scan report for "))
    {
        m_scanned = PortTest();
        m_scanned.tool = "nmap";
        const std::string_view name = scan::Word(rest);
        m_scanned.host = WithoutDot(name);
        m_scanned.address = HostAddress::Parse(Trim(rest, " ()"))
                                .value_or(HostAddress::Parse(name).value_or(HostAddress()));
        return true;
    }
    const auto port = scan::Number(rest);
    if (m_scanned.tool.empty() || !port || *port < 1 || *port > 0xFFFF ||
        !scan::Skip(rest, "/tcp "))
    {
        return false;
    }
    const std::string_view state = scan::Word(rest);
    PortTest test = m_scanned;
    test.line = number;
    test.text = text;
    test.port = static_cast<std::uint16_t>(*port);
    test.outcome = state == "open"     ? PortTest::Outcome::Open
                   : state == "closed" ? PortTest::Outcome::Refused
                                       : PortTest::Outcome::Silent;
    if (state == "open" || state == "closed" || state == "filtered")
    {
        m_handler(test);
    }
    return true;
}

void
PortTestReader::CloseTrace()
{
    if (m_trace && m_hasHops)
    {
        const bool isReached = m_trace->outcome == PortTest::Outcome::Open ||
                               m_trace->outcome == PortTest::Outcome::Refused;
        m_trace->outcome = isReached ? m_trace->outcome : PortTest::Outcome::Silent;
        m_handler(*m_trace);
    }
    m_trace.reset();
    m_hasHops = false;
}

bool
PortTestReader::ReadTrace(std::uint32_t number, std::string_view text, const std::string& lower)
{
    const auto onPort = scan::NumberBehind(lower, " on tcp port ");
    auto arguments = ArgumentsOf(text, "mtr");
    const bool isMtr = !arguments.empty();
    arguments = isMtr ? arguments : ArgumentsOf(text, "traceroute");
    std::uint16_t port = static_cast<std::uint16_t>(onPort.value_or(0));
    bool isTcp = onPort.has_value();
    for (std::size_t i = 0; i < arguments.size(); ++i)
    {
        const bool isPortWord =
            arguments[i] == "-P" || arguments[i] == "-p" || arguments[i] == "--port";
        port = isPortWord && i + 1 < arguments.size() ? PortIn(arguments[i + 1]) : port;
        isTcp = isTcp || arguments[i] == "-T" || arguments[i] == "--tcp" ||
                (StartsWith(arguments[i], "-") && arguments[i].find('T') != arguments[i].npos);
    }
    if (isTcp && port > 0)
    {
        CloseTrace();
        m_trace.emplace();
        m_trace->line = number;
        m_trace->text = text;
        m_trace->tool = isMtr ? "mtr" : "traceroute";
        m_trace->port = port;
        const auto to = scan::After(text, "path to ");
        const std::string_view end = to                  ? *to
                                     : arguments.empty() ? std::string_view()
                                                         : arguments.back();
        m_trace->host = WithoutDot(end.substr(0, end.find(' ')));
        const std::size_t open = to ? to->find('(') : text.npos;
        m_trace->address =
            HostAddress::Parse(open == text.npos ? std::string_view(m_trace->host)
                                                 : to->substr(open + 1, to->find(')') - open - 1))
                .value_or(HostAddress());
        return true;
    }
    if (!m_trace)
    {
        return false;
    }
    if (StartsWith(lower, "traceroute to ") && !m_hasHops)
    {
        const auto open = scan::After(text, "(");
        m_trace->address =
            open ? HostAddress::Parse(open->substr(0, open->find(')'))).value_or(m_trace->address)
                 : m_trace->address;
        return true;
    }
    std::string_view rest = text;
    const auto hop = scan::Number(rest);
    scan::Skip(rest, ".");
    if (!hop || *hop < 1 || *hop > 64)
    {
        // What stands between the command and its hops.
        if (m_hasHops || number > m_trace->line + 4)
        {
            CloseTrace();
        }
        return false;
    }
    m_hasHops = true;
    for (std::string_view word = scan::Word(rest); !word.empty(); word = scan::Word(rest))
    {
        const auto address = HostAddress::Parse(Trim(word, "()[]"));
        if (!m_trace->host.empty() && WithoutDot(word) == m_trace->host)
        {
            m_trace->lastHopNumber = static_cast<int>(*hop);
            m_trace->outcome = PortTest::Outcome::Open;
        }
        if (address && address->IsNumeric())
        {
            m_trace->lastHop = *address;
            m_trace->lastHopNumber = static_cast<int>(*hop);
        }
        m_trace->isProhibited = m_trace->isProhibited || word == "!X" || word == "!A";
    }
    if (m_trace->lastHopNumber == *hop)
    {
        m_trace->heard.push_back(m_trace->lastHopNumber);
    }
    if (lower.find("[open]") != lower.npos ||
        (m_trace->lastHop == m_trace->address && m_trace->address.IsKnown()))
    {
        m_trace->outcome = lower.find("[closed]") != lower.npos ? PortTest::Outcome::Refused
                                                                : PortTest::Outcome::Open;
    }
    return true;
}

/**
 * Two lines of swaks: "*** Error connecting to mx.example:25:" and "*** IO::Socket::INET6: connect:
 * timeout".
 *
 * \param asked what the first of them told
 * \return whether the line is one of them; it is the second where the outcome is one
 */
bool
TakeSwaks(std::string_view text, const std::string& lower, PortTest& asked)
{
    constexpr std::string_view CALL = "error connecting to ";
    const std::size_t at = lower.find(CALL);
    if (!StartsWith(lower, "***"))
    {
        return false;
    }
    if (at != lower.npos)
    {
        const std::string_view end = TrimEnd(text.substr(at + CALL.size()), ":");
        const std::size_t colon = end.rfind(':');
        asked = PortTest();
        asked.tool = "swaks";
        asked.host = WithoutDot(end.substr(0, colon));
        asked.address = HostAddress::Parse(asked.host).value_or(HostAddress());
        asked.port = colon == end.npos ? 0 : PortIn(end.substr(colon + 1));
        return true;
    }
    const bool isEnd = asked.tool == "swaks" && lower.find("connect: ") != lower.npos;
    asked.outcome = lower.find("refused") != lower.npos ? PortTest::Outcome::Refused
                    : EndsWith(lower, "timeout") || lower.find("timed out") != lower.npos
                        ? PortTest::Outcome::Silent
                        : PortTest::Outcome::Failed;
    return isEnd && asked.outcome != PortTest::Outcome::Failed;
}

bool
PortTestReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    const std::string lower = InLowerCase(text);
    if (TakeSwaks(text, lower, m_asked))
    {
        if (m_asked.outcome != PortTest::Outcome::Failed && m_asked.port > 0)
        {
            PortTest test = std::exchange(m_asked, PortTest());
            test.line = number;
            test.text = text;
            m_handler(test);
        }
        return true;
    }
    for (const std::string_view command : {"nc", "ncat", "netcat"})
    {
        const auto arguments = ArgumentsOf(text, command);
        if (arguments.size() >= 2 && IsPort(arguments.back()))
        {
            m_asked = PortTest();
            m_asked.host = WithoutDot(arguments[arguments.size() - 2]);
            m_asked.address = HostAddress::Parse(m_asked.host).value_or(HostAddress());
            m_asked.port = PortIn(arguments.back());
            return true;
        }
    }
    const auto tested = ArgumentsOf(text, "Test-NetConnection");
    for (std::size_t i = 0; i + 1 < tested.size(); ++i)
    {
        if (InLowerCase(tested[i]) == "-port")
        {
            m_asked = PortTest();
            m_asked.host = WithoutDot(tested[i == 0 ? tested.size() - 1 : 0]);
            m_asked.port = PortIn(tested[i + 1]);
            return true;
        }
    }
    return ReadNc(number, text, lower) || ReadNetConnection(number, text) ||
           ReadNmap(number, text) || ReadTrace(number, text, lower);
}

void
PortTestReader::End()
{
    CloseTrace();
    m_asked = m_scanned = PortTest();
}

} // namespace bouncelab::detectors

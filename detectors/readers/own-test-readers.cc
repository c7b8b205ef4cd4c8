#include "detectors/readers/own-test-readers.h"

#include "detectors/readers/reported-reply.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/xml-element.h"
#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

constexpr std::uint32_t IP_AND_ICMP = 28; //!< Octets of an IPv4 and an ICMP header.

/// The words of a command behind its name, be there a prompt in front or not; empty where the line
/// is no call of it.
std::vector<std::string_view>
ArgumentsOf(std::string_view text, std::string_view command)
{
    std::vector<std::string_view> words;
    for (std::string_view word = scan::Word(text); !word.empty(); word = scan::Word(text))
    {
        words.push_back(word);
    }
    constexpr std::size_t LONGEST_PROMPT = 4;
    const auto end =
        words.begin() + static_cast<std::ptrdiff_t>(std::min(words.size(), LONGEST_PROMPT));
    const auto found =
        std::find_if(words.begin(),
                     end,
                     [&](std::string_view word)
                     {
                         const std::size_t prompt = word.find_last_of(">$#");
                         return word.substr(prompt == word.npos ? 0 : prompt + 1) == command;
                     });
    const bool isPrompted =
        found == words.begin() ||
        (found != end && std::any_of(words.begin(),
                                     found,
                                     [](std::string_view word)
                                     { return word.find_first_of("$#>%") != word.npos; }));
    return found == end || !isPrompted ? std::vector<std::string_view>()
                                       : std::vector<std::string_view>(found + 1, words.end());
}

std::uint16_t
PortIn(std::string_view word)
{
    const auto port = scan::Number(word);
    return port && *port > 0 && *port < 65536 ? static_cast<std::uint16_t>(*port)
                                              : std::uint16_t{0};
}

bool
IsPort(std::string_view word)
{
    return !word.empty() && word.find_first_not_of("0123456789") == word.npos && PortIn(word) > 0;
}

PortTest::Outcome
OutcomeIn(std::string_view lower)
{
    const auto has = [&](std::string_view words) { return lower.find(words) != lower.npos; };
    return has("refused")                                             ? PortTest::Outcome::Refused
           : has("timed out") || has("timeout") || has("in progress") ? PortTest::Outcome::Silent
           : has("succeeded") || has("open") || has("connected to")   ? PortTest::Outcome::Open
                                                                      : PortTest::Outcome::Failed;
}

std::string
WithoutDot(std::string_view name)
{
    return InLowerCase(TrimEnd(name, "."));
}

bool
IsType(std::string_view word)
{
    static constexpr std::array<std::string_view, 9>
        TYPES{"A", "AAAA", "MX", "TXT", "NS", "PTR", "CNAME", "SOA", "ANY"};
    const std::string upper = InUpperCase(word);
    return std::find(TYPES.begin(), TYPES.end(), upper) != TYPES.end();
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
    }
    if (lower.find("[open]") != lower.npos ||
        (m_trace->lastHop == m_trace->address && m_trace->address.IsKnown()))
    {
        m_trace->outcome = lower.find("[closed]") != lower.npos ? PortTest::Outcome::Refused
                                                                : PortTest::Outcome::Open;
    }
    return true;
}

bool
PortTestReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    const std::string lower = InLowerCase(text);
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
           ReadTrace(number, text, lower);
}

void
PortTestReader::End()
{
    CloseTrace();
    m_asked = PortTest();
}

void
NameLookupReader::Begin(std::uint32_t number,
                        std::string_view text,
                        std::string name,
                        std::string type)
{
    End();
    m_open.emplace();
    m_open->line = number;
    m_open->text = text;
    m_open->name = std::move(name);
    m_open->type = std::move(type);
}

void
NameLookupReader::Add(std::uint32_t number, std::string_view text, std::string answer)
{
    constexpr std::size_t MOST_ANSWERS = 100;
    if (m_open->answers.empty())
    {
        m_open->line = number;
        m_open->text = text;
    }
    if (m_open->answers.size() < MOST_ANSWERS)
    {
        m_open->answers.push_back(std::move(answer));
    }
}

bool
NameLookupReader::ReadCommand(std::uint32_t number, std::string_view text)
{
    for (const std::string_view tool : {"dig", "host", "nslookup"})
    {
        const auto arguments = ArgumentsOf(text, tool);
        constexpr std::size_t MOST_WORDS = 12;
        const bool isCommand =
            arguments.size() <= MOST_WORDS &&
            std::all_of(arguments.begin(),
                        arguments.end(),
                        [](std::string_view word)
                        {
                            return std::all_of(word.begin(),
                                               word.end(),
                                               [](char c)
                                               {
                                                   return IsAlnum(c) || c == '.' || c == '-' ||
                                                          c == '_' || c == '+' || c == '@' ||
                                                          c == '=' || c == '#';
                                               });
                        });
        if (!isCommand)
        {
            continue; // prose
        }
        std::string name;
        std::string type = "A";
        bool isShort = false;
        bool isTyped = false;
        for (std::string_view word : arguments)
        {
            isShort = isShort || word == "+short";
            scan::Skip(word, "-type=");
            scan::Skip(word, "-q=");
            scan::Skip(word, "-querytype=");
            if (IsType(word) && !isTyped)
            {
                type = InUpperCase(word);
                isTyped = true;
            }
            else if (name.empty() && word.find('.') != word.npos && word[0] != '@' &&
                     word[0] != '+' && word[0] != '-')
            {
                name = WithoutDot(word);
            }
        }
        if (!name.empty())
        {
            Begin(number, text, name, type);
            m_isShort = isShort && tool == "dig";
            return true;
        }
    }
    return false;
}

bool
NameLookupReader::ReadDig(std::uint32_t number, std::string_view text)
{
    if (const auto header = scan::After(text, "<<>> DiG "))
    {
        const auto behind = scan::After(*header, "<<>> ");
        const bool isKnown = m_open && m_open->answers.empty() && m_open->status.empty();
        return !behind || isKnown || ReadCommand(number, "dig " + std::string(*behind)) || true;
    }
    if (text.find("connection timed out") != text.npos ||
        (StartsWith(text, ";; communications error") && text.find("timed out") != text.npos))
    {
        if (m_open && StartsWith(text, ";;"))
        {
            m_open->status = "TIMEOUT";
        }
        return StartsWith(text, ";;");
    }
    if (const auto status = scan::After(text, "opcode: QUERY, status: "))
    {
        if (!m_open)
        {
            Begin(number, text, "", "A");
        }
        m_open->status = status->substr(0, status->find(','));
        m_inAnswer = false;
        return true;
    }
    if (StartsWith(text, ";; ") || StartsWith(text, "; "))
    {
        m_inAnswer = StartsWith(text, ";; ANSWER");
        return m_open.has_value() || StartsWith(text, ";; QUESTION") ||
               StartsWith(text, ";; Got answer");
    }
    // ";10.113.0.203.zen.spamhaus.org.  IN  A", "mail.example. 60 IN A 192.0.2.1"
    std::string_view rest = text;
    const bool isQuestion = scan::Skip(rest, ";");
    const std::string_view name = scan::Word(rest);
    std::string_view word = scan::Word(rest);
    word = IsPort(word) || word == "0" ? scan::Word(rest) : word;
    const std::string_view type = scan::Word(rest);
    if (word != "IN" || name.empty() || name.back() != '.' || !IsType(type))
    {
        return false;
    }
    if (isQuestion)
    {
        if (!m_open || (m_open->name != WithoutDot(name) && !m_open->name.empty()))
        {
            Begin(number, text, WithoutDot(name), InUpperCase(type));
        }
        m_open->name = WithoutDot(name);
        m_open->type = InUpperCase(type);
        return true;
    }
    if (!m_open)
    {
        Begin(number, text, WithoutDot(name), InUpperCase(type));
        m_inAnswer = true;
    }
    if (m_inAnswer && InUpperCase(type) == m_open->type)
    {
        Add(number, text, std::string(TrimEnd(Trim(rest, LINE_BLANKS), ".")));
    }
    return true;
}

bool
NameLookupReader::ReadHostOrNslookup(std::uint32_t number, std::string_view text)
{
    const auto failed = [&](std::string_view name, std::string_view why)
    {
        if (!m_open || m_open->name != WithoutDot(name))
        {
            Begin(number, text, WithoutDot(name), m_open ? m_open->type : "A");
        }
        const std::string lower = InLowerCase(why);
        m_open->status = lower.find("servfail") != lower.npos || lower.find("failed") != lower.npos
                             ? "SERVFAIL"
                         : lower.find("refused") != lower.npos ? "REFUSED"
                                                               : "NXDOMAIN";
        return true;
    };
    // "** server can't find x: NXDOMAIN", "*** dns.example can't find x: Non-existent domain",
    // "Host x not found: 3(NXDOMAIN)"
    if (const auto missing = scan::After(text, " can't find ");
        missing && StartsWith(text, "**") && missing->find(": ") != missing->npos)
    {
        return failed(missing->substr(0, missing->find(": ")),
                      missing->substr(missing->find(": ")));
    }
    std::string_view rest = text;
    if (scan::Skip(rest, "Host ") && rest.find(" not found: ") != rest.npos)
    {
        return failed(rest.substr(0, rest.find(' ')), rest.substr(rest.find(": ")));
    }
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> ANSWERS{
        {{" has address ", "A"},
         {" mail is handled by ", "MX"},
         {" descriptive text ", "TXT"},
         {" mail exchanger = ", "MX"},
         {" text = ", "TXT"}}};
    for (const auto& [words, type] : ANSWERS)
    {
        const std::size_t at = text.find(words);
        const std::string name = WithoutDot(text.substr(0, text.find_first_of(" \t")));
        if (at == text.npos || name.find('.') == name.npos)
        {
            continue;
        }
        if (!m_open || m_open->name != name || m_open->type != type)
        {
            Begin(number, text, name, std::string(type));
        }
        Add(number, text, std::string(TrimEnd(Trim(text.substr(at + words.size())), ".")));
        return true;
    }
    if (m_open && (scan::Skip(rest = text, "Name:")))
    {
        m_inAnswer = true;
        return WithoutDot(Trim(rest, LINE_BLANKS)) == m_open->name || !m_open->name.empty();
    }
    if (m_open && m_inAnswer &&
        (scan::Skip(rest = text, "Address:") || scan::Skip(rest = text, "Addresses:")))
    {
        Add(number, text, std::string(Trim(rest, LINE_BLANKS)));
        return true;
    }
    return m_open && (StartsWith(text, "Server:") || StartsWith(text, "Address:") ||
                      StartsWith(text, "Non-authoritative answer"));
}

bool
NameLookupReader::ReadShort(std::uint32_t number, std::string_view text)
{
    if (!m_open || !m_isShort || text.empty())
    {
        return false;
    }
    const std::size_t blank = text.find(' ');
    const std::string_view last = text.substr(blank == text.npos ? 0 : blank + 1);
    const bool isAnswer = text[0] == '"' || HostAddress::Parse(text) ||
                          (blank == text.npos && EndsWith(text, ".")) ||
                          (IsPort(text.substr(0, blank)) && EndsWith(last, ".")) || (text == "0 .");
    if (isAnswer)
    {
        Add(number, text, std::string(text == "0 ." ? text : TrimEnd(text, ".")));
    }
    return isAnswer;
}

bool
NameLookupReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    return ReadCommand(number, text) || ReadDig(number, text) || ReadHostOrNslookup(number, text) ||
           ReadShort(number, text);
}

void
NameLookupReader::End()
{
    if (m_open && !m_open->name.empty() &&
        (m_isShort || !m_open->status.empty() || !m_open->answers.empty()))
    {
        m_handler(*m_open);
    }
    m_open.reset();
    m_isShort = m_inAnswer = false;
}

bool
SizedPingReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    const std::string lower = InLowerCase(text);
    const auto arguments = ArgumentsOf(text, "ping");
    if (!arguments.empty())
    {
        End();
        m_isUnbroken = lower.find("-m do") != lower.npos || lower.find(" -f ") != lower.npos ||
                       lower.find(" -d ") != lower.npos;
        return true;
    }
    std::string_view rest = text;
    // "PING mx.example (192.0.2.1) 1472(1500) bytes of data.", "Pinging 192.0.2.1 with 1472 bytes
    // of data:"
    if (scan::Skip(rest, "PING ") || scan::Skip(rest, "Pinging "))
    {
        End();
        const std::size_t open = rest.find_first_of("([");
        const std::string_view inside =
            open == rest.npos ? rest.substr(0, rest.find(' '))
                              : rest.substr(open + 1, rest.find_first_of(")]", open) - open - 1);
        const auto address = HostAddress::Parse(inside);
        const auto data = scan::NumberBehind(rest, open == rest.npos ? " " : ") ");
        const auto with = scan::NumberBehind(rest, " with ");
        if (address && (data || with))
        {
            m_open.emplace();
            m_open->line = number;
            m_open->text = text;
            m_open->address = *address;
            m_open->octets =
                static_cast<std::uint32_t>(with ? *with : data.value_or(0)) + IP_AND_ICMP;
        }
        return address.has_value();
    }
    if (!m_open)
    {
        return false;
    }
    if (lower.find("frag needed") != lower.npos || lower.find("message too long") != lower.npos ||
        lower.find("needs to be fragmented") != lower.npos)
    {
        m_open->isTold = true;
        return true;
    }
    const auto windows = scan::NumberBehind(text, "Sent = ");
    const auto sent = windows ? windows : scan::Number(rest = text);
    const bool isSummary = lower.find("packets transmitted") != lower.npos || windows;
    if (isSummary && sent)
    {
        const auto received = windows ? scan::NumberBehind(text, "Received = ")
                                      : scan::NumberBehind(text, "transmitted, ");
        m_open->sent = static_cast<std::uint32_t>(*sent);
        m_open->received = static_cast<std::uint32_t>(received.value_or(0));
        if (m_isUnbroken)
        {
            m_handler(*m_open);
        }
        m_open.reset();
        return true;
    }
    const bool isReply =
        lower.find("bytes from ") != lower.npos || StartsWith(lower, "reply from ");
    m_open->received += isReply ? 1 : 0;
    return isReply || StartsWith(lower, "request timed out") || StartsWith(lower, "--- ");
}

void
SizedPingReader::End()
{
    // Of a summary that is not there, replies alone are known.
    if (m_open && m_isUnbroken && (m_open->received > 0 || m_open->isTold))
    {
        m_open->sent = m_open->received;
        m_handler(*m_open);
    }
    m_open.reset();
}

bool
TlsTestReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    const std::string lower = InLowerCase(text);
    if (lower.find("openssl s_client") != lower.npos)
    {
        End();
        const auto to = scan::After(text, "-connect ");
        m_target = to ? to->substr(0, to->find(' ')) : std::string_view();
        return true;
    }
    if (StartsWith(text, "CONNECTED("))
    {
        End();
        m_open.emplace();
        m_open->line = number;
        m_open->text = text;
        m_open->target = m_target;
        return true;
    }
    if (!m_open)
    {
        return false;
    }
    const auto error = scan::NumberBehind(lower, ":errno=");
    if (error && !m_open->isAgreed && *error > 0)
    {
        m_open->error = static_cast<int>(*error);
        m_open->line = number;
        m_open->text = text;
        return true;
    }
    if (const auto verified = scan::NumberBehind(text, "Verify return code: "))
    {
        m_open->verified = static_cast<int>(*verified);
        const auto why = scan::After(text, "(");
        m_open->why = why ? why->substr(0, why->find(')')) : std::string_view();
        if (m_open->verified > 0)
        {
            m_open->line = number;
            m_open->text = text;
        }
        return true;
    }
    if (const auto cipher = scan::After(text, "Cipher is "))
    {
        m_open->isAgreed = !StartsWith(*cipher, "(NONE)");
        return true;
    }
    static constexpr std::array<std::string_view, 8> KNOWN{"depth=",
                                                           "verify return:",
                                                           "Certificate chain",
                                                           "SSL handshake has read",
                                                           "Verification",
                                                           "no peer certificate",
                                                           "No client certificate CA",
                                                           "---"};
    return std::any_of(KNOWN.begin(),
                       KNOWN.end(),
                       [&](std::string_view known) { return StartsWith(text, known); });
}

void
TlsTestReader::End()
{
    if (m_open && (m_open->isAgreed || m_open->error > 0 || m_open->verified >= 0))
    {
        m_handler(*m_open);
    }
    m_open.reset();
    m_target.clear();
}

bool
SenderChecksReader::Line(std::uint32_t number, std::string_view text)
{
    constexpr std::size_t LONGEST = 4000;
    const std::string lower = InLowerCase(text.substr(0, 30));
    if (StartsWith(lower, "authentication-results:"))
    {
        End();
        m_open.emplace();
        m_open->line = number;
        m_open->text = Trim(text, LINE_BLANKS);
        m_open->words = Trim(text.substr(23), LINE_BLANKS);
        return true;
    }
    if (!m_open)
    {
        return false;
    }
    const std::string_view trimmed = Trim(text, LINE_BLANKS);
    const bool isFolded = !text.empty() && (text[0] == ' ' || text[0] == '\t');
    // Where somebody lost the blanks, a field's parts still begin as they do.
    const bool isPart = StartsWith(trimmed, "spf=") || StartsWith(trimmed, "dkim=") ||
                        StartsWith(trimmed, "dmarc=") || StartsWith(trimmed, "arc=");
    if ((!isFolded && !isPart) || trimmed.empty() || m_open->words.size() > LONGEST)
    {
        End();
        return false;
    }
    m_open->words += ' ';
    m_open->words += trimmed;
    return true;
}

void
SenderChecksReader::End()
{
    if (m_open)
    {
        const std::string lower = InLowerCase(m_open->words);
        const auto result = [&](std::string_view label)
        {
            const auto value = scan::After(lower, label);
            return value ? std::string(value->substr(0, value->find_first_of(" ;(\t")))
                         : std::string();
        };
        m_open->receiver = lower.substr(0, lower.find_first_of("; "));
        m_open->spf = result("spf=");
        m_open->dkim = result("dkim=");
        m_open->dmarc = result("dmarc=");
        m_handler(*m_open);
    }
    m_open.reset();
}

bool
AggregateReportReader::Line(std::uint32_t number, std::string_view text)
{
    constexpr std::size_t LARGEST = 8 << 20;
    constexpr std::string_view END_OF_REPORT = "</feedback>";
    if (m_xml.empty())
    {
        const std::size_t at = std::min(text.find("<feedback>"), text.find("<feedback "));
        if (at == text.npos)
        {
            return false;
        }
        text.remove_prefix(at);
        m_line = number;
    }
    m_xml += text;
    m_xml += '\n';
    if (m_xml.find(END_OF_REPORT, m_xml.size() - std::min(m_xml.size(), text.size() + 1)) !=
            m_xml.npos ||
        m_xml.size() > LARGEST)
    {
        Finish();
    }
    return true;
}

void
AggregateReportReader::Finish()
{
    const auto value = [](std::string_view xml, std::string_view name)
    {
        const auto element = FindElement(xml, name);
        return element ? Unescaped(Trim(element->inside, LINE_BLANKS)) : std::string();
    };
    const std::string receiver = value(m_xml, "org_name");
    for (auto record = FindElement(m_xml, "record"); record;
         record = FindElement(m_xml, "record", record->end))
    {
        const std::string_view inside = record->inside;
        SenderChecks checks;
        checks.line = m_line + static_cast<std::uint32_t>(std::count(
                                   m_xml.begin(),
                                   m_xml.begin() + static_cast<std::ptrdiff_t>(record->at),
                                   '\n'));
        checks.text = OneLine(inside.substr(0, 200));
        checks.receiver = receiver;
        const auto policy = FindElement(inside, "policy_evaluated");
        const auto results = FindElement(inside, "auth_results");
        const std::string_view raw = results ? results->inside : std::string_view();
        const std::string_view judged = policy ? policy->inside : std::string_view();
        const auto spf = FindElement(raw, "spf");
        const auto dkim = FindElement(raw, "dkim");
        const std::string from = value(inside, "header_from");
        checks.spf = spf ? value(spf->inside, "result") : value(judged, "spf");
        checks.dkim = dkim ? value(dkim->inside, "result") : value(judged, "dkim");
        const bool isPassed = value(judged, "spf") == "pass" || value(judged, "dkim") == "pass";
        checks.dmarc = isPassed ? "pass" : "fail";
        checks.isOwnSignature = dkim && value(dkim->inside, "domain") == from &&
                                value(dkim->inside, "result") != "pass";
        checks.source = HostAddress::Parse(value(inside, "source_ip")).value_or(HostAddress());
        const std::string count = value(inside, "count");
        std::string_view digits = count;
        checks.messages = static_cast<std::uint64_t>(scan::Number(digits).value_or(1));
        checks.words = from;
        m_handler(checks);
    }
    m_xml.clear();
}

void
AggregateReportReader::End()
{
    if (!m_xml.empty())
    {
        Finish(); // Cut off, and told as far as it goes.
    }
}

} // namespace bouncelab::detectors

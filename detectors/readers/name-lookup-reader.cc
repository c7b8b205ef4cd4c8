#include "detectors/readers/name-lookup-reader.h"

#include "detectors/readers/scan.h"
#include "detectors/readers/typed-command.h"
#include "formats/address.h"
#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

bool
IsType(std::string_view word)
{
    static constexpr std::array<std::string_view, 9>
        TYPES{"A", "AAAA", "MX", "TXT", "NS", "PTR", "CNAME", "SOA", "ANY"};
    const std::string upper = InUpperCase(word);
    return std::find(TYPES.begin(), TYPES.end(), upper) != TYPES.end();
}

std::string
TypeOf(std::string_view name)
{
    return EndsWith(WithoutDot(name), ".arpa") ? "PTR" : "A";
}

} // namespace

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
            Begin(number, text, WithoutDot(name), m_open ? m_open->type : TypeOf(name));
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
    if (m_open && StartsWith(text, "*** Request to ") && EndsWith(text, "timed-out"))
    {
        m_open->status = "TIMEOUT";
        return true;
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
NameLookupReader::ReadPrompt(std::uint32_t number, std::string_view text)
{
    std::string_view rest = text;
    scan::Skip(rest, "> ");
    const std::string lower = InLowerCase(Trim(rest.substr(0, scan::LONGEST_FIELD)));
    std::string_view setting = lower;
    if (scan::Skip(setting, "set "))
    {
        for (const std::string_view name : {"type=", "q=", "querytype="})
        {
            if (scan::Skip(setting, name) && IsType(setting))
            {
                m_type = InUpperCase(setting);
                return true;
            }
        }
        return false;
    }
    // A name alone is a question only where a type was set.
    if (m_type.empty() || lower.find('.') == lower.npos ||
        lower.find_first_of(" @:/<>()") != lower.npos)
    {
        return false;
    }
    Begin(number, text, WithoutDot(lower), m_type);
    return true;
}

bool
NameLookupReader::ReadResolve(std::uint32_t number, std::string_view text)
{
    constexpr std::string_view COMMAND = "Resolve-DnsName";
    std::string_view rest = text;
    if (scan::Skip(rest, "Resolve-DnsName : "))
    {
        // "Resolve-DnsName : goal.example : DNS name does not exist"
        const std::size_t colon = rest.find(" : ");
        const std::string lower = InLowerCase(rest.substr(std::min(colon, rest.size())));
        const std::string name = WithoutDot(Trim(rest.substr(0, colon)));
        if (colon == rest.npos || name.find('.') == name.npos)
        {
            return false;
        }
        if (!m_open || m_open->name != name)
        {
            Begin(number, text, name, "A");
        }
        m_open->status = lower.find("timeout") != lower.npos          ? "TIMEOUT"
                         : lower.find("does not exist") != lower.npos ? "NXDOMAIN"
                         : lower.find("refused") != lower.npos        ? "REFUSED"
                                                                      : "SERVFAIL";
        return true;
    }
    const auto arguments = ArgumentsOf(text, COMMAND);
    std::string name;
    std::string type = "A";
    for (std::size_t i = 0; i < arguments.size(); ++i)
    {
        const bool isLast = i + 1 == arguments.size();
        const std::string option = InLowerCase(arguments[i]);
        if (option == "-type" && !isLast && IsType(arguments[i + 1]))
        {
            type = InUpperCase(arguments[++i]);
        }
        else if (name.empty() && option[0] != '-' && option.find('.') != option.npos)
        {
            name = WithoutDot(option);
        }
    }
    if (!name.empty())
    {
        Begin(number, text, name, type);
        m_inAnswer = true;
        return true;
    }
    // "goal.example  MX  3600  Answer  mx1.goal.example  10"
    if (!m_open || !m_inAnswer)
    {
        return false;
    }
    const std::string asked = WithoutDot(scan::Word(rest));
    const std::string_view answered = scan::Word(rest);
    const bool isTimed = IsPort(scan::Word(rest));
    const bool isAnswer = scan::Word(rest) == "Answer";
    const std::string_view value = scan::Word(rest);
    if (asked != m_open->name || !isTimed || !isAnswer || value.empty() || answered != m_open->type)
    {
        return false;
    }
    const std::string_view preference = scan::Word(rest);
    Add(number,
        text,
        m_open->type == "MX" ? std::string(preference) + " " + WithoutDot(value)
                             : std::string(value));
    return true;
}

bool
NameLookupReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    return ReadResolve(number, text) || ReadPrompt(number, text) || ReadCommand(number, text) ||
           ReadDig(number, text) || ReadHostOrNslookup(number, text) || ReadShort(number, text);
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

} // namespace bouncelab::detectors

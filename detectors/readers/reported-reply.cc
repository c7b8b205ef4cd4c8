#include "detectors/readers/reported-reply.h"

#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t LONGEST_REPLY = 2000;

/// What may stand before a reply that has no enhanced code.
constexpr std::array<std::string_view, 22> LEADS{
    "said:",    "said ",    "reject=",    "reject:", "response",   "responded",
    "replied",  "stat=",    "smtp;",      "error:",  "status:",    "refused:",
    "answered", "returned", "smtp error", "server:", "last error", "lasterror",
    "message:", "data:",    "reply:",     "said '"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 27> STAGES{
    {{"in reply to rcpt to", "RCPT"},
     {"in reply to mail from", "MAIL"},
     {"in reply to end of data", "content"},
     {"in reply to data", "DATA"},
     {"in reply to ehlo", "EHLO"},
     {"in reply to helo", "EHLO"},
     {"in reply to starttls", "STARTTLS"},
     {"after end of data", "content"},
     {"after pipelined end of data", "content"},
     {"after i sent the message", "content"},
     {"after rcpt to", "RCPT"},
     {"after pipelined rcpt to", "RCPT"},
     {"after mail from", "MAIL"},
     {"after pipelined mail from", "MAIL"},
     {"after initial connection", "greeting"},
     {"after ehlo", "EHLO"},
     {"after helo", "EHLO"},
     {"after starttls", "STARTTLS"},
     {"does not like recipient", "RCPT"},
     {"does not like sender", "MAIL"},
     {"connected to remote host, but greeting failed", "greeting"},
     {"with starttls", "STARTTLS"},
     {"command: 'starttls'", "STARTTLS"},
     {"command: 'rcpt to'", "RCPT"},
     {"command: 'data'", "content"},
     {"command: 'conn'", "connect"},
     {"command: 'auth", "AUTH"}}};

/// "5.7.1" off the front, in brackets or behind "#" or not.
std::string
TakeEnhanced(std::string_view& text)
{
    std::string_view rest = text;
    const bool bracket = scan::Skip(rest, "(") || scan::Skip(rest, "[");
    scan::Skip(rest, "#");
    std::size_t end = 0;
    while (end < rest.size() && (IsDigit(rest[end]) || rest[end] == '.'))
    {
        ++end;
    }
    std::string_view code = rest.substr(0, end);
    while (!code.empty() && code.back() == '.')
    {
        code.remove_suffix(1);
    }
    if (code.size() < 5 || code.size() > 9 ||
        (code[0] != '2' && code[0] != '4' && code[0] != '5') || code[1] != '.' ||
        std::count(code.begin(), code.end(), '.') != 2)
    {
        return {};
    }
    rest.remove_prefix(code.size());
    if (bracket && !scan::Skip(rest, ")"))
    {
        scan::Skip(rest, "]");
    }
    text = rest;
    return std::string(code);
}

bool
HasLead(std::string_view before)
{
    constexpr std::size_t NEAR = 48;
    const std::string near =
        InLowerCase(before.substr(before.size() - std::min(before.size(), NEAR)));
    return Trim(near, " \t'\"(<").empty() ||
           std::any_of(LEADS.begin(),
                       LEADS.end(),
                       [&](std::string_view lead) { return near.find(lead) != near.npos; });
}

/// The words behind a code, with the same code at the front of continued lines left out, and an end
/// where the reporter's own words go on.
std::string
WordsOf(std::string_view text, std::string_view code, const std::string& enhanced, std::size_t& end)
{
    for (const std::string_view stop :
         {" (in reply to ", "\n\n", "', ", "' }", "\" Attempted", "'}", "\")"})
    {
        text = text.substr(0, text.find(stop));
    }
    text = text.substr(0, LONGEST_REPLY);
    end = text.size();
    std::string words;
    while (!text.empty())
    {
        const std::size_t next = std::min(text.find(code), text.size());
        const char behind = next + 3 < text.size() ? text[next + 3] : '\0';
        const bool isCode = next < text.size() && (behind == '-' || behind == ' ') &&
                            (next == 0 || text[next - 1] == ' ' || text[next - 1] == '\n');
        words += text.substr(0, isCode || next == text.size() ? next : next + 3);
        text.remove_prefix(std::min(next + 3, text.size()));
        if (isCode)
        {
            text.remove_prefix(1);
            scan::SkipSpace(text);
            if (!enhanced.empty())
            {
                scan::Skip(text, enhanced);
            }
        }
    }
    std::replace(words.begin(), words.end(), '\n', ' ');
    std::string single;
    for (const char c : words)
    {
        if (c != ' ' || (!single.empty() && single.back() != ' '))
        {
            single += c;
        }
    }
    while (EndsWith(single, ")") && single.find('(') == single.npos)
    {
        single.pop_back();
    }
    return std::string(Trim(single, " \t\r'\""));
}

} // namespace

std::optional<FoundReply>
FindReply(std::string_view text)
{
    for (std::size_t at = 0; at + 4 <= text.size(); ++at)
    {
        if ((text[at] != '4' && text[at] != '5') || text[at + 1] > '5' || !IsDigit(text[at + 1]) ||
            !IsDigit(text[at + 2]) ||
            (at > 0 && (IsAlnum(text[at - 1]) || text[at - 1] == '.' || text[at - 1] == '-' ||
                        text[at - 1] == '/' || text[at - 1] == ':')))
        {
            continue;
        }
        const char behind = text[at + 3];
        if (behind != ' ' && behind != '-' && behind != '+' && behind != ',' && behind != '#')
        {
            continue;
        }
        FoundReply found;
        found.at = at;
        found.code = static_cast<std::uint32_t>((text[at] - '0') * 100 + (text[at + 1] - '0') * 10 +
                                                (text[at + 2] - '0'));
        std::string_view rest = text.substr(at + 4);
        // ", b'5.1.1 ...'" is how Python shows it.
        scan::SkipSpace(rest);
        if (scan::Skip(rest, "b'") || scan::Skip(rest, "b\"") || scan::Skip(rest, "'"))
        {
        }
        found.enhanced = TakeEnhanced(rest);
        if (!found.enhanced.empty() && found.enhanced[0] != text[at])
        {
            continue;
        }
        if (found.enhanced.empty() && !HasLead(text.substr(0, at)))
        {
            continue;
        }
        std::size_t length = 0;
        std::string words(rest);
        if (behind == '+')
        {
            std::replace(words.begin(), words.end(), '+', ' ');
        }
        found.words = WordsOf(words, text.substr(at, 3), found.enhanced, length);
        if (found.words.empty() && found.enhanced.empty())
        {
            continue;
        }
        found.end = text.size() - rest.size() + length;
        return found;
    }
    return std::nullopt;
}

std::string
ConnectFailureIn(std::string_view text)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 20> WORDS{
        {{"connection timed out", "Connection timed out"},
         {"operation timed out", "Connection timed out"},
         {"connect timed out", "Connection timed out"},
         {"etimedout", "Connection timed out"},
         {"connection timeout", "Connection timed out"},
         {"able to establish an smtp connection", "Connection timed out"},
         {"able_to_establish_an_smtp_connection", "Connection timed out"},
         {"connection refused", "Connection refused"},
         {"econnrefused", "Connection refused"},
         {"actively refused", "Connection refused"},
         {"no route to host", "No route to host"},
         {"ehostunreach", "No route to host"},
         {"network is unreachable", "Network is unreachable"},
         {"network unreachable", "Network is unreachable"},
         {"enetunreach", "Network is unreachable"},
         {"cannot assign requested address", "Cannot assign requested address"},
         {"host not found", "Host not found"},
         {"name service error", "Host not found"},
         {"enotfound", "Host not found"},
         {"name or service not known", "Host not found"}}};
    const std::string lower = InLowerCase(text);
    const auto* const found =
        std::find_if(WORDS.begin(),
                     WORDS.end(),
                     [&](const auto& words) { return lower.find(words.first) != lower.npos; });
    return found == WORDS.end() ? std::string() : std::string(found->second);
}

std::string
StageIn(std::string_view text)
{
    const std::string lower = InLowerCase(text);
    const auto* const found =
        std::find_if(STAGES.begin(),
                     STAGES.end(),
                     [&](const auto& stage) { return lower.find(stage.first) != lower.npos; });
    return found == STAGES.end() ? std::string() : std::string(found->second);
}

void
ReadHost(std::string_view text, std::string& name, HostAddress& address)
{
    text = Trim(text, " \t\r<>(),;:'");
    const std::size_t open = text.find('[');
    std::string_view first = text.substr(0, std::min(open, text.find_first_of(" :")));
    if (open != text.npos)
    {
        const std::string_view inside = text.substr(open + 1, text.find(']', open) - open - 1);
        address = HostAddress::ParseAny(inside).value_or(address);
    }
    if (const auto bare = HostAddress::Parse(text.substr(0, std::min(open, text.find(' ')))))
    {
        address = *bare;
        return;
    }
    const auto named = HostAddress::ParseAny(TrimEnd(first, "."));
    if (named && !named->IsNumeric() && !named->IsMasked())
    {
        name = named->ToString();
    }
}

} // namespace bouncelab::detectors

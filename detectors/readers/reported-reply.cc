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
    "message:", "data:",    "reply:",     "to me:"};

/// What stands before the name of the step that a reply ended.
constexpr std::array<std::string_view, 6> STEP_MARKS{"in reply to ",
                                                     "after pipelined ",
                                                     "after ",
                                                     "sending ",
                                                     "failed on ",
                                                     "performing the "};

using StepName = std::pair<std::string_view, std::string_view>;

constexpr std::array<StepName, 14> STEPS{{{"rcpt to", "RCPT"},
                                          {"mail from", "MAIL"},
                                          {"end of data", "content"},
                                          {"message body", "content"},
                                          {"message content", "content"},
                                          {"i sent the message", "content"},
                                          {"data", "DATA"},
                                          {"ehlo", "EHLO"},
                                          {"helo", "EHLO"},
                                          {"starttls", "STARTTLS"},
                                          {"auth", "AUTH"},
                                          {"initial connection", "greeting"},
                                          {"initial protocol handshake", "greeting"},
                                          {"initial server greeting", "greeting"}}};

/// Phrases that name a step by themselves.
constexpr std::array<StepName, 14> STEP_PHRASES{
    {{"does not like recipient", "RCPT"},
     {"does not like sender", "MAIL"},
     {"rcpt to failed", "RCPT"},
     {"receiving the initial server greeting", "greeting"},
     {"but greeting failed", "greeting"},
     {"refused to talk to me", "greeting"},
     {"with starttls", "STARTTLS"},
     {"command: 'starttls'", "STARTTLS"},
     {"command: 'rcpt to'", "RCPT"},
     {"command: 'mail from'", "MAIL"},
     {"command: 'data'", "content"},
     {"command: 'conn'", "connect"},
     {"command: 'auth", "AUTH"},
     {"smtp auth error", "AUTH"}}};

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
    for (const std::string_view stop : {" (in reply to ",
                                        "\n\n",
                                        "', ",
                                        "' }",
                                        "\" Attempted",
                                        "'}",
                                        "\")",
                                        " Account: '",
                                        " ##",
                                        "> #",
                                        "};{",
                                        "}]",
                                        "\" size=\""})
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
        // A library that joins lines leaves nothing between them: "go to535 5.7.8 https".
        const bool isGlued = next > 0 && IsAlpha(text[next - 1]) && !enhanced.empty() &&
                             StartsWith(text.substr(std::min(next + 4, text.size())), enhanced);
        const bool isCode =
            next < text.size() && (behind == '-' || behind == ' ') &&
            (next == 0 || text[next - 1] == ' ' || text[next - 1] == '\n' || isGlued);
        words += text.substr(0, isCode || next == text.size() ? next : next + 3);
        words += isGlued && isCode ? " " : "";
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
    while ((EndsWith(single, ")") && single.find('(') == single.npos) ||
           (EndsWith(single, "}") && single.find('{') == single.npos))
    {
        single.pop_back();
    }
    return std::string(Trim(single, " \t\r'\""));
}

/// The first "mx.example[192.0.2.1]" or "mx.example [192.0.2.1]" in a text.
void
ReadFirstHost(std::string_view text, std::string& name, HostAddress& address)
{
    for (std::size_t open = text.find('['); open != text.npos; open = text.find('[', open + 1))
    {
        const std::size_t close = text.find(']', open);
        const auto found =
            HostAddress::ParseAny(text.substr(open + 1, std::min(close, text.size()) - open - 1));
        if (close == text.npos || !found || !(found->IsNumeric() || found->IsMasked()))
        {
            continue;
        }
        const std::string_view before = TrimEnd(text.substr(0, open));
        const std::size_t blank = before.find_last_of(" \t(<=,;:'\"");
        const std::string_view word =
            before.substr(blank == before.npos || blank + 1 > before.size() ? 0 : blank + 1);
        const auto named = HostAddress::ParseAny(TrimEnd(word, "."));
        name = named && !named->IsNumeric() && !named->IsMasked() ? named->ToString() : "";
        address = *found;
        return;
    }
}

} // namespace

std::uint32_t
ReportedReply::Class() const
{
    if (code != 0)
    {
        return code / 100;
    }
    for (const std::string& told : {enhanced, status})
    {
        if (!told.empty() && (told[0] == '4' || told[0] == '5'))
        {
            return static_cast<std::uint32_t>(told[0] - '0');
        }
    }
    return isFinal ? 5 : 4;
}

std::string
TakeEnhancedCode(std::string_view& text)
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
IsReplyCodeAt(std::string_view text, std::size_t at)
{
    // A colon right before it is a time's, unless words of another script end there.
    const bool isBehindWords = at > 1 && text[at - 1] == ':' && (text[at - 2] & 0x80) != 0;
    // The end of a page's address: "https://help.example/codes#550 [a1B2]".
    const bool isAnchor = at > 1 && text[at - 1] == '#' && IsAlnum(text[at - 2]);
    // What JSON has for a line's end: "Raw error: \\n554 5.7.1 ...".
    const bool isBehindBreak = at > 1 && text[at - 2] == '\\' && text[at - 1] == 'n';
    if (at + 4 > text.size() || isAnchor || (text[at] != '4' && text[at] != '5') ||
        !IsDigit(text[at + 1]) || (text[at + 1] > '5' && text[at + 1] != '7') ||
        !IsDigit(text[at + 2]) ||
        (at > 0 && !isBehindBreak &&
         (IsAlnum(text[at - 1]) || text[at - 1] == '.' || text[at - 1] == '-' ||
          text[at - 1] == '/' || (text[at - 1] == ':' && !isBehindWords))))
    {
        return false;
    }
    const char behind = text[at + 3];
    return behind == ' ' || behind == '-' || behind == '+' || behind == ',' || behind == '#' ||
           (behind == ':' && at == 0 && text.substr(4, 1) == " ");
}

FoundReply
ReadReplyAt(std::string_view text, std::size_t at)
{
    const char behind = text[at + 3];
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
    found.enhanced = TakeEnhancedCode(rest);
    std::size_t length = 0;
    std::string words(rest);
    if (behind == '+')
    {
        std::replace(words.begin(), words.end(), '+', ' ');
    }
    found.words = WordsOf(words, text.substr(at, 3), found.enhanced, length);
    found.end = text.size() - rest.size() + length;
    if (found.enhanced.empty())
    {
        // qmail and its like write it behind the words: "no mailbox here by that name. (#5.1.1)".
        const std::size_t behindWords = found.words.rfind("(#");
        std::string_view tail =
            std::string_view(found.words).substr(std::min(behindWords, found.words.size()));
        found.enhanced = TakeEnhancedCode(tail);
    }
    return found;
}

std::optional<FoundReply>
FindReply(std::string_view text)
{
    for (std::size_t at = 0; at + 4 <= text.size(); ++at)
    {
        if (!IsReplyCodeAt(text, at))
        {
            continue;
        }
        FoundReply found = ReadReplyAt(text, at);
        // Exchange puts a temporary detail behind a permanent code: "550 4.4.7".
        const bool isEnhanced = !found.enhanced.empty() && found.enhanced[0] != '2';
        if ((isEnhanced || HasLead(text.substr(0, at))) &&
            (!found.words.empty() || !found.enhanced.empty()))
        {
            return found;
        }
    }
    return std::nullopt;
}

std::string
StageIn(std::string_view text)
{
    const std::string lower = InLowerCase(text);
    for (const auto& [phrase, stage] : STEP_PHRASES)
    {
        if (lower.find(phrase) != lower.npos)
        {
            return std::string(stage);
        }
    }
    for (const std::string_view mark : STEP_MARKS)
    {
        for (std::size_t at = lower.find(mark); at != lower.npos; at = lower.find(mark, at + 1))
        {
            const std::string_view rest = std::string_view(lower).substr(at + mark.size());
            const auto* const step = std::find_if(STEPS.begin(),
                                                  STEPS.end(),
                                                  [&](const StepName& known)
                                                  {
                                                      return StartsWith(rest, known.first) &&
                                                             (rest.size() == known.first.size() ||
                                                              !IsAlnum(rest[known.first.size()]));
                                                  });
            if (step != STEPS.end())
            {
                return std::string(step->second);
            }
        }
    }
    return {};
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
    if (const auto bare =
            HostAddress::Parse(TrimEnd(text.substr(0, std::min(open, text.find(' '))), ".")))
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

void
ReadOwnWords(std::string_view text, ReportedReply& reply)
{
    text = Trim(text, LINE_BLANKS);
    scan::Skip(text, "delivery temporarily suspended: ");
    reply.failure = text.substr(0, LONGEST_REPLY);
    std::string name;
    HostAddress address;
    std::string_view rest = text;
    if (scan::Skip(rest, "connect to ") && rest.find(": ") != rest.npos)
    {
        // Bracketed IPv6 has colons of its own, none of them before a space.
        const std::size_t end = rest.find(": ");
        ReadHost(rest.substr(0, end), name, address);
        reply.stage = "connect";
        reply.failure = rest.substr(end + 2);
    }
    else
    {
        ReadFirstHost(text, name, address);
    }
    if (const auto domain = scan::After(text, "error for name="))
    {
        name = InLowerCase(domain->substr(0, domain->find(' ')));
        address = HostAddress();
    }
    if (!name.empty() || address.IsKnown())
    {
        reply.host = name;
        reply.address = address;
    }
    reply.stage = reply.stage.empty() ? StageIn(text) : reply.stage;
    const std::size_t hash = text.rfind("(#");
    std::string_view tail = text.substr(std::min(hash, text.size()));
    if (const std::string enhanced = TakeEnhancedCode(tail);
        !enhanced.empty() && reply.enhanced.empty())
    {
        reply.enhanced = enhanced;
    }
}

void
ReadReason(std::string_view words, ReportedReply& reply)
{
    const auto found = FindReply(words);
    if (!found)
    {
        ReadOwnWords(words, reply);
        return;
    }
    reply.code = found->code;
    reply.enhanced = found->enhanced;
    reply.reply = found->words;
    reply.stage = StageIn(words);
    std::string name;
    HostAddress address;
    ReadFirstHost(words.substr(0, found->at), name, address);
    if (!name.empty() || address.IsKnown())
    {
        reply.host = name.empty() ? reply.host : name;
        reply.address = address;
    }
}

} // namespace bouncelab::detectors

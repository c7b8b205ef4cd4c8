#include "models/smtp/path.h"

#include "formats/text.h"

#include "formats/address.h"

#include <algorithm>

namespace bouncelab::smtp
{

namespace
{

constexpr std::size_t NONE = std::string_view::npos;

bool
IsAtext(char c)
{
    return IsAlnum(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

/// Length of the quoted string at the front, quotes included; NONE if it is not one.
std::size_t
QuotedLength(std::string_view text)
{
    if (text.empty() || text[0] != '"')
    {
        return NONE;
    }
    for (std::size_t i = 1; i < text.size(); ++i)
    {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c == '"')
        {
            return i + 1;
        }
        if (c == '\\')
        {
            ++i;
            if (i == text.size())
            {
                return NONE;
            }
        }
        const auto octet = static_cast<unsigned char>(text[i]);
        if (octet < 32 || octet > 126)
        {
            return NONE;
        }
    }
    return NONE;
}

std::size_t
DotStringLength(std::string_view text)
{
    std::size_t i = 0;
    bool atomOpen = false;
    while (i < text.size() && (IsAtext(text[i]) || (text[i] == '.' && atomOpen)))
    {
        atomOpen = text[i] != '.';
        ++i;
    }
    return atomOpen ? i : NONE;
}

std::size_t
LocalPartLength(std::string_view text)
{
    return !text.empty() && text[0] == '"' ? QuotedLength(text) : DotStringLength(text);
}

bool
IsPrintable(std::string_view text)
{
    return std::all_of(text.begin(),
                       text.end(),
                       [](char c) {
                           return static_cast<unsigned char>(c) > 32 &&
                                  static_cast<unsigned char>(c) < 127;
                       });
}

/// Where the path in brackets ends: at the first ">" outside quotes. NONE if nowhere.
std::size_t
FindOutsideQuotes(std::string_view text, std::string_view stops)
{
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        if (quoted && text[i] == '\\')
        {
            ++i;
        }
        else if (text[i] == '"')
        {
            quoted = !quoted;
        }
        else if (!quoted && stops.find(text[i]) != NONE)
        {
            return i;
        }
    }
    return NONE;
}

bool
TakeRoute(std::string_view& text, std::vector<std::string>& route)
{
    while (!text.empty() && text[0] == '@')
    {
        const std::size_t stop = text.find_first_of(",:");
        if (stop == NONE || !IsDomain(text.substr(1, stop - 1)))
        {
            return false;
        }
        route.emplace_back(text.substr(1, stop - 1));
        const bool last = text[stop] == ':';
        text.remove_prefix(stop + 1);
        if (last)
        {
            return true;
        }
        if (text.empty() || text[0] != '@')
        {
            return false;
        }
    }
    return route.empty();
}

bool
ParseMailbox(std::string_view text, const PathRules& rules, Path& path)
{
    const std::size_t local = LocalPartLength(text);
    if (local == NONE)
    {
        return false;
    }
    path.localPart = text.substr(0, local);
    text.remove_prefix(local);
    if (text.empty())
    {
        path.domain.clear();
        return rules.withoutDomain || EqualIgnoringCase(path.localPart, "postmaster");
    }
    path.domain = text.substr(1);
    return text[0] == '@' && IsDomainOrLiteral(path.domain);
}

/// Whatever stands on both sides of the last "@".
bool
ParseLooseMailbox(std::string_view text, Path& path)
{
    const std::size_t at = text.rfind('@');
    if (at == NONE || at == 0 || at + 1 == text.size() || !IsPrintable(text))
    {
        return false;
    }
    path.localPart = text.substr(0, at);
    path.domain = text.substr(at + 1);
    return true;
}

} // namespace

std::string
Path::Mailbox() const
{
    return domain.empty() ? localPart : localPart + '@' + domain;
}

std::string
Path::ToString() const
{
    std::string text = "<";
    for (std::size_t i = 0; i < route.size(); ++i)
    {
        text += i > 0 ? ",@" : "@";
        text += route[i];
    }
    if (!route.empty())
    {
        text += ':';
    }
    return text + Mailbox() + '>';
}

std::optional<Path>
TakePath(std::string_view& text, const PathRules& rules)
{
    std::string_view inner;
    std::size_t taken = 0;
    if (!text.empty() && text[0] == '<')
    {
        const std::size_t close = FindOutsideQuotes(text, ">");
        if (close == NONE)
        {
            return std::nullopt;
        }
        inner = text.substr(1, close - 1);
        taken = close + 1;
    }
    else if (rules.withoutBrackets)
    {
        taken = std::min(FindOutsideQuotes(text, " \t"), text.size());
        inner = text.substr(0, taken);
        if (inner.empty())
        {
            return std::nullopt;
        }
    }
    else
    {
        return std::nullopt;
    }
    Path path;
    const bool null = inner.empty();
    if (!null &&
        (!TakeRoute(inner, path.route) || (!ParseMailbox(inner, rules, path) &&
                                           !(rules.anyDomain && ParseLooseMailbox(inner, path)))))
    {
        return std::nullopt;
    }
    text.remove_prefix(taken);
    return path;
}

bool
IsDomain(std::string_view text)
{
    bool labelOpen = false;
    char last = '.';
    for (const char c : text)
    {
        if (IsAlnum(c) || (c == '-' && labelOpen))
        {
            labelOpen = true;
        }
        else if (c == '.' && labelOpen && last != '-')
        {
            labelOpen = false;
        }
        else
        {
            return false;
        }
        last = c;
    }
    return labelOpen && last != '-';
}

bool
IsAddressLiteral(std::string_view text)
{
    if (text.size() < 3 || text.front() != '[' || text.back() != ']')
    {
        return false;
    }
    text = text.substr(1, text.size() - 2);
    if (Ipv4::Parse(text))
    {
        return true;
    }
    const std::size_t colon = text.find(':');
    if (colon == NONE || colon == 0 || colon + 1 == text.size())
    {
        return false;
    }
    const auto isTag = [](char c) { return IsAlnum(c) || c == '-'; };
    const auto isContent = [](char c)
    { return c >= 33 && c <= 126 && c != '[' && c != '\\' && c != ']'; };
    const std::string_view tag = text.substr(0, colon);
    const std::string_view content = text.substr(colon + 1);
    if (!std::all_of(tag.begin(), tag.end(), isTag) ||
        !std::all_of(content.begin(), content.end(), isContent))
    {
        return false;
    }
    return !EqualIgnoringCase(tag, "IPv6") ||
           (content.find(':') != NONE &&
            content.find_first_not_of("0123456789abcdefABCDEF:.") == NONE);
}

bool
IsDomainOrLiteral(std::string_view text)
{
    return IsDomain(text) || IsAddressLiteral(text);
}

bool
IsLocalPart(std::string_view text)
{
    return !text.empty() && LocalPartLength(text) == text.size();
}

} // namespace bouncelab::smtp

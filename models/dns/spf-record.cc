#include "models/dns/spf-record.h"

#include "formats/text.h"
#include "models/dns/name.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace bouncelab::dns
{

namespace
{

constexpr std::string_view VERSION = "v=spf1";
constexpr std::string_view DELIMITERS = ".-+,/_=";
constexpr std::size_t LONGEST_NAME = 253;

bool
IsLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
IsAlphanumeric(char c)
{
    return IsLetter(c) || IsDigit(c);
}

/// A macro in its parts: "%{d2r-}".
struct Macro
{
    char letter = 0; //!< In lower case.
    bool escapes = false;
    std::size_t keep = 0; //!< Labels from the right; 0 = all.
    bool reverses = false;
    std::string_view delimiters;
};

/// \param text behind "%{"; the macro is taken off its front with its brace
std::optional<Macro>
TakeMacro(std::string_view& text)
{
    const std::size_t close = text.find('}');
    if (close == text.npos || close == 0)
    {
        return std::nullopt;
    }
    std::string_view inside = text.substr(0, close);
    text.remove_prefix(close + 1);
    Macro macro;
    macro.escapes = inside[0] >= 'A' && inside[0] <= 'Z';
    macro.letter = macro.escapes ? static_cast<char>(inside[0] - 'A' + 'a') : inside[0];
    inside.remove_prefix(1);
    const auto [end, error] =
        std::from_chars(inside.data(), inside.data() + inside.size(), macro.keep);
    const auto digits = static_cast<std::size_t>(end - inside.data());
    if (digits > 0 && (error != std::errc() || macro.keep == 0))
    {
        return std::nullopt;
    }
    inside.remove_prefix(digits);
    macro.reverses = !inside.empty() && (inside[0] == 'r' || inside[0] == 'R');
    inside.remove_prefix(macro.reverses ? 1 : 0);
    macro.delimiters = inside;
    const bool good = std::string_view("slodiphv").find(macro.letter) != std::string_view::npos &&
                      inside.find_first_not_of(DELIMITERS) == inside.npos;
    return good ? std::optional(macro) : std::nullopt;
}

/// A macro-string; "c", "r" and "t" stand in explanations only.
bool
IsMacroString(std::string_view text, bool isExplanation = false)
{
    while (!text.empty())
    {
        const char c = text[0];
        text.remove_prefix(1);
        if (c != '%')
        {
            if (c < 0x21 || c > 0x7E)
            {
                return false;
            }
            continue;
        }
        const char kind = text.empty() ? '\0' : text[0];
        text.remove_prefix(text.empty() ? 0 : 1);
        const bool isPlain = kind == '%' || kind == '_' || kind == '-';
        const bool isLetter = isExplanation && kind == '{' && !text.empty() &&
                              std::string_view("crtCRT").find(text[0]) != std::string_view::npos;
        if (isLetter)
        {
            const std::size_t close = text.find('}');
            if (close == text.npos)
            {
                return false;
            }
            text.remove_prefix(close + 1);
        }
        else if (!isPlain && (kind != '{' || !TakeMacro(text)))
        {
            return false;
        }
    }
    return true;
}

/// A domain-spec: ends in a macro, or in a top label that is no number.
bool
IsDomainSpec(std::string_view text)
{
    if (text.empty() || !IsMacroString(text))
    {
        return false;
    }
    if (text.back() == '}' || (text.size() >= 2 && text[text.size() - 2] == '%'))
    {
        return true;
    }
    if (text.back() == '.')
    {
        text.remove_suffix(1);
    }
    const std::size_t dot = text.rfind('.');
    const std::string_view label = dot == text.npos ? std::string_view() : text.substr(dot + 1);
    return !label.empty() && IsAlphanumeric(label.front()) && IsAlphanumeric(label.back()) &&
           std::all_of(label.begin(),
                       label.end(),
                       [](char c) { return IsAlphanumeric(c) || c == '-'; }) &&
           !std::all_of(label.begin(), label.end(), IsDigit);
}

/// A prefix length; leading zeros are none.
std::optional<std::uint32_t>
PrefixOf(std::string_view text, std::uint32_t most)
{
    std::uint32_t prefix = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), prefix);
    const bool good = error == std::errc() && end == text.data() + text.size() && prefix <= most &&
                      (text.size() == 1 || text[0] != '0');
    return good ? std::optional(prefix) : std::nullopt;
}

/// Takes "/24", "//64" or "/24//64" off the end of a mechanism.
bool
TakePrefixes(std::string_view& text, SpfDirective& directive)
{
    const std::size_t twice = text.rfind("//");
    if (twice != text.npos)
    {
        const auto prefix = PrefixOf(text.substr(twice + 2), 128);
        if (!prefix)
        {
            return false;
        }
        directive.prefixIpv6 = *prefix;
        text = text.substr(0, twice);
    }
    const std::size_t slash = text.rfind('/');
    const bool inMacro = slash != text.npos && text.find('}', slash) != text.npos;
    if (slash != text.npos && !inMacro)
    {
        const auto prefix = PrefixOf(text.substr(slash + 1), 32);
        directive.prefix = prefix.value_or(0);
        text = text.substr(0, slash);
        return prefix.has_value();
    }
    return true;
}

bool
ReadNetwork(std::string_view text, bool isIpv6, SpfDirective& directive)
{
    const std::uint32_t bits = isIpv6 ? 128 : 32;
    const std::size_t slash = text.find('/');
    const auto length = slash == text.npos ? bits : PrefixOf(text.substr(slash + 1), bits);
    const auto network = IpPrefix::Around(text.substr(0, slash), length.value_or(0));
    directive.network = network.value_or(IpPrefix());
    return length && network && network->IsIpv6() == isIpv6;
}

/// \param name in lower case. \param rest behind it, with its ":" or "/"
bool
ReadMechanism(const std::string& name, std::string_view rest, SpfDirective& directive)
{
    const bool hasValue = !rest.empty() && rest.front() == ':';
    const std::string_view value = rest.substr(hasValue ? 1 : 0);
    if (name == "all")
    {
        return rest.empty();
    }
    if (name == "ip4" || name == "ip6")
    {
        directive.mechanism = name == "ip4" ? SpfMechanism::Ip4 : SpfMechanism::Ip6;
        return hasValue && ReadNetwork(value, name == "ip6", directive);
    }
    if (name == "include" || name == "exists")
    {
        directive.mechanism = name == "include" ? SpfMechanism::Include : SpfMechanism::Exists;
        directive.domain = value;
        return hasValue && IsDomainSpec(value);
    }
    if (name != "a" && name != "mx" && name != "ptr")
    {
        return false;
    }
    directive.mechanism = name == "a"    ? SpfMechanism::A
                          : name == "mx" ? SpfMechanism::Mx
                                         : SpfMechanism::Ptr;
    std::string_view domain = rest;
    if (directive.mechanism != SpfMechanism::Ptr && !TakePrefixes(domain, directive))
    {
        return false;
    }
    if (domain.empty())
    {
        return true;
    }
    directive.domain = domain.substr(1);
    return domain.front() == ':' && IsDomainSpec(directive.domain);
}

/// Reads terms one after the other.
class TermReader
{
  public:
    bool Read(std::string_view term)
    {
        const std::size_t end = term.find_first_of(":/=");
        if (end != term.npos && term[end] == '=')
        {
            return ReadModifier(term.substr(0, end), term.substr(end + 1));
        }
        SpfDirective directive;
        constexpr std::string_view QUALIFIERS = "+-~?";
        constexpr SpfResult RESULTS[] = {SpfResult::Pass,
                                         SpfResult::Fail,
                                         SpfResult::SoftFail,
                                         SpfResult::Neutral};
        const std::size_t qualifier = QUALIFIERS.find(term.front());
        std::size_t start = 0;
        if (qualifier != QUALIFIERS.npos)
        {
            directive.result = RESULTS[qualifier];
            start = 1;
        }
        const std::size_t stop = std::min(end, term.size());
        if (!ReadMechanism(InLowerCase(term.substr(start, stop - start)),
                           term.substr(stop),
                           directive))
        {
            return false;
        }
        record.directives.push_back(std::move(directive));
        return true;
    }

    SpfRecord record;

  private:
    bool ReadModifier(std::string_view name, std::string_view value)
    {
        const std::string lower = InLowerCase(name);
        if (lower == "redirect")
        {
            const bool good = !record.redirect && IsDomainSpec(value);
            record.redirect = value;
            return good;
        }
        if (lower == "exp")
        {
            return !std::exchange(m_explains, true) && IsDomainSpec(value);
        }
        return !name.empty() && IsLetter(name.front()) &&
               std::all_of(name.begin(),
                           name.end(),
                           [](char c)
                           { return IsAlphanumeric(c) || c == '-' || c == '_' || c == '.'; }) &&
               IsMacroString(value, true);
    }

    bool m_explains = false;
};

std::vector<std::string_view>
Split(std::string_view text, std::string_view delimiters)
{
    std::vector<std::string_view> parts;
    for (std::size_t end = 0; end != text.npos;)
    {
        end = text.find_first_of(delimiters);
        parts.push_back(text.substr(0, end));
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    return parts;
}

/// "2.0.0.1.0.d.b.8...", as macros have an address of IPv6 (RFC 7208 7.3).
std::string
NibblesOf(const IpAddress& address)
{
    std::string text;
    for (const std::uint8_t byte : address.Bytes())
    {
        text += fmt::format("{}{:x}.{:x}", text.empty() ? "" : ".", byte >> 4, byte & 15);
    }
    return text;
}

std::string
ValueOf(char letter, const SpfMacros& macros)
{
    const std::size_t at = macros.sender.rfind('@');
    switch (letter)
    {
    case 's':
        return std::string(macros.sender);
    case 'l':
        return std::string(macros.sender.substr(0, at));
    case 'o':
        return std::string(macros.sender.substr(at + 1));
    case 'd':
        return std::string(macros.domain);
    case 'i':
        return macros.client.IsIpv6() ? NibblesOf(macros.client) : macros.client.ToString();
    case 'p':
        return std::string(macros.clientName);
    case 'h':
        return std::string(macros.helo);
    default:
        return macros.client.IsIpv6() ? "ip6" : "in-addr"; // v
    }
}

std::string
ValueOf(const Macro& macro, const SpfMacros& macros)
{
    const std::string value = ValueOf(macro.letter, macros);
    std::vector<std::string_view> parts =
        Split(value, macro.delimiters.empty() ? std::string_view(".") : macro.delimiters);
    if (macro.reverses)
    {
        std::reverse(parts.begin(), parts.end());
    }
    if (macro.keep > 0 && macro.keep < parts.size())
    {
        parts.erase(parts.begin(), parts.end() - static_cast<std::ptrdiff_t>(macro.keep));
    }
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i)
    {
        text += i > 0 ? "." : "";
        text += parts[i];
    }
    if (!macro.escapes)
    {
        return text;
    }
    std::string escaped;
    for (const char c : text)
    {
        const bool isPlain =
            IsAlphanumeric(c) || std::string_view("-._~").find(c) != std::string_view::npos;
        escaped +=
            isPlain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return escaped;
}

} // namespace

bool
IsSpfRecord(std::string_view text)
{
    return EqualIgnoringCase(text.substr(0, VERSION.size()), VERSION) &&
           (text.size() == VERSION.size() || text[VERSION.size()] == ' ');
}

std::optional<SpfRecord>
ReadSpfRecord(std::string_view text)
{
    TermReader reader;
    for (const std::string_view term : Split(text.substr(VERSION.size()), " "))
    {
        if (!term.empty() && !reader.Read(term))
        {
            return std::nullopt;
        }
    }
    return std::move(reader.record);
}

bool
UsesClientName(std::string_view text)
{
    return text.find("%{p") != text.npos || text.find("%{P") != text.npos;
}

std::string
ExpandSpfMacros(std::string_view text, const SpfMacros& macros)
{
    std::string expanded;
    while (!text.empty())
    {
        if (text[0] != '%' || text.size() < 2)
        {
            expanded += text[0];
            text.remove_prefix(1);
            continue;
        }
        const char kind = text[1];
        text.remove_prefix(2);
        if (kind == '{')
        {
            const auto macro = TakeMacro(text);
            expanded += macro ? ValueOf(*macro, macros) : std::string();
        }
        else
        {
            expanded += kind == '%' ? "%" : kind == '_' ? " " : "%20";
        }
    }
    while (expanded.size() > LONGEST_NAME && expanded.find('.') != expanded.npos)
    {
        expanded.erase(0, expanded.find('.') + 1); // RFC 7208 7.3
    }
    return expanded;
}

} // namespace bouncelab::dns

#ifndef BOUNCELAB_FORMATS_TEXT_H
#define BOUNCELAB_FORMATS_TEXT_H

#include <string>
#include <string_view>

/// Text as octets: character classes and case by ASCII's rules, free of the locale.
namespace bouncelab
{

constexpr std::string_view BLANKS = " \t";        //!< WSP of RFC 5234.
constexpr std::string_view LINE_BLANKS = " \t\r"; //!< What ends a line that was split at LF.

constexpr char
ToUpper(char c)
{
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

constexpr char
ToLower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool
IsDigit(char c)
{
    return c >= '0' && c <= '9';
}

constexpr bool
IsAlpha(char c)
{
    return ToUpper(c) >= 'A' && ToUpper(c) <= 'Z';
}

/// A letter or a digit.
constexpr bool
IsAlnum(char c)
{
    return IsAlpha(c) || IsDigit(c);
}

/// Below the space, or DEL.
constexpr bool
IsControl(char c)
{
    return static_cast<unsigned char>(c) < 32 || c == 127;
}

/// From the space to the tilde: neither a control nor outside ASCII.
constexpr bool
IsPrintable(char c)
{
    return c >= 32 && c <= 126;
}

/// Value of a hexadecimal digit in either case, or -1.
constexpr int
HexDigit(char c)
{
    const char upper = ToUpper(c);
    return IsDigit(c) ? c - '0' : upper >= 'A' && upper <= 'F' ? upper - 'A' + 10 : -1;
}

/// The one rule by which keywords, domains and mailboxes are compared.
constexpr bool
EqualIgnoringCase(std::string_view a, std::string_view b)
{
    if (a.size() != b.size())
    {
        return false;
    }
    for (std::size_t i = 0; i < a.size(); ++i)
    {
        if (ToUpper(a[i]) != ToUpper(b[i]))
        {
            return false;
        }
    }
    return true;
}

constexpr bool
StartsWith(std::string_view text, std::string_view start)
{
    return text.substr(0, start.size()) == start;
}

constexpr bool
EndsWith(std::string_view text, std::string_view end)
{
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

constexpr bool
StartsWithIgnoringCase(std::string_view text, std::string_view start)
{
    return EqualIgnoringCase(text.substr(0, start.size()), start);
}

bool ContainsIgnoringCase(std::string_view text, std::string_view part);

/// Where the next CR or LF stands from `from` on; the end if nowhere.
inline std::size_t
FindLineOctet(std::string_view text, std::size_t from)
{
    // In steps, so that many bare CR before a distant LF do not make this quadratic.
    constexpr std::size_t STEP = 256;
    for (; from < text.size(); from += STEP)
    {
        std::string_view part = text.substr(from, STEP);
        part = part.substr(0, part.find('\n'));
        const std::size_t cr = part.find('\r');
        if (cr != std::string_view::npos)
        {
            return from + cr;
        }
        if (part.size() < STEP && from + part.size() < text.size())
        {
            return from + part.size();
        }
    }
    return text.size();
}

/// The text without any of these octets at its end.
constexpr std::string_view
TrimEnd(std::string_view text, std::string_view octets = BLANKS)
{
    while (!text.empty() && octets.find(text.back()) != octets.npos)
    {
        text.remove_suffix(1);
    }
    return text;
}

/// The text without any of these octets at either end.
constexpr std::string_view
Trim(std::string_view text, std::string_view octets = BLANKS)
{
    while (!text.empty() && octets.find(text.front()) != octets.npos)
    {
        text.remove_prefix(1);
    }
    return TrimEnd(text, octets);
}

/// Everything before the first LF; without one, all of it.
constexpr std::string_view
FirstLine(std::string_view text)
{
    return text.substr(0, text.find('\n'));
}

std::string InLowerCase(std::string_view text);

std::string InUpperCase(std::string_view text);

/// The lines of a text in one: a space in place of each LF.
std::string OneLine(std::string_view text);

/// A peer's words where one line is written: a '?' in place of each control.
std::string WithoutControls(std::string_view text);

/// The same for what has to be ASCII: a '?' in place of each octet that is not printable.
std::string InPrintableAscii(std::string_view text);

/// For people to read: \\r, \\n, \\t, and \\xNN for every other octet that is not printable ASCII.
std::string Escape(std::string_view text);

/// Length of the well-formed UTF-8 sequence at the start of a text (RFC 3629 4), 0 if there is
/// none.
std::size_t Utf8Length(std::string_view text);

/**
 * Somebody else's words on a terminal: every character that does something instead of being shown
 * (C0, DEL, C1, what turns the direction of text) and every octet that is no UTF-8 as \\xNN.
 */
std::string ForTerminal(std::string_view text);

/// The same for JSON, whose meaning stays: such characters, which stand in its strings alone,
/// become \uXXXX.
std::string JsonForTerminal(std::string_view json);

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_TEXT_H

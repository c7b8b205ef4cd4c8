#ifndef BOUNCELAB_MODELS_SMTP_ASCII_H
#define BOUNCELAB_MODELS_SMTP_ASCII_H

#include <string_view>

/// Character classes of RFC 5321 and RFC 5234, free of the locale.
namespace bouncelab::smtp
{

constexpr char
ToUpper(char c)
{
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
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

/// SMTP's keywords and domain names are compared without regard to case.
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
StartsWithIgnoringCase(std::string_view text, std::string_view prefix)
{
    return text.size() >= prefix.size() && EqualIgnoringCase(text.substr(0, prefix.size()), prefix);
}

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

/// Without spaces and tabs at both ends.
constexpr std::string_view
Trim(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    {
        text.remove_suffix(1);
    }
    return text;
}

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_ASCII_H

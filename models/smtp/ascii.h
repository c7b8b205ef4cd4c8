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

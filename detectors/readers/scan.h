#ifndef BOUNCELAB_DETECTORS_READERS_SCAN_H
#define BOUNCELAB_DETECTORS_READERS_SCAN_H

#include "formats/text.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// Small steps over a line of text: each takes something off its front, or nothing.
namespace bouncelab::detectors::scan
{

constexpr std::size_t LONGEST_FIELD = 1000; //!< More of one field of a text is not kept.

inline bool
IsSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

inline void
SkipSpace(std::string_view& text)
{
    while (!text.empty() && IsSpace(text.front()))
    {
        text.remove_prefix(1);
    }
}

inline bool
Skip(std::string_view& text, std::string_view what)
{
    if (text.substr(0, what.size()) != what)
    {
        return false;
    }
    text.remove_prefix(what.size());
    return true;
}

/// Everything up to the next space; empty at the end.
inline std::string_view
Word(std::string_view& text)
{
    SkipSpace(text);
    std::size_t length = 0;
    while (length < text.size() && !IsSpace(text[length]))
    {
        ++length;
    }
    const std::string_view word = text.substr(0, length);
    text.remove_prefix(length);
    return word;
}

/// A decimal number of at most 18 digits.
inline std::optional<std::int64_t>
Number(std::string_view& text)
{
    std::int64_t value = 0;
    std::size_t length = 0;
    while (length < text.size() && length < 18 && IsDigit(text[length]))
    {
        value = value * 10 + (text[length++] - '0');
    }
    if (length == 0)
    {
        return std::nullopt;
    }
    text.remove_prefix(length);
    return value;
}

/// A hexadecimal number of at most 8 digits.
inline std::optional<std::uint32_t>
HexNumber(std::string_view& text)
{
    std::uint32_t value = 0;
    std::size_t length = 0;
    while (length < text.size() && length < 8 && HexDigit(text[length]) >= 0)
    {
        value = value << 4 | static_cast<std::uint32_t>(HexDigit(text[length++]));
    }
    if (length == 0)
    {
        return std::nullopt;
    }
    text.remove_prefix(length);
    return value;
}

/// Decimals behind a point, as a count of 10^-digits: ".5" gives 500000 for six digits.
inline std::int64_t
Decimals(std::string_view& text, int digits)
{
    std::int64_t value = 0;
    int taken = 0;
    while (!text.empty() && IsDigit(text.front()))
    {
        if (taken < digits)
        {
            value = value * 10 + (text.front() - '0');
            ++taken;
        }
        text.remove_prefix(1);
    }
    for (; taken < digits; ++taken)
    {
        value *= 10;
    }
    return value;
}

/// What stands between separators; nothing behind the last one is no field.
inline std::vector<std::string_view>
Fields(std::string_view text, char separator)
{
    std::vector<std::string_view> fields;
    while (!text.empty())
    {
        const std::string_view field = text.substr(0, text.find(separator));
        fields.push_back(field);
        text.remove_prefix(field.size() + (field.size() < text.size() ? 1 : 0));
    }
    return fields;
}

/// What follows a label anywhere in the text.
inline std::optional<std::string_view>
After(std::string_view text, std::string_view label)
{
    const std::size_t at = text.find(label);
    if (at == std::string_view::npos)
    {
        return std::nullopt;
    }
    return text.substr(at + label.size());
}

/// The decimal number behind a label anywhere in the text.
inline std::optional<std::int64_t>
NumberBehind(std::string_view text, std::string_view label)
{
    auto rest = After(text, label);
    if (!rest)
    {
        return std::nullopt;
    }
    SkipSpace(*rest);
    return Number(*rest);
}

} // namespace bouncelab::detectors::scan

#endif // BOUNCELAB_DETECTORS_READERS_SCAN_H

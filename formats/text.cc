#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab
{

namespace
{

/// C1 controls, and Unicode's marks, embeddings, overrides and isolates of direction (UAX #9).
bool
IsSteering(std::string_view character)
{
    if (character.size() == 2)
    {
        return character == "\xD8\x9C" || (character[0] == '\xC2' && character[1] <= '\x9F');
    }
    constexpr std::pair<std::string_view, std::string_view> RANGES[] = {
        {"\xE2\x80\x8E", "\xE2\x80\x8F"},
        {"\xE2\x80\xA8", "\xE2\x80\xAE"},
        {"\xE2\x81\xA6", "\xE2\x81\xA9"}};
    return character.size() == 3 &&
           std::any_of(std::begin(RANGES),
                       std::end(RANGES),
                       [&](const auto& range)
                       { return character >= range.first && character <= range.second; });
}

template <typename Change>
std::string
Changed(std::string_view text, Change change)
{
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), change);
    return out;
}

} // namespace

std::string
InLowerCase(std::string_view text)
{
    return Changed(text, ToLower);
}

std::string
InUpperCase(std::string_view text)
{
    return Changed(text, ToUpper);
}

bool
ContainsIgnoringCase(std::string_view text, std::string_view part)
{
    return part.empty() ||
           std::search(text.begin(),
                       text.end(),
                       part.begin(),
                       part.end(),
                       [](char a, char b) { return ToLower(a) == ToLower(b); }) != text.end();
}

std::string
OneLine(std::string_view text)
{
    return Changed(text, [](char c) { return c == '\n' ? ' ' : c; });
}

std::string
WithoutControls(std::string_view text)
{
    return Changed(text, [](char c) { return IsControl(c) ? '?' : c; });
}

std::string
InPrintableAscii(std::string_view text)
{
    return Changed(text, [](char c) { return IsPrintable(c) ? c : '?'; });
}

std::size_t
Utf8Length(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto continues = [&](std::size_t i, unsigned low, unsigned high)
    { return i < text.size() && byte(i) >= low && byte(i) <= high; };
    const unsigned first = text.empty() ? 0xFF : byte(0);
    if (first < 0x80)
    {
        return 1;
    }
    if (first >= 0xC2 && first <= 0xDF)
    {
        return continues(1, 0x80, 0xBF) ? 2 : 0;
    }
    if (first >= 0xE0 && first <= 0xEF)
    {
        const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = first == 0xED ? 0x9F : 0xBF;
        return continues(1, low, high) && continues(2, 0x80, 0xBF) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4)
    {
        const unsigned low = first == 0xF0 ? 0x90 : 0x80;
        const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
        return continues(1, low, high) && continues(2, 0x80, 0xBF) && continues(3, 0x80, 0xBF) ? 4
                                                                                               : 0;
    }
    return 0;
}

std::string
ForTerminal(std::string_view text)
{
    std::string out;
    while (!text.empty())
    {
        const std::size_t length = Utf8Length(text);
        const std::string_view character = text.substr(0, std::max<std::size_t>(length, 1));
        text.remove_prefix(character.size());
        if (length == 0 || IsControl(character[0]) || IsSteering(character))
        {
            for (const char octet : character)
            {
                out += fmt::format("\\x{:02x}", static_cast<unsigned char>(octet));
            }
        }
        else
        {
            out += character;
        }
    }
    return out;
}

std::string
JsonForTerminal(std::string_view json)
{
    constexpr char DELETE = 0x7F;
    std::string out;
    out.reserve(json.size());
    while (!json.empty())
    {
        const std::string_view character =
            json.substr(0, std::max<std::size_t>(Utf8Length(json), 1));
        json.remove_prefix(character.size());
        if (character[0] == DELETE)
        {
            out += "\\u007f";
        }
        else if (IsSteering(character))
        {
            std::uint32_t codePoint =
                static_cast<unsigned char>(character[0]) & (character.size() == 2 ? 0x1FU : 0x0FU);
            for (const char octet : character.substr(1))
            {
                codePoint = codePoint << 6 | (static_cast<unsigned char>(octet) & 0x3FU);
            }
            out += fmt::format("\\u{:04x}", codePoint);
        }
        else
        {
            out += character;
        }
    }
    return out;
}

std::string
Escape(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (const char c : text)
    {
        switch (c)
        {
        case '\r':
            out += "\\r";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\t':
            out += "\\t";
            break;
        default:
            if (IsPrintable(c))
            {
                out += c;
            }
            else
            {
                out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
            }
        }
    }
    return out;
}

} // namespace bouncelab

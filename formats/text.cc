#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab
{

namespace
{

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

std::string
Escape(std::string_view text)
{
    std::string out;
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
            out += IsPrintable(c) ? std::string(1, c)
                                  : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

} // namespace bouncelab

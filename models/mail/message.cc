#include "models/mail/message.h"

#include <algorithm>
#include <cctype>

namespace bouncelab::mail
{

namespace
{

bool StartsWithField(std::string_view line, std::string_view lowerCaseName)
{
    return line.size() >= lowerCaseName.size() &&
           std::equal(
               lowerCaseName.begin(),
               lowerCaseName.end(),
               line.begin(),
               [](char a, char b)
               { return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b))); });
}

} // namespace

std::string WithNetworkLineEnds(std::string_view content)
{
    std::string out;
    out.reserve(content.size() + content.size() / 32);
    for (const char c : content)
    {
        if (c == '\n')
        {
            out += '\r';
        }
        out += c;
    }
    return out;
}

std::string WithDiskLineEnds(std::string_view content)
{
    std::string out;
    out.reserve(content.size());
    for (std::size_t i = 0; i < content.size(); ++i)
    {
        if (content[i] != '\r' || i + 1 == content.size() || content[i + 1] != '\n')
        {
            out += content[i];
        }
    }
    return out;
}

std::string_view MessageIdOf(std::string_view content)
{
    while (!content.empty() && content[0] != '\n')
    {
        const std::string_view line = content.substr(0, content.find('\n'));
        if (StartsWithField(line, "message-id:"))
        {
            const std::size_t first = line.find('<');
            const std::size_t last = line.find('>');
            return first < last && last != std::string_view::npos
                       ? line.substr(first, last - first + 1)
                       : std::string_view();
        }
        content.remove_prefix(std::min(content.size(), line.size() + 1));
    }
    return {};
}

} // namespace bouncelab::mail

#include "models/mail/message.h"

#include "formats/text.h"

#include <algorithm>

namespace bouncelab::mail
{

std::string
WithNetworkLineEnds(std::string_view content)
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

std::string
WithDiskLineEnds(std::string_view content)
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

std::string_view
HeaderOf(std::string_view content)
{
    if (!content.empty() && content[0] == '\n')
    {
        return {};
    }
    const std::size_t end = content.find("\n\n");
    return end == std::string_view::npos ? content : content.substr(0, end + 1);
}

std::uint32_t
CountReceived(std::string_view content)
{
    std::uint32_t count = 0;
    for (std::string_view header = HeaderOf(content); !header.empty();)
    {
        const std::size_t end = header.find('\n');
        count += StartsWithIgnoringCase(header.substr(0, end), "received:") ? 1 : 0;
        header.remove_prefix(end == std::string_view::npos ? header.size() : end + 1);
    }
    return count;
}

std::string_view
MessageIdOf(std::string_view content)
{
    while (!content.empty() && content[0] != '\n')
    {
        const std::string_view line = content.substr(0, content.find('\n'));
        if (StartsWithIgnoringCase(line, "message-id:"))
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

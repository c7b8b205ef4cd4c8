#include "models/connector/message-header.h"

#include "formats/text.h"

namespace bouncelab::connector
{

namespace
{

bool
NamesHost(std::string_view field, std::string_view hostname)
{
    for (std::size_t at = 0; at + 1 < field.size(); ++at)
    {
        const std::string_view rest = field.substr(at);
        const bool isWord = at > 0 && (field[at - 1] == ' ' || field[at - 1] == '\t');
        if (isWord && StartsWithIgnoringCase(rest, "by "))
        {
            const std::string_view name = Trim(rest.substr(3));
            return StartsWithIgnoringCase(name, hostname) &&
                   (name.size() == hostname.size() || name[hostname.size()] == ' ' ||
                    name[hostname.size()] == ';' || name[hostname.size()] == '\r');
        }
    }
    return false;
}

std::string_view
InBrackets(std::string_view value)
{
    const std::size_t open = value.find('<');
    const std::size_t close = value.find('>', open == value.npos ? 0 : open);
    return open == value.npos || close == value.npos ? std::string_view()
                                                     : value.substr(open, close - open + 1);
}

} // namespace

HeaderFacts
ReadHeader(std::string_view content, std::string_view hostname)
{
    HeaderFacts facts;
    std::size_t at = 0;
    while (at < content.size() && content[at] != '\r' && content[at] != '\n')
    {
        std::size_t end = at;
        do
        {
            const std::size_t line = content.find('\n', end);
            end = line == content.npos ? content.size() : line + 1;
        } while (end < content.size() && (content[end] == ' ' || content[end] == '\t'));
        const std::string_view field = content.substr(at, end - at);
        const std::size_t colon = field.find(':');
        if (colon != field.npos)
        {
            const std::string_view name = Trim(field.substr(0, colon));
            const std::string_view value = field.substr(colon + 1);
            if (EqualIgnoringCase(name, "Received"))
            {
                ++facts.hops;
                facts.localHops += NamesHost(value, hostname);
            }
            else if (EqualIgnoringCase(name, "Message-ID"))
            {
                facts.messageId = InBrackets(value);
            }
            else if (EqualIgnoringCase(name, "Subject"))
            {
                facts.subject = Trim(value.substr(0, value.find_first_of("\r\n")));
            }
        }
        at = end;
    }
    facts.size = at;
    return facts;
}

} // namespace bouncelab::connector

#include "detectors/readers/xml-element.h"

#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace bouncelab::detectors
{

std::optional<XmlElement>
FindElement(std::string_view xml, std::string_view name, std::size_t from)
{
    for (std::size_t at = xml.find('<', from); at != xml.npos; at = xml.find('<', at + 1))
    {
        std::string_view rest = xml.substr(at + 1);
        if (!scan::Skip(rest, name) || rest.empty() ||
            std::string_view(">/ \t\r\n").find(rest.front()) == std::string_view::npos)
        {
            continue;
        }
        const std::size_t close = xml.find('>', at);
        if (close == xml.npos)
        {
            return std::nullopt;
        }
        const std::size_t begin = at + 1 + name.size();
        XmlElement element{at, close + 1, xml.substr(begin, close - begin), {}};
        if (xml[close - 1] == '/')
        {
            return element;
        }
        const std::string tail = "</" + std::string(name) + ">";
        const std::size_t stop = xml.find(tail, close);
        if (stop == xml.npos)
        {
            return std::nullopt;
        }
        element.inside = xml.substr(close + 1, stop - close - 1);
        element.end = stop + tail.size();
        return element;
    }
    return std::nullopt;
}

std::string
AttributeOf(const XmlElement& element, std::string_view name)
{
    auto value = scan::After(element.attributes, std::string(name) + "=");
    if (!value || value->empty())
    {
        return "";
    }
    const char quote = value->front();
    return Unescaped(value->substr(1, value->find(quote, 1) - 1));
}

std::string
Unescaped(std::string_view text)
{
    static constexpr std::pair<std::string_view, char> ENTITIES[] = {{"&lt;", '<'},
                                                                     {"&gt;", '>'},
                                                                     {"&quot;", '"'},
                                                                     {"&apos;", '\''},
                                                                     {"&amp;", '&'}};
    std::string plain;
    while (!text.empty())
    {
        const auto* const entity =
            std::find_if(std::begin(ENTITIES),
                         std::end(ENTITIES),
                         [&](const auto& known) { return StartsWith(text, known.first); });
        const bool isEntity = entity != std::end(ENTITIES);
        plain += isEntity ? entity->second : text.front();
        text.remove_prefix(isEntity ? entity->first.size() : 1);
    }
    return plain;
}

} // namespace bouncelab::detectors

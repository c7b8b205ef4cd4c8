#ifndef BOUNCELAB_DETECTORS_READERS_XML_ELEMENT_H
#define BOUNCELAB_DETECTORS_READERS_XML_ELEMENT_H

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::detectors
{

/// An element of XML: its begin in the text, its attributes, what is inside.
struct XmlElement
{
    std::size_t at = 0;
    std::size_t end = 0; //!< Behind its end.
    std::string_view attributes;
    std::string_view inside;
};

/// The first element of a name from a place on; elements of that name inside it are not looked for.
std::optional<XmlElement> FindElement(std::string_view xml,
                                      std::string_view name,
                                      std::size_t from = 0);

/// Without entities; empty if it has none of that name.
std::string AttributeOf(const XmlElement& element, std::string_view name);

/// "&lt;" and the like as the characters that they stand for.
std::string Unescaped(std::string_view text);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_XML_ELEMENT_H

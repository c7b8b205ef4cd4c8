#ifndef BOUNCELAB_FORMATS_XML_TEXT_H
#define BOUNCELAB_FORMATS_XML_TEXT_H

#include <string>
#include <string_view>

namespace bouncelab
{

/// As it may stand in XML, in attributes with double quotes, too. What XML 1.0 cannot hold becomes
/// U+FFFD. \param text UTF-8
inline std::string
EscapedForXml(std::string_view text)
{
    std::string out;
    for (const char c : text)
    {
        const bool isControl = static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n';
        out += c == '&'    ? "&amp;"
               : c == '<'  ? "&lt;"
               : c == '>'  ? "&gt;"
               : c == '"'  ? "&quot;"
               : c == '\r' ? "&#13;"
               : isControl ? "\xEF\xBF\xBD"
                           : std::string(1, c);
    }
    return out;
}

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_XML_TEXT_H

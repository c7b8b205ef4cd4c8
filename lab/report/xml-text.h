#ifndef BOUNCELAB_LAB_REPORT_XML_TEXT_H
#define BOUNCELAB_LAB_REPORT_XML_TEXT_H

#include <string>

namespace bouncelab::report
{

/// As it may stand in XML, in attributes, too.
inline std::string
Escaped(const std::string& text)
{
    std::string out;
    for (const char c : text)
    {
        out += c == '&'   ? "&amp;"
               : c == '<' ? "&lt;"
               : c == '>' ? "&gt;"
               : c == '"' ? "&quot;"
                          : std::string(1, c);
    }
    return out;
}

} // namespace bouncelab::report

#endif // BOUNCELAB_LAB_REPORT_XML_TEXT_H

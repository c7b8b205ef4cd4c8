#ifndef BOUNCELAB_LAB_EVIDENCE_CSV_H
#define BOUNCELAB_LAB_EVIDENCE_CSV_H

#include <string>
#include <string_view>

namespace bouncelab::evidence
{

/// Appends a field as Exchange writes it: in quotes if it holds a comma, a quote or a line end
/// ("220 host Microsoft ESMTP MAIL Service ready at Wed, 16 Nov 2011 ..."), quotes doubled.
inline void
AppendCsv(std::string& out, std::string_view field)
{
    if (field.find_first_of(",\"\r\n") == std::string_view::npos)
    {
        out += field;
        return;
    }
    out += '"';
    for (const char c : field)
    {
        if (c == '"')
        {
            out += '"';
        }
        out += c;
    }
    out += '"';
}

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_CSV_H

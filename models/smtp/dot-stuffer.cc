#include "models/smtp/dot-stuffer.h"

#include <algorithm>

namespace bouncelab::smtp
{

std::string
WithConvertedLineEnds(const std::string& content)
{
    std::string out;
    out.reserve(content.size() + content.size() / 32);
    char before = '\0';
    for (const char c : content)
    {
        if (c == '\n' && before != '\r')
        {
            out += '\r';
        }
        out += before = c;
    }
    return out;
}

std::size_t
DotStuffer::Read(std::string& out, std::size_t limit)
{
    const std::string_view content = *m_content;
    std::size_t room = limit;
    while (room > 0 && m_at < content.size())
    {
        if (m_lineStart && content[m_at] == '.' && !m_stuffed)
        {
            out += '.';
            m_stuffed = true;
            --room;
            continue;
        }
        m_lineStart = false;
        m_stuffed = false;
        if (content[m_at] == '\n')
        {
            if (!m_lastCr && m_lineEnds == ContentLineEnds::Convert)
            {
                out += '\r';
                m_lastCr = true;
                --room;
                continue;
            }
            out += '\n';
            m_lineStart = m_lastCr;
            m_lastCr = false;
            ++m_at;
            --room;
            continue;
        }
        const std::size_t lf = std::min(content.find('\n', m_at), content.size());
        const std::size_t run = std::min(room, lf - m_at);
        out += content.substr(m_at, run);
        m_at += run;
        room -= run;
        m_lastCr = content[m_at - 1] == '\r';
    }
    if (m_at == content.size())
    {
        if (!m_tailBegun)
        {
            m_tailBegun = true;
            m_tail = m_lineStart ? 2 : 0;
        }
        const std::size_t rest = std::min(room, TAIL.size() - m_tail);
        out += TAIL.substr(m_tail, rest);
        m_tail += rest;
        room -= rest;
    }
    return limit - room;
}

} // namespace bouncelab::smtp

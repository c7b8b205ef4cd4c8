#include "models/smtp/line-reader.h"

#include "formats/text.h"

#include <algorithm>

namespace bouncelab::smtp
{

void
LineReader::Keep(std::string_view octets)
{
    m_length += octets.size();
    const std::size_t room =
        m_rules.maxLength > m_text.size() ? m_rules.maxLength - m_text.size() : 0;
    m_text.append(octets.data(), std::min(room, octets.size()));
}

void
LineReader::End(LineEnd end)
{
    m_length += end == LineEnd::CrLf ? 2 : 1;
    m_end = end;
    m_complete = true;
    m_pendingCr = false;
}

std::size_t
LineReader::Feed(std::string_view bytes)
{
    std::size_t at = 0;
    while (!m_complete && at < bytes.size())
    {
        if (m_pendingCr)
        {
            if (bytes[at] == '\n')
            {
                ++at;
                End(LineEnd::CrLf);
            }
            else if (m_rules.bareCr == BareLineEnd::Pass)
            {
                m_pendingCr = false;
                Keep("\r");
            }
            else
            {
                End(LineEnd::Cr);
            }
            continue;
        }
        const std::size_t stop = FindLineOctet(bytes, at);
        Keep(bytes.substr(at, stop - at));
        at = stop;
        if (at == bytes.size())
        {
            break;
        }
        if (bytes[at] == '\r')
        {
            m_pendingCr = true;
        }
        else if (m_rules.bareLf == BareLineEnd::Pass)
        {
            Keep("\n");
        }
        else
        {
            End(LineEnd::Lf);
        }
        ++at;
    }
    return at;
}

Line
LineReader::Get() const
{
    return {m_text, m_length, m_end, m_length > m_rules.maxLength};
}

void
LineReader::Next()
{
    m_text.clear();
    m_length = 0;
    m_complete = false;
}

} // namespace bouncelab::smtp

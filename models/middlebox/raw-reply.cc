#include "models/middlebox/raw-reply.h"

#include "formats/text.h"

namespace bouncelab::middlebox
{

std::size_t
RawReply::Feed(std::string_view bytes)
{
    std::size_t taken = 0;
    while (!m_complete && !m_overflown && taken < bytes.size())
    {
        const std::size_t end = bytes.find('\n', taken);
        const std::size_t stop = end == bytes.npos ? bytes.size() : end + 1;
        m_octets += bytes.substr(taken, stop - taken);
        taken = stop;
        m_overflown = m_octets.size() > MAX_SIZE;
        if (end == bytes.npos || m_overflown)
        {
            continue;
        }
        const std::string_view line = std::string_view(m_octets).substr(m_lineStart);
        m_lineStart = m_octets.size();
        const bool hasCode =
            line.size() > 3 && IsDigit(line[0]) && IsDigit(line[1]) && IsDigit(line[2]);
        m_code = hasCode ? static_cast<std::uint32_t>((line[0] - '0') * 100 + (line[1] - '0') * 10 +
                                                      (line[2] - '0'))
                         : 0;
        m_complete = !hasCode || line[3] != '-';
    }
    return taken;
}

void
RawReply::Next()
{
    m_octets.clear();
    m_lineStart = 0;
    m_code = 0;
    m_complete = false;
    m_overflown = false;
}

} // namespace bouncelab::middlebox

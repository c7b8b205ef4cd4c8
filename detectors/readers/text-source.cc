#include "detectors/readers/text-source.h"

#include "formats/utf8.h"

#include <algorithm>

namespace bouncelab::detectors
{

namespace
{

/// How many of the octets at first, first + step, ... are NUL, in hundredths.
std::size_t
NulShare(const unsigned char* bytes, std::size_t size, std::size_t first, std::size_t step)
{
    std::size_t nuls = 0;
    std::size_t all = 0;
    for (std::size_t i = first; i < size; i += step)
    {
        ++all;
        nuls += bytes[i] == 0 ? 1 : 0;
    }
    return all == 0 ? 0 : nuls * 100 / all;
}

} // namespace

std::size_t
UnitOfEncoding(const unsigned char* bytes, std::size_t size, bool& bigEndian)
{
    const auto begins = [&](std::string_view mark)
    {
        return size >= mark.size() && std::equal(mark.begin(),
                                                 mark.end(),
                                                 bytes,
                                                 [](char a, unsigned char b)
                                                 { return static_cast<unsigned char>(a) == b; });
    };
    using namespace std::string_view_literals;
    bigEndian = begins("\xFE\xFF"sv) || begins("\0\0\xFE\xFF"sv);
    if (begins("\xFF\xFE\0\0"sv) || begins("\0\0\xFE\xFF"sv))
    {
        return 4;
    }
    if (begins("\xFF\xFE"sv) || begins("\xFE\xFF"sv))
    {
        return 2;
    }
    constexpr std::size_t MOSTLY = 60;
    constexpr std::size_t HARDLY = 5;
    if (size < 8)
    {
        return 1;
    }
    std::array<std::size_t, 4> share{};
    for (std::size_t i = 0; i < 4; ++i)
    {
        share[i] = NulShare(bytes, size, i, 4);
    }
    if (share[1] > 95 && share[2] > 95 && (share[0] > 95) != (share[3] > 95))
    {
        bigEndian = share[0] > 95;
        return 4;
    }
    const std::size_t even = NulShare(bytes, size, 0, 2);
    const std::size_t odd = NulShare(bytes, size, 1, 2);
    if ((even > MOSTLY && odd < HARDLY) || (odd > MOSTLY && even < HARDLY))
    {
        bigEndian = even > odd;
        return 2;
    }
    return 1;
}

TextSource::TextSource(std::FILE* file)
    : m_file(file)
{
}

std::string_view
TextSource::Encoding() const
{
    return m_unit == 4 ? "UTF-32" : m_unit == 2 ? "UTF-16" : "";
}

bool
TextSource::Next(std::string& line)
{
    line.clear();
    bool cut = false;
    for (;;)
    {
        if (m_at == m_text.size() && !Fill())
        {
            m_cutLines += cut ? 1 : 0;
            return !line.empty();
        }
        if (m_afterReturn && m_text[m_at] == '\n')
        {
            ++m_at;
            m_afterReturn = false;
            continue;
        }
        m_afterReturn = false;
        const std::size_t end = std::min(m_text.find_first_of("\r\n", m_at), m_text.size());
        const std::size_t length = std::min(end - m_at, LONGEST_LINE - line.size());
        cut = cut || length < end - m_at;
        line.append(m_text, m_at, length);
        m_at = end;
        if (end < m_text.size())
        {
            m_afterReturn = m_text[m_at++] == '\r';
            m_cutLines += cut ? 1 : 0;
            return true;
        }
    }
}

bool
TextSource::Fill()
{
    m_text.clear();
    m_at = 0;
    while (m_text.empty())
    {
        const std::size_t got =
            std::fread(m_bytes.data() + m_kept, 1, m_bytes.size() - m_kept, m_file);
        if (got == 0)
        {
            return false;
        }
        const std::size_t end = m_kept + got;
        std::size_t from = 0;
        if (!m_begun)
        {
            m_begun = true;
            m_unit = UnitOfEncoding(m_bytes.data(), end, m_bigEndian);
            constexpr std::array<unsigned char, 3> MARK{0xEF, 0xBB, 0xBF};
            from = m_unit == 1 && end >= 3 && std::equal(MARK.begin(), MARK.end(), m_bytes.begin())
                       ? 3
                       : 0;
        }
        std::rotate(m_bytes.begin(),
                    m_bytes.begin() + static_cast<std::ptrdiff_t>(from),
                    m_bytes.end());
        Decode(end - from);
    }
    return true;
}

void
TextSource::Decode(std::size_t end)
{
    const std::size_t whole = end - end % m_unit;
    for (std::size_t i = 0; i < whole; i += m_unit)
    {
        if (m_unit == 1)
        {
            m_nuls += m_bytes[i] == 0 ? 1 : 0;
            if (m_bytes[i] != 0)
            {
                m_text += static_cast<char>(m_bytes[i]);
            }
            continue;
        }
        std::uint32_t character = 0;
        for (std::size_t k = 0; k < m_unit; ++k)
        {
            const std::size_t shift = 8 * (m_bigEndian ? m_unit - 1 - k : k);
            character |= static_cast<std::uint32_t>(m_bytes[i + k]) << shift;
        }
        Append(character);
    }
    m_kept = end - whole;
    std::copy(m_bytes.begin() + static_cast<std::ptrdiff_t>(whole),
              m_bytes.begin() + static_cast<std::ptrdiff_t>(end),
              m_bytes.begin());
}

void
TextSource::Append(std::uint32_t character)
{
    constexpr std::uint32_t BYTE_ORDER_MARK = 0xFEFF;
    if (character == 0 || character == BYTE_ORDER_MARK)
    {
        m_nuls += character == 0 ? 1 : 0;
        return;
    }
    if (m_unit == 2 && (character & 0xFC00) == 0xD800)
    {
        m_surrogate = character;
        return;
    }
    if (m_unit == 2 && (character & 0xFC00) == 0xDC00 && m_surrogate != 0)
    {
        character = 0x10000 + ((m_surrogate & 0x3FF) << 10) + (character & 0x3FF);
    }
    m_surrogate = 0;
    AppendUtf8(m_text, character);
}

} // namespace bouncelab::detectors

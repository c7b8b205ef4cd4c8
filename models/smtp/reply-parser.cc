#include "models/smtp/reply-parser.h"

#include "formats/text.h"

#include <algorithm>

namespace bouncelab::smtp
{

namespace
{

constexpr bool
IsReplyCode(char a, char b, char c)
{
    return a >= '2' && a <= '5' && b >= '0' && b <= '5' && IsDigit(c);
}

constexpr bool
IsTextOctet(char c)
{
    return c == '\t' || (c >= 32 && c <= 126);
}

} // namespace

std::size_t
ReplyParser::Feed(std::string_view bytes)
{
    if (m_complete)
    {
        return 0;
    }
    const std::size_t taken =
        m_rules.reading == ReplyReading::Strict ? FeedStrict(bytes) : FeedQmail(bytes);
    m_octets += taken;
    return taken;
}

void
ReplyParser::Next()
{
    m_reply.code = 0;
    m_reply.text.clear();
    m_reply.faults = 0;
    m_octets = 0;
    m_complete = false;
    m_firstLine = true;
    m_line.clear();
    m_lineLength = 0;
    m_column = 0;
    m_lineCode = 0;
    m_continued = false;
    m_cr = false;
}

void
ReplyParser::KeepText(std::string_view octets)
{
    const std::size_t room = m_rules.maxText - std::min(m_rules.maxText, m_reply.text.size());
    if (octets.size() > room)
    {
        Fault(ReplyFault::TextTooLong);
    }
    m_reply.text.append(octets.data(), std::min(room, octets.size()));
}

void
ReplyParser::CheckOctets(std::string_view octets)
{
    if (!std::all_of(octets.begin(), octets.end(), IsTextOctet))
    {
        Fault(ReplyFault::OddOctet);
    }
}

void
ReplyParser::Finish()
{
    if (!m_reply.text.empty() && m_reply.text.back() == '\n')
    {
        m_reply.text.pop_back();
    }
    m_complete = true;
}

std::size_t
ReplyParser::FeedStrict(std::string_view bytes)
{
    std::size_t at = 0;
    while (!m_complete && at < bytes.size())
    {
        const std::size_t lf = bytes.find('\n', at);
        const std::size_t stop = lf == std::string_view::npos ? bytes.size() : lf + 1;
        const std::size_t room = m_rules.maxLine - std::min(m_rules.maxLine, m_line.size());
        const std::size_t length = stop - at;
        const bool cr = length >= 2 ? bytes[stop - 2] == '\r' : m_cr;
        m_line.append(bytes.data() + at, std::min(room, length));
        m_lineLength += length;
        if (lf == std::string_view::npos)
        {
            m_cr = bytes.back() == '\r';
        }
        else
        {
            if (!cr)
            {
                Fault(ReplyFault::BareLf);
            }
            m_cr = false;
            EndLine();
        }
        at = stop;
    }
    return at;
}

void
ReplyParser::EndLine()
{
    if (m_lineLength > m_rules.maxLine)
    {
        Fault(ReplyFault::LineTooLong);
    }
    while (!m_line.empty() && (m_line.back() == '\n' || m_line.back() == '\r'))
    {
        m_line.pop_back();
    }
    CheckOctets(m_line);
    m_line.erase(std::remove(m_line.begin(), m_line.end(), '\r'), m_line.end());

    bool malformed = false;
    if (m_line.size() < 3 || !IsReplyCode(m_line[0], m_line[1], m_line[2]))
    {
        Fault(ReplyFault::BadCode);
        malformed = true;
    }
    else if (m_line.size() > 3 && m_line[3] != ' ' && m_line[3] != '-')
    {
        Fault(ReplyFault::BadSeparator);
        malformed = true;
    }
    if (malformed)
    {
        if (!m_rules.skipMalformed)
        {
            KeepText(m_line);
            m_reply.code = 0;
            Finish();
        }
    }
    else
    {
        const auto code = static_cast<std::uint32_t>((m_line[0] - '0') * 100 +
                                                     (m_line[1] - '0') * 10 + (m_line[2] - '0'));
        if (m_firstLine)
        {
            m_reply.code = code;
            m_firstLine = false;
        }
        else if (code != m_reply.code)
        {
            Fault(ReplyFault::CodeMismatch);
        }
        const bool last = m_line.size() == 3 || m_line[3] == ' ';
        KeepText(m_line);
        if (last)
        {
            Finish();
        }
        else
        {
            KeepText("\n");
        }
    }
    m_line.clear();
    m_lineLength = 0;
}

std::size_t
ReplyParser::FeedQmail(std::string_view bytes)
{
    std::size_t at = 0;
    while (!m_complete && at < bytes.size())
    {
        TakeQmailOctet(static_cast<unsigned char>(bytes[at++]));
    }
    return at;
}

void
ReplyParser::TakeQmailOctet(unsigned char octet)
{
    const char c = static_cast<char>(octet);
    const std::uint32_t value = static_cast<std::uint32_t>(octet) - '0';
    if (m_column < 3)
    {
        m_lineCode = m_column == 0 ? value : m_lineCode * 10 + value;
        const bool fits = m_column == 0   ? c >= '2' && c <= '5'
                          : m_column == 1 ? c >= '0' && c <= '5'
                                          : IsDigit(c);
        if (!fits)
        {
            Fault(ReplyFault::BadCode);
        }
        if (m_column == 2)
        {
            if (m_firstLine)
            {
                m_reply.code = m_lineCode;
                m_firstLine = false;
            }
            else if (m_lineCode != m_reply.code)
            {
                Fault(ReplyFault::CodeMismatch);
            }
        }
    }
    else if (m_column == 3)
    {
        m_continued = c == '-';
        if (c != '-' && c != ' ' && c != '\r' && c != '\n')
        {
            Fault(ReplyFault::BadSeparator);
        }
    }
    if (c != '\r' && c != '\n' && !IsTextOctet(c))
    {
        Fault(ReplyFault::OddOctet);
    }
    if (c != '\r')
    {
        KeepText(std::string_view(&c, 1));
    }
    ++m_column;
    if (c == '\n' && !m_cr)
    {
        Fault(ReplyFault::BareLf);
    }
    m_cr = c == '\r';
    if (m_column > m_rules.maxLine)
    {
        Fault(ReplyFault::LineTooLong);
    }
    if (m_column > 3 && c == '\n')
    {
        m_column = 0;
        if (!m_continued)
        {
            Finish();
        }
    }
}

} // namespace bouncelab::smtp

#include "models/smtp/data-decoder.h"

#include "formats/text.h"

#include <algorithm>

namespace bouncelab::smtp
{

void
DataDecoder::Start()
{
    m_content.clear();
    m_size = 0;
    m_lineLength = 0;
    m_state = State::LineStart;
    m_lineTooLong = false;
    m_bareCr = false;
    m_bareLf = false;
}

void
DataDecoder::Keep(std::string_view octets)
{
    if (m_size < m_rules.maxContent)
    {
        m_content.append(octets.data(),
                         std::min<std::uint64_t>(octets.size(), m_rules.maxContent - m_size));
    }
    m_size += octets.size();
    m_lineLength += octets.size();
}

void
DataDecoder::EndOfLine()
{
    Keep("\r\n");
    m_lineTooLong |= m_lineLength > m_rules.maxLine;
    m_lineLength = 0;
    m_state = State::LineStart;
}

/// LF at the front, after no CR and not after a dot that began the line.
void
DataDecoder::TakeLf()
{
    m_bareLf = true;
    if (m_rules.bareLf == BareLineEnd::Pass)
    {
        Keep("\n");
        m_state = State::Middle;
    }
    else
    {
        EndOfLine();
    }
}

std::size_t
DataDecoder::Feed(std::string_view bytes)
{
    std::size_t at = 0;
    while (at < bytes.size() && m_state != State::Ended)
    {
        const char c = bytes[at];
        switch (m_state)
        {
        case State::LineStart:
            if (c == '.')
            {
                m_state = State::Dot;
                ++at;
            }
            else
            {
                m_state = State::Middle;
            }
            break;
        case State::Dot:
            if (c == '\r')
            {
                m_state = State::DotCr;
                ++at;
            }
            else if (c == '\n' && m_rules.bareLf != BareLineEnd::Pass)
            {
                m_bareLf = true;
                m_state = State::Ended;
                ++at;
            }
            else
            {
                m_state = State::Middle;
            }
            break;
        case State::DotCr:
            if (c == '\n')
            {
                m_state = State::Ended;
                ++at;
            }
            else
            {
                m_bareCr = true;
                if (m_rules.bareCr == BareLineEnd::Pass)
                {
                    Keep("\r");
                    m_state = State::Middle;
                }
                else
                {
                    m_state = State::Ended;
                }
            }
            break;
        case State::Middle:
        {
            const std::size_t stop = FindLineOctet(bytes, at);
            Keep(bytes.substr(at, stop - at));
            at = stop;
            if (at < bytes.size())
            {
                if (bytes[at] == '\r')
                {
                    m_state = State::Cr;
                }
                else
                {
                    TakeLf();
                }
                ++at;
            }
            break;
        }
        case State::Cr:
            if (c == '\n')
            {
                EndOfLine();
                ++at;
            }
            else
            {
                m_bareCr = true;
                if (m_rules.bareCr == BareLineEnd::Pass)
                {
                    Keep("\r");
                    m_state = State::Middle;
                }
                else
                {
                    EndOfLine();
                }
            }
            break;
        case State::Ended:
            break;
        }
    }
    return at;
}

} // namespace bouncelab::smtp

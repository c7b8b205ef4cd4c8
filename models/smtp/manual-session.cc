#include "models/smtp/manual-session.h"

#include <algorithm>

namespace bouncelab::smtp
{

ManualSession::ManualSession(const ManualSessionConfig& config)
    : m_typing(config.typing)
    , m_patience(config.patience)
    , m_lines(config.lines.begin(), config.lines.end())
{
}

void
ManualSession::Connected(Nanoseconds now)
{
    m_timer = now + m_patience;
}

void
ManualSession::Receive(std::string_view bytes, Nanoseconds now)
{
    while (!bytes.empty() && !m_closing)
    {
        bytes.remove_prefix(m_parser.Feed(bytes));
        if (!m_parser.Complete())
        {
            return;
        }
        m_parser.Next();
        if (m_isTyping)
        {
            continue;
        }
        if (m_lines.empty())
        {
            Close();
            return;
        }
        m_isTyping = true;
        m_timer = now + m_typing;
    }
}

void
ManualSession::PeerClosed(Nanoseconds /* now */, bool /* reset */)
{
    m_output.clear();
    Close();
}

void
ManualSession::Tick(Nanoseconds now)
{
    if (!m_timer || now < *m_timer)
    {
        return;
    }
    if (!m_isTyping)
    {
        Close();
        return;
    }
    m_isTyping = false;
    m_output += m_lines.front() + "\r\n";
    m_lines.pop_front();
    m_timer = now + m_patience;
}

std::string
ManualSession::TakeOutput(std::size_t limit)
{
    const std::size_t size = std::min(limit, m_output.size());
    std::string taken = m_output.substr(0, size);
    m_output.erase(0, size);
    return taken;
}

void
ManualSession::Close()
{
    m_closing = true;
    m_timer.reset();
}

} // namespace bouncelab::smtp

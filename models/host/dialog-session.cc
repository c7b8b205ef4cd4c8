#include "models/host/dialog-session.h"

namespace bouncelab::host
{

DialogSession::DialogSession(const DialogClient& config, DialogSide side, DrawKey draws)
    : m_config(config)
    , m_side(side)
    , m_draws(draws)
{
}

/// Past the other side's steps that have been read; sets the timer of what comes then.
void
DialogSession::Await(Nanoseconds now)
{
    while (m_step < m_config.steps.size() && !IsOurs() && m_read >= m_config.steps[m_step].bytes)
    {
        m_read -= m_config.steps[m_step++].bytes;
    }
    m_timer.reset();
    if (m_step < m_config.steps.size())
    {
        if (IsOurs())
        {
            m_timer = now + m_config.steps[m_step].after;
        }
    }
    else if (m_side == DialogSide::Client && m_config.until.count() > 0)
    {
        m_timer = m_config.until;
    }
}

void
DialogSession::Receive(std::string_view bytes, Nanoseconds now)
{
    m_read += bytes.size();
    if (m_step < m_config.steps.size() && !IsOurs())
    {
        Await(now);
    }
}

void
DialogSession::Tick(Nanoseconds now)
{
    if (!m_timer || now < *m_timer)
    {
        return;
    }
    if (m_step == m_config.steps.size())
    {
        m_isOver = true;
        m_timer.reset();
        return;
    }
    for (std::uint32_t left = m_config.steps[m_step++].bytes; left > 0; --left)
    {
        m_output += static_cast<char>(m_draws("octet", m_written).Value());
        ++m_written;
    }
    Await(now);
}

std::string
DialogSession::TakeOutput(std::size_t limit)
{
    std::string taken = m_output.substr(0, limit);
    m_output.erase(0, taken.size());
    return taken;
}

} // namespace bouncelab::host

#include "models/host/ip-identification.h"

namespace bouncelab::host
{

IpIdentification::IpIdentification(std::uint16_t first, double otherPerSecond, DrawKey draws)
    : m_next(first)
    , m_doubleMeanNs(otherPerSecond > 0 ? static_cast<std::int64_t>(2e9 / otherPerSecond) : 0)
    , m_draws(draws)
{
}

void
IpIdentification::DrawNextOther()
{
    ++m_others;
    m_nextOtherNs += m_draws("other", m_others).Between(1, m_doubleMeanNs);
}

std::uint16_t
IpIdentification::Next(std::int64_t nowNs)
{
    if (m_doubleMeanNs > 0)
    {
        if (!m_started)
        {
            m_started = true;
            m_nextOtherNs = nowNs;
            DrawNextOther();
        }
        while (m_nextOtherNs <= nowNs)
        {
            ++m_next;
            DrawNextOther();
        }
    }
    return m_next++;
}

} // namespace bouncelab::host

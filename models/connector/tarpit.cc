#include "models/connector/tarpit.h"

namespace bouncelab::connector
{

bool
Tarpit::IsDiscredited(IpAddress client, Nanoseconds now)
{
    const Nanoseconds* until = m_discredited.Find(client);
    if (!until)
    {
        return false;
    }
    if (*until <= now)
    {
        m_discredited.Erase(client);
        return false;
    }
    return true;
}

void
Tarpit::Ended(IpAddress client, bool dropped, Nanoseconds now)
{
    if (m_config.discredit == DiscreditRule::Ended ||
        (m_config.discredit == DiscreditRule::Dropped && dropped))
    {
        m_discredited.Get(client) = now + m_config.discreditPeriod;
    }
}

Nanoseconds
Tarpit::DelayOf(std::uint32_t code, bool discredited, bool ofAuth) const
{
    const std::uint32_t first = m_config.rule == TarpitRule::ErrorReplies ? 400 : 500;
    if (code >= first)
    {
        return ofAuth ? m_config.authInterval : m_config.interval;
    }
    return discredited ? m_config.interval : Nanoseconds(0);
}

} // namespace bouncelab::connector

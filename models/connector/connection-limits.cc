#include "models/connector/connection-limits.h"

#include <algorithm>

namespace bouncelab::connector
{

namespace
{

constexpr Nanoseconds MINUTE = std::chrono::minutes(1);

} // namespace

ConnectionFault
ConnectionLimits::Open(IpAddress client, Nanoseconds now)
{
    while (!m_opened.empty() && m_opened.front() + MINUTE <= now)
    {
        m_opened.pop_front();
    }
    if (m_config.connectionsPerMinute > 0 && m_opened.size() >= m_config.connectionsPerMinute)
    {
        return ConnectionFault::PerMinute;
    }
    if (m_config.connections > 0 && m_open >= m_config.connections)
    {
        return ConnectionFault::Total;
    }
    const auto found = m_perSource.find(client);
    const std::uint32_t mine = found == m_perSource.end() ? 0 : found->second;
    if (m_config.connectionsPerSource > 0 && mine >= m_config.connectionsPerSource)
    {
        return ConnectionFault::PerSource;
    }
    if (m_config.connections > 0)
    {
        const std::uint64_t left = m_config.connections - m_open;
        const std::uint64_t share =
            std::max<std::uint64_t>(left * m_config.percentPerSource / 100, 1);
        if (mine >= share)
        {
            return ConnectionFault::PerSource;
        }
    }
    ++m_open;
    ++m_perSource[client];
    if (m_config.connectionsPerMinute > 0)
    {
        m_opened.push_back(now);
    }
    return ConnectionFault::None;
}

void
ConnectionLimits::Close(IpAddress client)
{
    --m_open;
    const auto found = m_perSource.find(client);
    if (--found->second == 0)
    {
        m_perSource.erase(found);
    }
}

bool
ConnectionLimits::AdmitMessage(IpAddress client, std::string_view user, Nanoseconds now)
{
    const RateSource source = m_config.messageRateSource;
    const bool byUser = source == RateSource::User || source == RateSource::All;
    if (m_config.messagesPerMinute == 0 || source == RateSource::None ||
        (source == RateSource::User && user.empty()))
    {
        return true;
    }
    MinuteCount& minute =
        m_messages.Get(byUser && !user.empty() ? std::string(user) : client.ToString());
    return minute.Admit(m_config.messagesPerMinute, now);
}

bool
ConnectionLimits::AdmitTls(Nanoseconds now)
{
    return m_config.tlsPerMinute == 0 || m_tls.Admit(m_config.tlsPerMinute, now);
}

bool
ConnectionLimits::MinuteCount::Admit(std::uint32_t limit, Nanoseconds now)
{
    if (count == 0 || start + MINUTE <= now)
    {
        *this = {now, 0};
    }
    if (count >= limit)
    {
        return false;
    }
    ++count;
    return true;
}

} // namespace bouncelab::connector

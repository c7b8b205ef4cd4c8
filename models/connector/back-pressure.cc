#include "models/connector/back-pressure.h"

#include <algorithm>

namespace bouncelab::connector
{

namespace
{

bool
IsThrottled(std::size_t resource)
{
    return resource == static_cast<std::size_t>(Resource::SubmissionQueue) ||
           resource == static_cast<std::size_t>(Resource::VersionBuckets);
}

bool
IsForSmtp(std::size_t resource)
{
    return resource != static_cast<std::size_t>(Resource::SystemMemory);
}

} // namespace

BackPressure::BackPressure(const BackPressureConfig& config)
    : m_config(config)
{
    for (std::size_t i = 0; i < RESOURCE_COUNT; ++i)
    {
        m_meters[i].use = ThresholdsOf(i).initial;
    }
}

const PressureThresholds&
BackPressure::ThresholdsOf(std::size_t resource) const
{
    const PressureThresholds* const all[RESOURCE_COUNT] = {&m_config.submissionQueue,
                                                           &m_config.versionBuckets,
                                                           &m_config.privateBytes,
                                                           &m_config.systemMemory,
                                                           &m_config.databaseDisk,
                                                           &m_config.logDisk};
    return *all[resource];
}

void
BackPressure::SetUse(Resource resource, std::uint32_t use, Nanoseconds now)
{
    Advance(now);
    m_meters[static_cast<std::size_t>(resource)].use = use;
}

bool
BackPressure::Rejects(Nanoseconds now, bool fromExchange)
{
    Advance(now);
    for (std::size_t i = 0; i < RESOURCE_COUNT; ++i)
    {
        const Meter& meter = m_meters[i];
        if (!IsForSmtp(i) || meter.pressure == Pressure::Low)
        {
            continue;
        }
        if (meter.pressure == Pressure::High ||
            (!fromExchange && meter.polls > ThresholdsOf(i).historyDepth))
        {
            return true;
        }
    }
    return false;
}

Nanoseconds
BackPressure::Delay(Nanoseconds now)
{
    Advance(now);
    return m_delay;
}

bool
BackPressure::RefusesConnections(Nanoseconds now)
{
    Advance(now);
    if (!m_config.refuseConnections)
    {
        return false;
    }
    for (std::size_t i = 0; i < RESOURCE_COUNT; ++i)
    {
        if (IsForSmtp(i) && m_meters[i].pressure != Pressure::Low)
        {
            return true;
        }
    }
    return false;
}

Pressure
BackPressure::PressureOf(Resource resource, Nanoseconds now)
{
    Advance(now);
    return m_meters[static_cast<std::size_t>(resource)].pressure;
}

void
BackPressure::Advance(Nanoseconds now)
{
    while (m_polled + m_config.poll <= now)
    {
        m_polled += m_config.poll;
        if (!Poll())
        {
            m_polled += (now - m_polled) / m_config.poll * m_config.poll;
        }
    }
}

bool
BackPressure::Poll()
{
    bool changed = false;
    bool throttle = false;
    for (std::size_t i = 0; i < RESOURCE_COUNT; ++i)
    {
        Meter& meter = m_meters[i];
        const PressureThresholds& at = ThresholdsOf(i);
        const Pressure before = meter.pressure;
        if (meter.use > at.mediumToHigh)
        {
            meter.pressure = Pressure::High;
        }
        else if (meter.pressure == Pressure::High && meter.use < at.highToMedium)
        {
            meter.pressure = Pressure::Medium;
        }
        if (meter.pressure == Pressure::Low && meter.use > at.lowToMedium)
        {
            meter.pressure = Pressure::Medium;
        }
        else if (meter.pressure == Pressure::Medium && meter.use < at.mediumToLow)
        {
            meter.pressure = Pressure::Low;
        }
        const std::uint32_t polls =
            meter.pressure == Pressure::Low ? 0 : std::min(meter.polls, at.historyDepth) + 1;
        changed = changed || before != meter.pressure || polls != meter.polls;
        meter.polls = polls;
        throttle = throttle || (IsThrottled(i) && meter.pressure != Pressure::Low);
    }
    const Nanoseconds delay =
        throttle ? std::min(std::max(m_delay + m_config.delayStep, m_config.firstDelay),
                            m_config.longestDelay)
                 : std::max(m_delay - m_config.delayStep, Nanoseconds(0));
    changed = changed || delay != m_delay;
    m_delay = delay;
    return changed;
}

} // namespace bouncelab::connector

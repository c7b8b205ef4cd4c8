#include "lab/world/host-clocks.h"

#include "lab/scenario/utc-time.h"

namespace bouncelab::world
{

HostClocks::HostClocks(const scenario::Scenario& scenario)
    : m_scenario(scenario)
    , m_start(Nanoseconds(*scenario::ParseUtc(scenario.start)))
{
    for (const auto& [name, host] : scenario.hosts)
    {
        if (host.timeService)
        {
            m_set.emplace(
                name,
                kerberos::DriftingClock(m_start, host.clockOffset, host.timeService->drift));
        }
    }
    if (scenario.domain)
    {
        for (const auto& [name, member] : scenario.domain->members)
        {
            m_set.emplace(
                name,
                kerberos::DriftingClock(m_start, member.clock.offset, member.clock.drift));
        }
    }
}

HostClock
HostClocks::Right() const
{
    HostClock clock;
    clock.start = m_start;
    clock.zoneSeconds = m_scenario.site.utcOffset.count() / NANOSECONDS_PER_SECOND;
    return clock;
}

HostClock
HostClocks::ClockOf(const std::string& host) const
{
    HostClock clock = Right();
    clock.offset = m_scenario.hosts.at(host).clockOffset;
    if (const auto own = m_set.find(host); own != m_set.end())
    {
        clock.course = &own->second;
        clock.offset = Nanoseconds(0); // The course has it.
    }
    return clock;
}

} // namespace bouncelab::world

#include "models/host/boot-state.h"

#include <algorithm>

namespace bouncelab::host
{

namespace
{

constexpr std::int64_t HOUR_NS = 3600000000000;
constexpr std::int64_t LONGEST_UPTIME_NS = 60 * 24 * HOUR_NS;

} // namespace

BootState
BootStateOf(const StackProfile& profile, const HostStart& start, DrawKey draws)
{
    const Nanoseconds uptime =
        start.uptime.value_or(Nanoseconds(draws("uptime").Between(HOUR_NS, LONGEST_UPTIME_NS)));
    const TimestampClock sinceBoot(profile.timestampHz, 0, uptime.count());
    return {
        start.ipId.value_or(static_cast<std::uint16_t>(draws("ip-id").Value())),
        start.firstPort.value_or(static_cast<std::uint16_t>(
            draws("port").Between(profile.firstEphemeralPort, profile.lastEphemeralPort))),
        start.timestamp
            ? TimestampClock(profile.timestampHz, *start.timestamp, start.timestampPhase.count())
            : sinceBoot};
}

} // namespace bouncelab::host

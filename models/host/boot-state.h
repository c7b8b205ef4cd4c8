#ifndef BOUNCELAB_MODELS_HOST_BOOT_STATE_H
#define BOUNCELAB_MODELS_HOST_BOOT_STATE_H

#include "formats/random.h"
#include "models/host/stack-profile.h"
#include "models/host/timestamp-clock.h"

#include <cstdint>

namespace bouncelab::host
{

/**
 * Where a machine's counters stand when the run starts: it has been running for a while, and has
 * sent packets and opened connections that nobody here saw. What HostStart gives counts; the rest
 * is drawn for the host.
 */
struct BootState
{
    std::uint16_t ipId; //!< Of a host's one counter, or of its first connection's.
    std::uint16_t port; //!< At which a counter of source ports stands, within the profile's range.
    TimestampClock clock; //!< The profile's rate times the uptime, from 0 at boot.
};

/// \param draws of the host
BootState BootStateOf(const StackProfile& profile, const HostStart& start, DrawKey draws);

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_BOOT_STATE_H

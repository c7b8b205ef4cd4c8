#ifndef BOUNCELAB_DETECTORS_READERS_TIME_EXCEEDED_H
#define BOUNCELAB_DETECTORS_READERS_TIME_EXCEEDED_H

#include "formats/address.h"
#include "formats/clock.h"
#include "formats/packet.h"

#include <cstdint>
#include <optional>

namespace bouncelab::detectors
{

/// What a router says of a TCP packet whose TTL, or hop limit, ended there (RFC 792, RFC 4443), or
/// a router or host of one that it does not let through.
struct TimeExceeded
{
    bool isUnreachable = false; //!< The latter: "destination unreachable".
    std::uint64_t frame = 0;
    WallTime time{};
    HostAddress router; //!< Who says so.
    HostAddress source; //!< Of the packet that it quotes; so what follows.
    HostAddress destination;
    std::uint16_t sourcePort = 0;
    std::uint16_t destinationPort = 0;
};

/// The message in an IP packet; nothing where it is of another kind, or quotes no TCP.
std::optional<TimeExceeded> TimeExceededIn(ByteView network);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_TIME_EXCEEDED_H

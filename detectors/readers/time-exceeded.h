#ifndef BOUNCELAB_DETECTORS_READERS_TIME_EXCEEDED_H
#define BOUNCELAB_DETECTORS_READERS_TIME_EXCEEDED_H

#include "formats/address.h"
#include "formats/clock.h"
#include "formats/packet.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace bouncelab::detectors
{

/// What a router says of a TCP packet whose TTL, or hop limit, ended there (RFC 792, RFC 4443), or
/// a router or host of one that it does not let through.
struct TimeExceeded
{
    bool isUnreachable = false; //!< The latter: "destination unreachable".
    std::uint8_t code = 0;      //!< As it stands.
    std::uint8_t ttl = 0;       //!< Of the message itself.
    std::uint64_t frame = 0;
    WallTime time{};
    HostAddress router; //!< Who says so.
    HostAddress source; //!< Of the packet that it quotes; so what follows.
    HostAddress destination;
    std::uint16_t sourcePort = 0;
    std::uint16_t destinationPort = 0;
    std::optional<std::uint32_t> sequence; //!< As far as the quotation reaches.
};

/// What a message says in words, as tcpdump's readers know them: "host unreachable".
std::string_view WordsOf(const TimeExceeded& message);

/// Whether it says that somebody refuses, rather than that there is no way.
bool IsRefusal(const TimeExceeded& message);

/// The message in an IP packet; nothing where it is of another kind, or quotes no TCP.
std::optional<TimeExceeded> TimeExceededIn(ByteView network);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_TIME_EXCEEDED_H

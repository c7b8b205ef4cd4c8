#ifndef BOUNCELAB_MODELS_PATH_REWRITE_H
#define BOUNCELAB_MODELS_PATH_REWRITE_H

#include "formats/address.h"
#include "models/path/wire-packet.h"

#include <cstdint>
#include <optional>

namespace bouncelab::path
{

/// An address and a port. For an ICMP echo the port is the identifier on the side of the host that
/// asks, and 0 on the other.
struct Endpoint
{
    IpAddress address;
    std::uint16_t port = 0;

    friend bool operator==(const Endpoint& a, const Endpoint& b)
    {
        return a.address == b.address && a.port == b.port;
    }
};

/// Who talks to whom.
struct Endpoints
{
    std::uint8_t protocol = 0; //!< 1 ICMP echo, 6 TCP, 17 UDP, 58 ICMPv6 echo.
    Endpoint source;
    Endpoint destination;
};

/// The endpoints of a TCP, UDP or ICMP echo packet; empty for everything else, for fragments and
/// for packets too short for their header.
std::optional<Endpoints> EndpointsOf(const WirePacket& packet);

/// The endpoints of the packet that an ICMP or ICMPv6 error quotes; empty for everything else.
std::optional<Endpoints> QuotedEndpointsOf(const WirePacket& packet);

/// The TCP flags (RFC 793 order, FIN = 1) of a packet that EndpointsOf() calls TCP.
std::uint8_t TcpFlagsOf(const WirePacket& packet);

/// What a node changes in the options of SYNs.
struct SynRules
{
    std::uint16_t mssLimit = 0;    //!< Lowers the maximum segment size; 0 = as it is.
    bool stripsTimestamps = false; //!< NOPs in the place of the timestamps option.

    bool Any() const { return mssLimit > 0 || stripsTimestamps; }
};

/// A SYN with other options, its checksum adjusted; every other packet comes back as it is.
WirePacket WithSynOptions(const WirePacket& packet, const SynRules& rules);

// What follows is for IPv4.

/**
 * The same packet from or to another host: addresses, ports or echo identifiers, and the checksums
 * that cover them (by RFC 1624, so that a wrong one stays wrong). Origin, TTL and everything else
 * stay. EndpointsOf() has to know the packet.
 */
WirePacket WithSource(const WirePacket& packet, Endpoint source);
WirePacket WithDestination(const WirePacket& packet, Endpoint destination);

/// The same ICMP error about a packet from or to another host, all checksums included.
/// QuotedEndpointsOf() has to know the packet.
WirePacket WithQuotedSource(const WirePacket& packet, Endpoint source);
WirePacket WithQuotedDestination(const WirePacket& packet, Endpoint destination);

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_REWRITE_H

#ifndef BOUNCELAB_MODELS_PATH_WIRE_PACKET_H
#define BOUNCELAB_MODELS_PATH_WIRE_PACKET_H

#include "models/path/ip-header.h"

#include <ns3/packet.h>
#include <ns3/ptr.h>
#include <ns3/simulator.h>

#include <cstdint>
#include <functional>

namespace bouncelab::path
{

/**
 * An IP packet on its way. The header stays apart from the rest until someone needs the bytes, so
 * that a hop inside a channel costs a decrement and not a rewritten buffer. The payload begins with
 * the transport header and carries the packet's origin as a tag; it is shared and not changed.
 */
struct WirePacket
{
    IpHeader header;
    ns3::Ptr<ns3::Packet> payload;
};

/// What an Ethernet frame says that it carries.
inline std::uint16_t
EtherTypeOf(const WirePacket& packet)
{
    return packet.header.IsIpv6() ? ethertype::IPV6 : ethertype::IPV4;
}

/// The packet in one piece, as ns-3 has it: the header, with its checksum, before the payload.
ns3::Ptr<ns3::Packet> Whole(const WirePacket& packet);

/// The other way round. \pre it begins with an IP header
WirePacket TakenApart(const ns3::Ptr<const ns3::Packet>& whole);

/// Simulated time.
inline std::int64_t
NowNs()
{
    return ns3::Simulator::Now().GetNanoSeconds();
}

/// Takes a packet off the wire.
using WireHandler = std::function<void(const WirePacket&)>;

/// Which way a packet passes a place, seen from the site whose mail is under study.
enum class Direction
{
    Outbound, //!< Away from the site.
    Inbound,  //!< Towards the site.
};

/// Sees a packet pass; cannot change or stop it.
using WireObserver = std::function<void(Direction, const WirePacket&)>;

/// Decides whether a packet goes on from where it has come; if not, the gate has it.
using WireGate = std::function<bool(Direction, const WirePacket&)>;

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_WIRE_PACKET_H

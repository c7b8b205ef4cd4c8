#ifndef BOUNCELAB_LAB_LIVE_ETHERNET_BRIDGE_H
#define BOUNCELAB_LAB_LIVE_ETHERNET_BRIDGE_H

#include "formats/address.h"
#include "formats/packet.h"
#include "lab/evidence/wire-serializer.h"
#include "models/path/wire-packet.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace bouncelab::live
{

/// What became of the frames of one machine; every frame is in exactly one of these numbers.
struct BridgeCounts
{
    std::uint64_t out = 0;        //!< Packets that the machine sent into the world.
    std::uint64_t in = 0;         //!< Packets that reached it.
    std::uint64_t arp = 0;        //!< Answered or not.
    std::uint64_t otherTypes = 0; //!< IPv6 and the like: ignored.
    std::uint64_t malformed = 0;  //!< Truncated, with IP options, or with a checksum that is wrong.
    std::uint64_t fragments = 0;  //!< Of a packet too long for the wire: the world has none.
    std::uint64_t stray = 0;      //!< From another address, or for nobody, everybody or a group.
    std::uint64_t oversized = 0;  //!< From the world, beyond the MTU.
};

/**
 * The wire between a machine's Ethernet and the world's IPv4 packets. It is the machine's gateway
 * on the Ethernet: whatever address is asked for by ARP (RFC 826), it is the gateway's.
 */
class EthernetBridge
{
  public:
    /// Largest IP packet on the Ethernet (RFC 894).
    static constexpr std::size_t MTU = 1500;

    EthernetBridge(Ipv4 machine, const MacAddress& machineMac, const MacAddress& gatewayMac);

    /// What a frame of the machine leads to: one of them, or nothing.
    struct BridgeResult
    {
        std::optional<path::WirePacket> packet; //!< For the world; it has no origin yet.
        std::vector<std::uint8_t> answer;       //!< A frame for the machine.
    };

    BridgeResult Take(const std::uint8_t* frame, std::size_t size);

    /// The frame that brings a packet to the machine; empty if it is too long. Until the next call.
    const std::vector<std::uint8_t>& Wrap(const path::WirePacket& packet);

    const BridgeCounts& Counts() const { return m_counts; }

  private:
    std::vector<std::uint8_t> AnswerArp(const std::uint8_t* frame, std::size_t size) const;
    std::optional<path::WirePacket> TakeIp(ByteView ip);

    Ipv4 m_machine;
    MacAddress m_machineMac;
    MacAddress m_gatewayMac;
    BridgeCounts m_counts;
    evidence::WireSerializer m_serializer;
    std::vector<std::uint8_t> m_frame;
};

} // namespace bouncelab::live

#endif // BOUNCELAB_LAB_LIVE_ETHERNET_BRIDGE_H

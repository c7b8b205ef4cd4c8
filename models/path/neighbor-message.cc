#include "models/path/neighbor-message.h"

#include "models/path/tcp-packet.h"

#include <algorithm>
#include <array>
#include <vector>

namespace bouncelab::path
{

namespace
{

constexpr MacAddress BROADCAST{{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}};
constexpr std::size_t ARP_BYTES = 28;
constexpr std::size_t ADVERTISEMENT_BYTES = 32; // and as many of a solicitation, option included
constexpr std::uint8_t SOURCE_LINK_LAYER = 1;
constexpr std::uint8_t TARGET_LINK_LAYER = 2;
constexpr std::uint8_t SOLICITED_OVERRIDE = 0x60;
constexpr std::uint8_t ON_LINK_ONLY = 255; // hop limit, RFC 4861 7.1

ns3::Ptr<ns3::Packet>
ArpOf(const NeighborMessage& message)
{
    std::array<std::uint8_t, ARP_BYTES> octets{0, 1, 8, 0, 6, 4, 0};
    octets[7] = message.isReply ? 2 : 1;
    std::copy_n(message.senderMac.bytes.begin(), 6, &octets[8]);
    Write32(&octets[14], message.sender.AsIpv4().value);
    std::copy_n(message.targetMac.bytes.begin(), 6, &octets[18]);
    Write32(&octets[24], message.target.AsIpv4().value);
    return ns3::Create<ns3::Packet>(octets.data(), ARP_BYTES);
}

/// The group of an address, ff02::1:ff00:0/104 with its last three octets (RFC 4291 2.7.1).
IpAddress
SolicitedNode(const IpAddress& address)
{
    std::array<std::uint8_t, 16> group{0xFF, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF};
    const auto bytes = address.Bytes();
    std::copy_n(bytes.begin() + 13, 3, group.begin() + 13);
    return IpAddress::OfIpv6(group.data());
}

/// Of an IPv6 group (RFC 2464 7).
MacAddress
MacOf(const IpAddress& group)
{
    MacAddress mac{{0x33, 0x33}};
    const auto bytes = group.Bytes();
    std::copy_n(bytes.begin() + 12, 4, mac.bytes.begin() + 2);
    return mac;
}

WirePacket
DiscoveryOf(const NeighborMessage& message)
{
    std::array<std::uint8_t, ADVERTISEMENT_BYTES> octets{};
    octets[0] = message.isReply ? icmpv6::NEIGHBOR_ADVERTISEMENT : icmpv6::NEIGHBOR_SOLICITATION;
    octets[4] = message.isReply ? SOLICITED_OVERRIDE : std::uint8_t{0};
    const auto about = (message.isReply ? message.sender : message.target).Bytes();
    std::copy(about.begin(), about.end(), &octets[8]);
    octets[24] = message.isReply ? TARGET_LINK_LAYER : SOURCE_LINK_LAYER;
    octets[25] = 1;
    std::copy_n(message.senderMac.bytes.begin(), 6, &octets[26]);
    WirePacket packet;
    packet.header.SetSource(message.sender);
    packet.header.SetDestination(message.isReply ? message.target : SolicitedNode(message.target));
    packet.header.SetProtocol(protocol::ICMPV6);
    packet.header.SetPayloadSize(ADVERTISEMENT_BYTES);
    packet.header.SetTtl(ON_LINK_ONLY);
    Write16(&octets[2],
            TransportChecksum(packet.header.GetSource(),
                              packet.header.GetDestination(),
                              protocol::ICMPV6,
                              {octets.data(), octets.size()}));
    packet.payload = ns3::Create<ns3::Packet>(octets.data(), ADVERTISEMENT_BYTES);
    return packet;
}

NeighborMessage
ReadArp(const std::vector<std::uint8_t>& octets)
{
    NeighborMessage message;
    message.isReply = octets[7] == 2;
    std::copy_n(&octets[8], 6, message.senderMac.bytes.begin());
    message.sender = Ipv4{Read32(&octets[14])};
    std::copy_n(&octets[18], 6, message.targetMac.bytes.begin());
    message.target = Ipv4{Read32(&octets[24])};
    return message;
}

std::optional<NeighborMessage>
ReadDiscovery(const WirePacket& packet)
{
    if (packet.header.GetProtocol() != protocol::ICMPV6 ||
        packet.payload->GetSize() != ADVERTISEMENT_BYTES)
    {
        return std::nullopt;
    }
    const std::vector<std::uint8_t> octets = OctetsOf(*packet.payload);
    NeighborMessage message;
    message.isReply = octets[0] == icmpv6::NEIGHBOR_ADVERTISEMENT;
    if (!message.isReply && octets[0] != icmpv6::NEIGHBOR_SOLICITATION)
    {
        return std::nullopt;
    }
    const IpAddress about = IpAddress::OfIpv6(&octets[8]);
    std::copy_n(&octets[26], 6, message.senderMac.bytes.begin());
    message.sender = packet.header.GetSource();
    message.target = message.isReply ? packet.header.GetDestination() : about;
    return message;
}

} // namespace

EthernetFrame
FrameOf(const NeighborMessage& message)
{
    EthernetFrame frame;
    frame.source = message.senderMac;
    if (message.target.IsIpv6())
    {
        frame.type = ethertype::IPV6;
        frame.packet = DiscoveryOf(message);
        frame.destination =
            message.isReply ? message.targetMac : MacOf(frame.packet.header.GetDestination());
        return frame;
    }
    frame.type = ethertype::ARP;
    frame.packet.payload = ArpOf(message);
    frame.destination = message.isReply ? message.targetMac : BROADCAST;
    return frame;
}

std::optional<NeighborMessage>
NeighborMessageIn(const EthernetFrame& frame)
{
    if (frame.type == ethertype::ARP)
    {
        return ReadArp(OctetsOf(*frame.packet.payload));
    }
    return frame.type == ethertype::IPV6 ? ReadDiscovery(frame.packet) : std::nullopt;
}

} // namespace bouncelab::path

#include "lab/live/ethernet-bridge.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace bouncelab::live
{

namespace
{

constexpr std::size_t ARP_BYTES = 28;
constexpr std::uint32_t ARP_REQUEST = 1;
constexpr std::uint32_t ARP_REPLY = 2;
constexpr std::uint32_t FIRST_GROUP = 0xE0000000;
constexpr std::uint32_t NETWORK_BITS_OF_NOBODY = 24;
constexpr std::uint32_t LOOPBACK = 127;

/// Whether a TCP or UDP packet has a whole header and the right checksum; others pass.
bool
IsTransportSound(const Ipv4Fields& ip)
{
    if (ip.protocol == protocol::TCP)
    {
        const auto segment = ParseTcp(ip.payload);
        if (!segment || segment->headerLength > ip.payload.size)
        {
            return false;
        }
    }
    else if (ip.protocol == protocol::UDP)
    {
        const auto datagram = ParseUdp(ip.payload);
        if (!datagram || datagram->length != ip.payload.size)
        {
            return false;
        }
        if (datagram->checksum == 0)
        {
            return true;
        }
    }
    else
    {
        return true;
    }
    return TransportChecksum(ip.source, ip.destination, ip.protocol, ip.payload) == 0;
}

/// Whether no packet of the wire can be for this address.
bool
IsNobody(Ipv4 address)
{
    const std::uint32_t network = address.value >> NETWORK_BITS_OF_NOBODY;
    return address.value >= FIRST_GROUP || network == 0 || network == LOOPBACK;
}

} // namespace

EthernetBridge::EthernetBridge(Ipv4 machine,
                               const MacAddress& machineMac,
                               const MacAddress& gatewayMac)
    : m_machine(machine)
    , m_machineMac(machineMac)
    , m_gatewayMac(gatewayMac)
{
}

EthernetBridge::BridgeResult
EthernetBridge::Take(const std::uint8_t* frame, std::size_t size)
{
    BridgeResult taken;
    if (size < ETHERNET_BYTES)
    {
        ++m_counts.malformed;
        return taken;
    }
    const std::uint32_t type = Read16(frame + 12);
    if (type == ethertype::ARP)
    {
        ++m_counts.arp;
        taken.answer = AnswerArp(frame, size);
    }
    else if (type == ethertype::IPV4)
    {
        taken.packet = TakeIp({frame + ETHERNET_BYTES, size - ETHERNET_BYTES});
    }
    else
    {
        ++m_counts.otherTypes;
    }
    return taken;
}

std::vector<std::uint8_t>
EthernetBridge::AnswerArp(const std::uint8_t* frame, std::size_t size) const
{
    const std::uint8_t* arp = frame + ETHERNET_BYTES;
    constexpr std::array<std::uint8_t, 6> ETHERNET_AND_IPV4{0, 1, 8, 0, 6, 4};
    if (size < ETHERNET_BYTES + ARP_BYTES ||
        !std::equal(ETHERNET_AND_IPV4.begin(), ETHERNET_AND_IPV4.end(), arp) ||
        Read16(arp + 6) != ARP_REQUEST || Read32(arp + 24) == m_machine.value)
    {
        return {};
    }
    std::vector<std::uint8_t> answer(ETHERNET_BYTES + ARP_BYTES);
    std::copy(arp + 8, arp + 14, answer.begin());
    std::copy(m_gatewayMac.bytes.begin(), m_gatewayMac.bytes.end(), answer.begin() + 6);
    Write16(answer.data() + 12, ethertype::ARP);
    std::uint8_t* reply = answer.data() + ETHERNET_BYTES;
    std::copy(ETHERNET_AND_IPV4.begin(), ETHERNET_AND_IPV4.end(), reply);
    Write16(reply + 6, ARP_REPLY);
    std::copy(m_gatewayMac.bytes.begin(), m_gatewayMac.bytes.end(), reply + 8);
    std::copy(arp + 24, arp + 28, reply + 14);
    std::copy(arp + 8, arp + 18, reply + 18);
    return answer;
}

std::optional<path::WirePacket>
EthernetBridge::TakeIp(ByteView ip)
{
    const auto fields = ParseIpv4(ip);
    if (!fields || ip.data[0] != 0x45 || fields->totalLength < IPV4_BYTES ||
        fields->payload.size != fields->payloadLength ||
        InternetChecksum(ip.First(IPV4_BYTES)) != 0 || fields->ttl == 0)
    {
        ++m_counts.malformed;
        return std::nullopt;
    }
    if (fields->IsFragment())
    {
        ++m_counts.fragments;
        return std::nullopt;
    }
    if (!(fields->source == m_machine) || fields->destination == m_machine ||
        IsNobody(fields->destination))
    {
        ++m_counts.stray;
        return std::nullopt;
    }
    if (!IsTransportSound(*fields))
    {
        ++m_counts.malformed;
        return std::nullopt;
    }
    ++m_counts.out;
    const auto payload = static_cast<std::uint32_t>(fields->payload.size);
    path::WirePacket packet;
    packet.header.SetTos(fields->tos);
    packet.header.SetPayloadSize(static_cast<std::uint16_t>(payload));
    packet.header.SetIdentification(fields->id);
    fields->dontFragment ? packet.header.SetDontFragment() : packet.header.SetMayFragment();
    packet.header.SetTtl(fields->ttl);
    packet.header.SetProtocol(fields->protocol);
    packet.header.SetSource(m_machine);
    packet.header.SetDestination(fields->destination);
    packet.payload = ns3::Create<ns3::Packet>(fields->payload.data, payload);
    return packet;
}

const std::vector<std::uint8_t>&
EthernetBridge::Wrap(const path::WirePacket& packet)
{
    const std::size_t size = m_serializer.Serialize(packet);
    m_frame.clear();
    if (size > MTU)
    {
        ++m_counts.oversized;
        return m_frame;
    }
    ++m_counts.in;
    m_frame.resize(ETHERNET_BYTES + size);
    std::copy(m_machineMac.bytes.begin(), m_machineMac.bytes.end(), m_frame.begin());
    std::copy(m_gatewayMac.bytes.begin(), m_gatewayMac.bytes.end(), m_frame.begin() + 6);
    Write16(m_frame.data() + 12, ethertype::IPV4);
    std::memcpy(m_frame.data() + ETHERNET_BYTES, m_serializer.Data(), size);
    return m_frame;
}

} // namespace bouncelab::live

#include "lab/live/ethernet-bridge.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace bouncelab::live
{

namespace
{

constexpr std::size_t ETHERNET_BYTES = 14;
constexpr std::size_t ARP_BYTES = 28;
constexpr std::size_t IP_BYTES = 20;
constexpr std::size_t TCP_BYTES = 20;
constexpr std::uint32_t TYPE_IPV4 = 0x0800;
constexpr std::uint32_t TYPE_ARP = 0x0806;
constexpr std::uint32_t ARP_REQUEST = 1;
constexpr std::uint32_t ARP_REPLY = 2;
constexpr std::uint8_t PROTOCOL_TCP = 6;
constexpr std::uint8_t PROTOCOL_UDP = 17;
constexpr std::uint32_t FIRST_GROUP = 0xE0000000;
constexpr std::uint32_t NETWORK_BITS_OF_NOBODY = 24;
constexpr std::uint32_t LOOPBACK = 127;

std::uint32_t
Read16(const std::uint8_t* at)
{
    return static_cast<std::uint32_t>(at[0]) << 8 | at[1];
}

std::uint32_t
Read32(const std::uint8_t* at)
{
    return Read16(at) << 16 | Read16(at + 2);
}

void
Write16(std::uint8_t* at, std::uint32_t value)
{
    at[0] = static_cast<std::uint8_t>(value >> 8);
    at[1] = static_cast<std::uint8_t>(value);
}

/// The one's complement sum of 16-bit words (RFC 1071), an odd octet padded.
std::uint32_t
SumOf(const std::uint8_t* at, std::size_t size, std::uint32_t sum = 0)
{
    for (std::size_t i = 0; i + 1 < size; i += 2)
    {
        sum += Read16(at + i);
    }
    if (size % 2 == 1)
    {
        sum += static_cast<std::uint32_t>(at[size - 1]) << 8;
    }
    while (sum > 0xFFFF)
    {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    return sum;
}

/// Whether a TCP or UDP packet has a whole header and the right checksum; others pass.
bool
IsTransportSound(const std::uint8_t* ip, const std::uint8_t* transport, std::size_t size)
{
    const std::uint8_t protocol = ip[9];
    if (protocol == PROTOCOL_TCP)
    {
        const std::size_t header = size < TCP_BYTES ? 0 : std::size_t{transport[12]} / 16 * 4;
        if (header < TCP_BYTES || header > size)
        {
            return false;
        }
    }
    else if (protocol != PROTOCOL_UDP)
    {
        return true;
    }
    else if (size < 8 || Read16(transport + 4) != size)
    {
        return false;
    }
    else if (Read16(transport + 6) == 0)
    {
        return true;
    }
    const std::uint32_t pseudo = SumOf(ip + 12, 8) + protocol + static_cast<std::uint32_t>(size);
    return SumOf(transport, size, pseudo) == 0xFFFF;
}

/// Not somebody that a packet of the wire can be for.
bool
IsNobody(std::uint32_t address)
{
    const std::uint32_t network = address >> NETWORK_BITS_OF_NOBODY;
    return address >= FIRST_GROUP || network == 0 || network == LOOPBACK;
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

EthernetBridge::Taken
EthernetBridge::Take(const std::uint8_t* frame, std::size_t size)
{
    Taken taken;
    if (size < ETHERNET_BYTES)
    {
        ++m_counts.malformed;
        return taken;
    }
    const std::uint32_t type = Read16(frame + 12);
    if (type == TYPE_ARP)
    {
        ++m_counts.arp;
        taken.answer = AnswerArp(frame, size);
    }
    else if (type == TYPE_IPV4)
    {
        taken.packet = TakeIp(frame + ETHERNET_BYTES, size - ETHERNET_BYTES);
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
    Write16(answer.data() + 12, TYPE_ARP);
    std::uint8_t* reply = answer.data() + ETHERNET_BYTES;
    std::copy(ETHERNET_AND_IPV4.begin(), ETHERNET_AND_IPV4.end(), reply);
    Write16(reply + 6, ARP_REPLY);
    std::copy(m_gatewayMac.bytes.begin(), m_gatewayMac.bytes.end(), reply + 8);
    std::copy(arp + 24, arp + 28, reply + 14);
    std::copy(arp + 8, arp + 18, reply + 18);
    return answer;
}

std::optional<path::WirePacket>
EthernetBridge::TakeIp(const std::uint8_t* ip, std::size_t size)
{
    // A short packet may have Ethernet's padding behind it.
    const std::size_t length = size < IP_BYTES ? 0 : Read16(ip + 2);
    if (length < IP_BYTES || length > size || ip[0] != 0x45 || SumOf(ip, IP_BYTES) != 0xFFFF ||
        ip[8] == 0)
    {
        ++m_counts.malformed;
        return std::nullopt;
    }
    if ((Read16(ip + 6) & 0x3FFF) != 0)
    {
        ++m_counts.fragments;
        return std::nullopt;
    }
    const std::uint32_t destination = Read32(ip + 16);
    if (Read32(ip + 12) != m_machine.value || destination == m_machine.value ||
        IsNobody(destination))
    {
        ++m_counts.stray;
        return std::nullopt;
    }
    if (!IsTransportSound(ip, ip + IP_BYTES, length - IP_BYTES))
    {
        ++m_counts.malformed;
        return std::nullopt;
    }
    ++m_counts.out;
    path::WirePacket packet;
    packet.header.SetTos(ip[1]);
    packet.header.SetPayloadSize(static_cast<std::uint16_t>(length - IP_BYTES));
    packet.header.SetIdentification(static_cast<std::uint16_t>(Read16(ip + 4)));
    if ((ip[6] & 0x40) != 0)
    {
        packet.header.SetDontFragment();
    }
    else
    {
        packet.header.SetMayFragment();
    }
    packet.header.SetTtl(ip[8]);
    packet.header.SetProtocol(ip[9]);
    packet.header.SetSource(ns3::Ipv4Address(m_machine.value));
    packet.header.SetDestination(ns3::Ipv4Address(destination));
    packet.payload =
        ns3::Create<ns3::Packet>(ip + IP_BYTES, static_cast<std::uint32_t>(length - IP_BYTES));
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
    Write16(m_frame.data() + 12, TYPE_IPV4);
    std::memcpy(m_frame.data() + ETHERNET_BYTES, m_serializer.Data(), size);
    return m_frame;
}

} // namespace bouncelab::live

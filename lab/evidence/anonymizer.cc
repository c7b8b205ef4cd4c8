#include "lab/evidence/anonymizer.h"

#include "formats/packet.h"

#include <algorithm>
#include <cstring>

namespace bouncelab::evidence
{

namespace
{

constexpr std::size_t IPV4_OCTETS = 4;
constexpr std::size_t IPV6_OCTETS = 16;
constexpr std::size_t ARP_BYTES = 28;

bool
IsError(std::uint8_t protocol, std::uint8_t type)
{
    return protocol == protocol::ICMP
               ? type == 3 || type == 4 || type == 11 || type == 12 // RFC 792
               : type < icmpv6::ECHO_REQUEST;
}

bool
IsNeighborMessage(std::uint8_t type)
{
    return type == icmpv6::NEIGHBOR_SOLICITATION || type == icmpv6::NEIGHBOR_ADVERTISEMENT;
}

/// Octets of a transport header.
std::size_t
HeaderBytes(std::uint8_t protocol, const std::uint8_t* header, std::size_t size)
{
    if (protocol == protocol::TCP && size >= TCP_BYTES)
    {
        return header[12] / 16 * std::size_t{4};
    }
    return protocol == protocol::TCP ? TCP_BYTES : UDP_BYTES; // ICMP's is as long as UDP's.
}

} // namespace

std::size_t
Anonymizer::Apply(std::uint8_t* frame, std::size_t size)
{
    const std::uint16_t type = Read16(frame + ETHERNET_BYTES - 2);
    std::uint8_t* const inside = frame + ETHERNET_BYTES;
    if (type == ethertype::ARP && size >= ETHERNET_BYTES + ARP_BYTES)
    {
        Replace(inside + 14, IPV4_OCTETS);
        Replace(inside + 24, IPV4_OCTETS);
        return size;
    }
    if (type != ethertype::IPV4 && type != ethertype::IPV6)
    {
        return size;
    }
    const std::size_t headers =
        std::min(ETHERNET_BYTES + ApplyIp(inside, size - ETHERNET_BYTES), size);
    if (m_payload == PayloadRest::Zeroed)
    {
        std::memset(frame + headers, 0, size - headers);
    }
    return m_payload == PayloadRest::Cut ? headers : size;
}

/// \return how many octets IP header and transport header have
std::size_t
Anonymizer::ApplyIp(std::uint8_t* packet, std::size_t size)
{
    const bool isIpv6 = packet[0] >> 4 == 6;
    const std::size_t header = isIpv6 ? IPV6_BYTES : packet[0] % 16 * std::size_t{4};
    if (size < std::max(header, IPV4_BYTES))
    {
        return size;
    }
    const std::size_t octets = isIpv6 ? IPV6_OCTETS : IPV4_OCTETS;
    Replace(packet + header - 2 * octets, octets);
    Replace(packet + header - octets, octets);
    const std::uint8_t protocol = packet[isIpv6 ? 6 : 9];
    std::uint8_t* const inside = packet + header;
    const std::size_t left = size - header;
    const bool isIcmp = protocol == protocol::ICMP || protocol == protocol::ICMPV6;
    if (isIcmp && left > ICMP_BYTES && IsError(protocol, inside[0]))
    {
        return header + ICMP_BYTES + ApplyIp(inside + ICMP_BYTES, left - ICMP_BYTES);
    }
    if (protocol == protocol::ICMPV6 && left >= ICMP_BYTES + IPV6_OCTETS &&
        IsNeighborMessage(inside[0]))
    {
        Replace(inside + ICMP_BYTES, IPV6_OCTETS);
        return size;
    }
    return header + HeaderBytes(protocol, inside, left);
}

void
Anonymizer::Replace(std::uint8_t* address, std::size_t octets)
{
    if (!m_replacesAddresses)
    {
        return;
    }
    const std::string real(address, address + octets);
    const auto [known, isNew] = m_known.try_emplace(real);
    if (isNew)
    {
        known->second = Replacement(real);
    }
    std::memcpy(address, known->second.data(), octets);
}

/// Each bit is turned, or not, by what stands before it.
std::string
Anonymizer::Replacement(const std::string& address) const
{
    std::string replacement = address;
    std::string before(address.size(), '\0');
    for (std::size_t bit = 0; bit < address.size() * 8; ++bit)
    {
        const auto mask = static_cast<char>(0x80 >> bit % 8);
        if (m_draws(before, bit).Below(2) == 1)
        {
            replacement[bit / 8] = static_cast<char>(replacement[bit / 8] ^ mask);
        }
        before[bit / 8] = static_cast<char>(before[bit / 8] | (address[bit / 8] & mask));
    }
    return replacement;
}

} // namespace bouncelab::evidence

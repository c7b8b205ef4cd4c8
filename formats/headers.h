#ifndef BOUNCELAB_FORMATS_HEADERS_H
#define BOUNCELAB_FORMATS_HEADERS_H

#include "formats/address.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace bouncelab
{

/// Bytes that belong to someone else.
struct ByteView
{
    const std::uint8_t* data = nullptr;
    std::size_t size = 0;

    /// What is left after the first count bytes; empty when there are fewer.
    ByteView From(std::size_t count) const
    {
        return count < size ? ByteView{data + count, size - count} : ByteView{};
    }

    ByteView First(std::size_t count) const { return {data, count < size ? count : size}; }
};

/// Ethernet types that the readers know (IEEE 802).
namespace ethertype
{
constexpr std::uint16_t IPV4 = 0x0800;
constexpr std::uint16_t VLAN = 0x8100;
constexpr std::uint16_t VLAN_OUTER = 0x88A8;
constexpr std::uint16_t PPPOE_SESSION = 0x8864;
} // namespace ethertype

/// IPv4 protocol numbers (IANA).
namespace protocol
{
constexpr std::uint8_t ICMP = 1;
constexpr std::uint8_t TCP = 6;
constexpr std::uint8_t UDP = 17;
} // namespace protocol

/// TCP control bits as they stand in the header (RFC 9293 3.1).
namespace tcpflag
{
constexpr std::uint8_t FIN = 0x01;
constexpr std::uint8_t SYN = 0x02;
constexpr std::uint8_t RST = 0x04;
constexpr std::uint8_t PSH = 0x08;
constexpr std::uint8_t ACK = 0x10;
constexpr std::uint8_t URG = 0x20;
constexpr std::uint8_t ECE = 0x40;
constexpr std::uint8_t CWR = 0x80;
} // namespace tcpflag

/// An Ethernet II header, VLAN tags skipped.
struct EthernetFields
{
    MacAddress destination;
    MacAddress source;
    std::uint16_t type = 0; //!< Of what follows the last tag.
    ByteView payload;
};

/// An IPv4 header (RFC 791).
struct Ipv4Fields
{
    std::uint8_t headerLength = 20; //!< Bytes, 20..60.
    std::uint8_t tos = 0;
    std::uint16_t totalLength = 0; //!< As sent; 0 is seen where a sender leaves it to its card.
    std::uint16_t id = 0;
    bool dontFragment = false;
    bool moreFragments = false;
    std::uint16_t fragmentOffset = 0; //!< In units of 8 bytes.
    std::uint8_t ttl = 0;
    std::uint8_t protocol = 0;
    std::uint16_t checksum = 0;
    Ipv4 source;
    Ipv4 destination;
    ByteView payload;              //!< As much of it as was captured, link-layer padding removed.
    std::size_t payloadLength = 0; //!< Bytes that the packet had on the wire after this header.
};

/// The TCP options that a stack's habits show in (RFC 9293, RFC 7323, RFC 2018).
struct TcpOptions
{
    std::optional<std::uint16_t> maximumSegmentSize;
    std::optional<std::uint8_t> windowScale;
    bool sackPermitted = false;
    bool sackBlocks = false;
    bool timestamp = false;
    std::uint32_t timestampValue = 0;
    std::uint32_t timestampEcho = 0;
};

/// A TCP header (RFC 9293 3.1).
struct TcpFields
{
    std::uint16_t sourcePort = 0;
    std::uint16_t destinationPort = 0;
    std::uint32_t sequence = 0;
    std::uint32_t acknowledgment = 0;
    std::uint8_t headerLength = 20; //!< Bytes, 20..60.
    std::uint8_t reserved = 0;      //!< The four bits between data offset and control bits.
    std::uint8_t flags = 0;         //!< See tcpflag.
    std::uint16_t window = 0;
    std::uint16_t checksum = 0;
    TcpOptions options;
    ByteView payload; //!< As much of it as was captured.
};

/// A UDP header (RFC 768).
struct UdpFields
{
    std::uint16_t sourcePort = 0;
    std::uint16_t destinationPort = 0;
    std::uint16_t length = 0;
    std::uint16_t checksum = 0;
    ByteView payload;
};

/// An ICMP header (RFC 792).
struct IcmpFields
{
    std::uint8_t type = 0;
    std::uint8_t code = 0;
    std::uint16_t checksum = 0;
    std::uint32_t rest = 0; //!< The second word.
    ByteView payload;       //!< For errors, the quoted packet.
};

/**
 * Each reader takes what may be the beginning of a header and gives nothing when the fixed part is
 * cut off or contradicts itself. A captured packet may end anywhere behind that; options that are
 * cut off are left out.
 */
std::optional<EthernetFields> ParseEthernet(ByteView bytes);
std::optional<Ipv4Fields> ParseIpv4(ByteView bytes);
std::optional<TcpFields> ParseTcp(ByteView bytes);
std::optional<UdpFields> ParseUdp(ByteView bytes);
std::optional<IcmpFields> ParseIcmp(ByteView bytes);

/// Reads TCP options up to their end, an End of Option List, or the first one that is malformed.
TcpOptions ParseTcpOptions(ByteView bytes);

/// RFC 1071 checksum of an IPv4 header: 0 over a good header with its checksum in place.
std::uint16_t Ipv4Checksum(ByteView header);

/// Checksum of a TCP or UDP segment with its pseudo-header: 0 when it is in place and good.
std::uint16_t TransportChecksum(Ipv4 source,
                                Ipv4 destination,
                                std::uint8_t protocol,
                                ByteView segment);

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_HEADERS_H

#ifndef BOUNCELAB_FORMATS_PACKET_H
#define BOUNCELAB_FORMATS_PACKET_H

#include "formats/address.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

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

    std::string_view Text() const { return {reinterpret_cast<const char*>(data), size}; }
};

inline ByteView
ViewOf(std::string_view text)
{
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Numbers in network order.

inline std::uint16_t
Read16(const std::uint8_t* at)
{
    return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}

inline std::uint32_t
Read32(const std::uint8_t* at)
{
    return static_cast<std::uint32_t>(Read16(at)) << 16 | Read16(at + 2);
}

/// \return behind the number.
inline std::uint8_t*
Write16(std::uint8_t* at, std::uint16_t value)
{
    at[0] = static_cast<std::uint8_t>(value >> 8);
    at[1] = static_cast<std::uint8_t>(value);
    return at + 2;
}

inline std::uint8_t*
Write32(std::uint8_t* at, std::uint32_t value)
{
    return Write16(Write16(at, static_cast<std::uint16_t>(value >> 16)),
                   static_cast<std::uint16_t>(value));
}

// Headers without options, in bytes.
constexpr std::size_t ETHERNET_BYTES = 14;
constexpr std::size_t IPV4_BYTES = 20;
constexpr std::size_t IPV6_BYTES = 40;
constexpr std::size_t TCP_BYTES = 20;
constexpr std::size_t UDP_BYTES = 8;
constexpr std::size_t ICMP_BYTES = 8;

/// Ethernet types that the readers know (IEEE 802).
namespace ethertype
{
constexpr std::uint16_t IPV4 = 0x0800;
constexpr std::uint16_t IPV6 = 0x86DD;
constexpr std::uint16_t ARP = 0x0806;
constexpr std::uint16_t VLAN = 0x8100;
constexpr std::uint16_t VLAN_OUTER = 0x88A8;
constexpr std::uint16_t PPPOE_SESSION = 0x8864;
} // namespace ethertype

/// What follows an IP header, by number (IANA).
namespace protocol
{
constexpr std::uint8_t ICMP = 1;
constexpr std::uint8_t TCP = 6;
constexpr std::uint8_t UDP = 17;
constexpr std::uint8_t ICMPV6 = 58;
} // namespace protocol

/// Types and codes of ICMPv6 messages (RFC 4443, RFC 4861).
namespace icmpv6
{
constexpr std::uint8_t UNREACHABLE = 1;
constexpr std::uint8_t TIME_EXCEEDED = 3;
constexpr std::uint8_t ECHO_REQUEST = 128;
constexpr std::uint8_t ECHO_REPLY = 129;
constexpr std::uint8_t NEIGHBOR_SOLICITATION = 135;
constexpr std::uint8_t NEIGHBOR_ADVERTISEMENT = 136;
constexpr std::uint8_t PORT_UNREACHABLE = 4; //!< A code of UNREACHABLE.
} // namespace icmpv6

/// TCP control bits as they stand in the header (RFC 9293 3.1).
namespace tcp
{
constexpr std::uint8_t FIN = 0x01;
constexpr std::uint8_t SYN = 0x02;
constexpr std::uint8_t RST = 0x04;
constexpr std::uint8_t PSH = 0x08;
constexpr std::uint8_t ACK = 0x10;
constexpr std::uint8_t URG = 0x20;
constexpr std::uint8_t ECE = 0x40;
constexpr std::uint8_t CWR = 0x80;
} // namespace tcp

/// An Ethernet II header. Tags are taken off by Decapsulate() (formats/encapsulation.h).
struct EthernetFields
{
    MacAddress destination;
    MacAddress source;
    std::uint16_t type = 0; //!< Of what follows.
    ByteView payload;
};

/// An IPv4 header (RFC 791).
struct Ipv4Fields
{
    std::uint8_t headerLength = 20; //!< Bytes, 20..60.
    std::uint8_t tos = 0;
    std::uint16_t totalLength = 0; //!< As sent; 0 is seen where a sender leaves it to its card.
    std::uint16_t id = 0;
    bool reserved = false; //!< The bit before the one that forbids fragments.
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

    bool IsFragment() const { return moreFragments || fragmentOffset != 0; }
};

/// An IPv6 header (RFC 8200), its extension headers skipped.
struct Ipv6Fields
{
    std::uint8_t trafficClass = 0;
    std::uint32_t flowLabel = 0;
    std::uint8_t hopLimit = 0;
    std::uint8_t protocol = 0; //!< Of what follows the last extension header.
    bool isFragment = false;   //!< Any but the first: no header of the protocol follows.
    IpAddress source;
    IpAddress destination;
    ByteView payload;              //!< As much of it as was captured.
    std::size_t payloadLength = 0; //!< Bytes on the wire behind the extension headers.
};

/// The options that stacks of the time write and read (RFC 9293, RFC 7323, RFC 2018).
enum class TcpOptionKind : std::uint8_t
{
    End = 0,
    Nop = 1,
    Mss = 2,
    WindowScale = 3,
    SackPermitted = 4,
    Sack = 5,
    Timestamp = 8,
};

struct SackBlock
{
    std::uint32_t left = 0;
    std::uint32_t right = 0;
};

struct TcpOptions
{
    static constexpr std::size_t MAX_SACK_BLOCKS = 4;

    std::optional<std::uint16_t> mss;
    std::optional<std::uint8_t> windowScale;
    bool sackPermitted = false;
    bool timestamp = false;
    std::uint32_t timestampValue = 0;
    std::uint32_t timestampEcho = 0;
    std::array<SackBlock, MAX_SACK_BLOCKS> sack{};
    std::size_t sackBlocks = 0;
};

/// The header of a TCP segment (RFC 9293 3.1), and where its payload lies.
struct TcpSegment
{
    std::uint16_t sourcePort = 0;
    std::uint16_t destinationPort = 0;
    std::uint32_t sequence = 0;
    std::uint32_t acknowledgment = 0;
    std::uint8_t headerLength = 20; //!< Bytes, 20..60.
    std::uint8_t reserved = 0;      //!< The four bits between data offset and control bits.
    std::uint8_t flags = 0;         //!< See tcp.
    std::uint16_t window = 0;
    std::uint16_t checksum = 0;
    TcpOptions options;
    ByteView payload; //!< As much of it as was captured.

    bool Has(std::uint8_t flag) const { return (flags & flag) != 0; }

    /// Sequence space that the segment takes: payload, and one each for SYN and FIN.
    std::uint32_t SequenceLength() const
    {
        return static_cast<std::uint32_t>(payload.size) + (Has(tcp::SYN) ? 1 : 0) +
               (Has(tcp::FIN) ? 1 : 0);
    }
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
std::optional<Ipv6Fields> ParseIpv6(ByteView bytes);
std::optional<TcpSegment> ParseTcp(ByteView bytes);
std::optional<UdpFields> ParseUdp(ByteView bytes);
std::optional<IcmpFields> ParseIcmp(ByteView bytes);

/// Writes a header without options and with the right checksum: 20 bytes.
void WriteIpv4(const Ipv4Fields& fields, std::uint8_t* out);

/// Writes a header without extension headers: 40 bytes.
void WriteIpv6(const Ipv6Fields& fields, std::uint8_t* out);

/**
 * Calls visit(option) for each TCP option, kind first, up to an End of Option List (which is
 * visited, too) or the first one that is malformed.
 */
template <typename Visit>
void
ForEachTcpOption(ByteView options, Visit visit)
{
    while (options.size > 0)
    {
        const auto kind = static_cast<TcpOptionKind>(options.data[0]);
        const bool isSingle = kind == TcpOptionKind::End || kind == TcpOptionKind::Nop;
        const std::size_t length = isSingle ? 1 : options.size > 1 ? options.data[1] : 0;
        if (length < (isSingle ? 1 : 2) || length > options.size)
        {
            return;
        }
        visit(options.First(length));
        options = kind == TcpOptionKind::End ? ByteView{} : options.From(length);
    }
}

TcpOptions ParseTcpOptions(ByteView bytes);

/**
 * Writes header and payload, with the right checksum.
 * \param order the options in wire order; the segment gives their values. Padded with End options
 * to a multiple of four. \return header and payload.
 */
std::vector<std::uint8_t> WriteTcp(const TcpSegment& segment,
                                   const std::vector<TcpOptionKind>& order,
                                   const IpAddress& source,
                                   const IpAddress& destination);

/// RFC 1071: the complement of the one's complement sum of 16-bit words, an odd octet padded; 0
/// over octets that have their good checksum among them.
std::uint16_t InternetChecksum(ByteView bytes);

/// Checksum of a TCP, UDP or ICMPv6 message with its pseudo-header: 0 when it is in place and good.
std::uint16_t TransportChecksum(const IpAddress& source,
                                const IpAddress& destination,
                                std::uint8_t protocol,
                                ByteView segment);

/// RFC 1624, equation 3: a checksum for one 16-bit word that changes.
std::uint16_t AdjustedChecksum(std::uint16_t checksum, std::uint16_t before, std::uint16_t after);
std::uint16_t AdjustedChecksum(std::uint16_t checksum,
                               const IpAddress& before,
                               const IpAddress& after);

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_PACKET_H

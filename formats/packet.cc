#include "formats/packet.h"

#include <algorithm>

namespace bouncelab
{

namespace
{

constexpr std::uint16_t RESERVED_BIT = 0x8000;
constexpr std::uint16_t DONT_FRAGMENT = 0x4000;
constexpr std::uint16_t MORE_FRAGMENTS = 0x2000;
constexpr std::uint16_t FRAGMENT_OFFSET = 0x1FFF;

std::uint64_t
Sum(ByteView bytes)
{
    std::uint64_t sum = 0;
    std::size_t at = 0;
    for (; at + 1 < bytes.size; at += 2)
    {
        sum += Read16(bytes.data + at);
    }
    if (at < bytes.size)
    {
        sum += static_cast<std::uint64_t>(bytes.data[at]) << 8;
    }
    return sum;
}

/// Of the words of an address, as checksums take it.
std::uint64_t
SumOf(const IpAddress& address)
{
    if (!address.IsIpv6())
    {
        return (address.AsIpv4().value >> 16) + (address.AsIpv4().value & 0xFFFF);
    }
    const auto bytes = address.Bytes();
    return Sum({bytes.data(), bytes.size()});
}

std::uint16_t
Fold(std::uint64_t sum)
{
    while (sum >> 16)
    {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    return static_cast<std::uint16_t>(~sum & 0xFFFF);
}

void
ReadOption(TcpOptions& options, ByteView option)
{
    const std::uint8_t* value = option.data + 2;
    switch (static_cast<TcpOptionKind>(option.data[0]))
    {
    case TcpOptionKind::Mss:
        if (option.size == 4)
        {
            options.mss = Read16(value);
        }
        break;
    case TcpOptionKind::WindowScale:
        if (option.size == 3)
        {
            options.windowScale = *value;
        }
        break;
    case TcpOptionKind::SackPermitted:
        options.sackPermitted = options.sackPermitted || option.size == 2;
        break;
    case TcpOptionKind::Sack:
        for (std::size_t at = 2;
             at + 8 <= option.size && options.sackBlocks < TcpOptions::MAX_SACK_BLOCKS;
             at += 8)
        {
            options.sack[options.sackBlocks++] = {Read32(option.data + at),
                                                  Read32(option.data + at + 4)};
        }
        break;
    case TcpOptionKind::Timestamp:
        if (option.size == 10)
        {
            options.timestamp = true;
            options.timestampValue = Read32(value);
            options.timestampEcho = Read32(value + 4);
        }
        break;
    default:
        break;
    }
}

std::uint8_t*
WriteOption(std::uint8_t* at, TcpOptionKind kind, const TcpOptions& options)
{
    *at++ = static_cast<std::uint8_t>(kind);
    switch (kind)
    {
    case TcpOptionKind::End:
    case TcpOptionKind::Nop:
        break;
    case TcpOptionKind::Mss:
        *at++ = 4;
        at = Write16(at, options.mss.value_or(0));
        break;
    case TcpOptionKind::WindowScale:
        *at++ = 3;
        *at++ = options.windowScale.value_or(0);
        break;
    case TcpOptionKind::SackPermitted:
        *at++ = 2;
        break;
    case TcpOptionKind::Sack:
        *at++ = static_cast<std::uint8_t>(2 + 8 * options.sackBlocks);
        for (std::size_t i = 0; i < options.sackBlocks; ++i)
        {
            at = Write32(Write32(at, options.sack[i].left), options.sack[i].right);
        }
        break;
    case TcpOptionKind::Timestamp:
        *at++ = 10;
        at = Write32(Write32(at, options.timestampValue), options.timestampEcho);
        break;
    }
    return at;
}

} // namespace

std::optional<EthernetFields>
ParseEthernet(ByteView bytes)
{
    if (bytes.size < ETHERNET_BYTES)
    {
        return std::nullopt;
    }
    EthernetFields fields;
    std::copy_n(bytes.data, 6, fields.destination.bytes.begin());
    std::copy_n(bytes.data + 6, 6, fields.source.bytes.begin());
    fields.type = Read16(bytes.data + 12);
    fields.payload = bytes.From(ETHERNET_BYTES);
    return fields;
}

std::optional<Ipv4Fields>
ParseIpv4(ByteView bytes)
{
    if (bytes.size < IPV4_BYTES || bytes.data[0] >> 4 != 4)
    {
        return std::nullopt;
    }
    Ipv4Fields fields;
    fields.headerLength = static_cast<std::uint8_t>((bytes.data[0] & 0x0F) * 4);
    if (fields.headerLength < IPV4_BYTES)
    {
        return std::nullopt;
    }
    fields.tos = bytes.data[1];
    fields.totalLength = Read16(bytes.data + 2);
    fields.id = Read16(bytes.data + 4);
    const std::uint16_t fragment = Read16(bytes.data + 6);
    fields.reserved = fragment & RESERVED_BIT;
    fields.dontFragment = fragment & DONT_FRAGMENT;
    fields.moreFragments = fragment & MORE_FRAGMENTS;
    fields.fragmentOffset = fragment & FRAGMENT_OFFSET;
    fields.ttl = bytes.data[8];
    fields.protocol = bytes.data[9];
    fields.checksum = Read16(bytes.data + 10);
    fields.source.value = Read32(bytes.data + 12);
    fields.destination.value = Read32(bytes.data + 16);
    if (fields.totalLength != 0 && fields.totalLength < fields.headerLength)
    {
        return std::nullopt;
    }
    fields.payload = bytes.From(fields.headerLength);
    fields.payloadLength = fields.payload.size;
    if (fields.totalLength != 0)
    {
        fields.payloadLength = static_cast<std::size_t>(fields.totalLength) - fields.headerLength;
        fields.payload = fields.payload.First(fields.payloadLength);
    }
    return fields;
}

std::optional<Ipv6Fields>
ParseIpv6(ByteView bytes)
{
    constexpr std::uint8_t HOP_BY_HOP = 0, ROUTING = 43, FRAGMENT = 44, DESTINATION = 60;
    if (bytes.size < IPV6_BYTES || bytes.data[0] >> 4 != 6)
    {
        return std::nullopt;
    }
    Ipv6Fields fields;
    fields.trafficClass = static_cast<std::uint8_t>(bytes.data[0] << 4 | bytes.data[1] >> 4);
    fields.flowLabel = Read32(bytes.data) & 0xFFFFF;
    fields.payloadLength = Read16(bytes.data + 4);
    fields.protocol = bytes.data[6];
    fields.hopLimit = bytes.data[7];
    fields.source = IpAddress::OfIpv6(bytes.data + 8);
    fields.destination = IpAddress::OfIpv6(bytes.data + 24);
    fields.payload = bytes.From(IPV6_BYTES);
    if (fields.payloadLength == 0) // a jumbogram, or left to the sender's card
    {
        fields.payloadLength = fields.payload.size;
    }
    fields.payload = fields.payload.First(fields.payloadLength);
    while ((fields.protocol == HOP_BY_HOP || fields.protocol == ROUTING ||
            fields.protocol == FRAGMENT || fields.protocol == DESTINATION) &&
           fields.payload.size >= 8 && !fields.isFragment)
    {
        const std::uint8_t* const extension = fields.payload.data;
        const bool fragment = fields.protocol == FRAGMENT;
        const std::size_t length = fragment ? 8 : (extension[1] + std::size_t{1}) * 8;
        if (length > fields.payloadLength)
        {
            return std::nullopt;
        }
        fields.isFragment = fragment && Read16(extension + 2) >> 3 != 0;
        fields.protocol = extension[0];
        fields.payload = fields.payload.From(length);
        fields.payloadLength -= length;
    }
    return fields;
}

void
WriteIpv4(const Ipv4Fields& fields, std::uint8_t* out)
{
    out[0] = 0x45;
    out[1] = fields.tos;
    std::uint8_t* at = Write16(out + 2, fields.totalLength);
    at = Write16(at, fields.id);
    at = Write16(at,
                 static_cast<std::uint16_t>((fields.reserved ? RESERVED_BIT : 0) |
                                            (fields.dontFragment ? DONT_FRAGMENT : 0) |
                                            (fields.moreFragments ? MORE_FRAGMENTS : 0) |
                                            fields.fragmentOffset));
    *at++ = fields.ttl;
    *at++ = fields.protocol;
    std::uint8_t* const checksum = at;
    at = Write32(Write16(at, 0), fields.source.value);
    Write32(at, fields.destination.value);
    Write16(checksum, InternetChecksum({out, IPV4_BYTES}));
}

void
WriteIpv6(const Ipv6Fields& fields, std::uint8_t* out)
{
    const std::uint32_t first =
        6U << 28 | std::uint32_t{fields.trafficClass} << 20 | (fields.flowLabel & 0xFFFFF);
    std::uint8_t* at =
        Write16(Write32(out, first), static_cast<std::uint16_t>(fields.payloadLength));
    *at++ = fields.protocol;
    *at++ = fields.hopLimit;
    for (const IpAddress& address : {fields.source, fields.destination})
    {
        const auto bytes = address.Bytes();
        at = std::copy(bytes.begin(), bytes.end(), at);
    }
}

TcpOptions
ParseTcpOptions(ByteView bytes)
{
    TcpOptions options;
    ForEachTcpOption(bytes, [&options](ByteView option) { ReadOption(options, option); });
    return options;
}

std::optional<TcpSegment>
ParseTcp(ByteView bytes)
{
    if (bytes.size < TCP_BYTES)
    {
        return std::nullopt;
    }
    TcpSegment fields;
    fields.sourcePort = Read16(bytes.data);
    fields.destinationPort = Read16(bytes.data + 2);
    fields.sequence = Read32(bytes.data + 4);
    fields.acknowledgment = Read32(bytes.data + 8);
    fields.headerLength = static_cast<std::uint8_t>((bytes.data[12] >> 4) * 4);
    fields.reserved = bytes.data[12] & 0x0F;
    fields.flags = bytes.data[13];
    fields.window = Read16(bytes.data + 14);
    fields.checksum = Read16(bytes.data + 16);
    if (fields.headerLength < TCP_BYTES)
    {
        return std::nullopt;
    }
    if (fields.headerLength > TCP_BYTES)
    {
        fields.options = ParseTcpOptions(bytes.First(fields.headerLength).From(TCP_BYTES));
    }
    fields.payload = bytes.From(fields.headerLength);
    return fields;
}

std::optional<UdpFields>
ParseUdp(ByteView bytes)
{
    if (bytes.size < UDP_BYTES)
    {
        return std::nullopt;
    }
    UdpFields fields;
    fields.sourcePort = Read16(bytes.data);
    fields.destinationPort = Read16(bytes.data + 2);
    fields.length = Read16(bytes.data + 4);
    fields.checksum = Read16(bytes.data + 6);
    fields.payload = bytes.From(UDP_BYTES);
    if (fields.length >= UDP_BYTES)
    {
        fields.payload = fields.payload.First(fields.length - UDP_BYTES);
    }
    return fields;
}

std::optional<IcmpFields>
ParseIcmp(ByteView bytes)
{
    if (bytes.size < ICMP_BYTES)
    {
        return std::nullopt;
    }
    return IcmpFields{bytes.data[0],
                      bytes.data[1],
                      Read16(bytes.data + 2),
                      Read32(bytes.data + 4),
                      bytes.From(ICMP_BYTES)};
}

std::vector<std::uint8_t>
WriteTcp(const TcpSegment& segment,
         const std::vector<TcpOptionKind>& order,
         const IpAddress& source,
         const IpAddress& destination)
{
    std::array<std::uint8_t, 60> header{};
    std::uint8_t* at = Write16(header.data(), segment.sourcePort);
    at = Write16(at, segment.destinationPort);
    at = Write32(at, segment.sequence);
    at = Write32(at, segment.acknowledgment);
    at += 1;
    *at++ = segment.flags;
    at = Write16(at, segment.window) + 4;
    for (const TcpOptionKind kind : order)
    {
        at = WriteOption(at, kind, segment.options);
    }
    const auto length = static_cast<std::size_t>(at - header.data() + 3) / 4 * 4;
    header[12] = static_cast<std::uint8_t>(length / 4 << 4 | (segment.reserved & 0x0F));
    std::vector<std::uint8_t> octets;
    octets.reserve(length + segment.payload.size);
    octets.assign(header.data(), header.data() + length);
    octets.insert(octets.end(), segment.payload.data, segment.payload.data + segment.payload.size);
    Write16(octets.data() + 16,
            TransportChecksum(source, destination, protocol::TCP, {octets.data(), octets.size()}));
    return octets;
}

std::uint16_t
InternetChecksum(ByteView bytes)
{
    return Fold(Sum(bytes));
}

std::uint16_t
TransportChecksum(const IpAddress& source,
                  const IpAddress& destination,
                  std::uint8_t protocol,
                  ByteView segment)
{
    return Fold(SumOf(source) + SumOf(destination) + protocol + segment.size + Sum(segment));
}

std::uint16_t
AdjustedChecksum(std::uint16_t checksum, std::uint16_t before, std::uint16_t after)
{
    return Fold(std::uint64_t{static_cast<std::uint16_t>(~checksum)} +
                static_cast<std::uint16_t>(~before) + after);
}

std::uint16_t
AdjustedChecksum(std::uint16_t checksum, const IpAddress& before, const IpAddress& after)
{
    return Fold(std::uint64_t{static_cast<std::uint16_t>(~checksum)} +
                static_cast<std::uint16_t>(Fold(SumOf(before))) + SumOf(after));
}

} // namespace bouncelab

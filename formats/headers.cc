#include "formats/headers.h"

#include <algorithm>

namespace bouncelab
{

namespace
{

std::uint16_t
Read16(const std::uint8_t* at)
{
    return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}

std::uint32_t
Read32(const std::uint8_t* at)
{
    return static_cast<std::uint32_t>(Read16(at)) << 16 | Read16(at + 2);
}

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

std::uint16_t
Fold(std::uint64_t sum)
{
    while (sum >> 16)
    {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    return static_cast<std::uint16_t>(~sum & 0xFFFF);
}

} // namespace

std::optional<EthernetFields>
ParseEthernet(ByteView bytes)
{
    constexpr std::size_t LENGTH = 14;
    constexpr std::size_t TAG = 4;
    constexpr std::size_t PPPOE = 8;
    if (bytes.size < LENGTH)
    {
        return std::nullopt;
    }
    EthernetFields fields;
    std::copy_n(bytes.data, 6, fields.destination.bytes.begin());
    std::copy_n(bytes.data + 6, 6, fields.source.bytes.begin());
    fields.type = Read16(bytes.data + 12);
    fields.payload = bytes.From(LENGTH);
    for (int tags = 0; tags < 2 && fields.payload.size >= TAG &&
                       (fields.type == ethertype::VLAN || fields.type == ethertype::VLAN_OUTER);
         ++tags)
    {
        fields.type = Read16(fields.payload.data + 2);
        fields.payload = fields.payload.From(TAG);
    }
    constexpr std::uint16_t PPP_IPV4 = 0x0021;
    if (fields.type == ethertype::PPPOE_SESSION && fields.payload.size >= PPPOE &&
        Read16(fields.payload.data + 6) == PPP_IPV4)
    {
        fields.type = ethertype::IPV4;
        fields.payload = fields.payload.From(PPPOE);
    }
    return fields;
}

std::optional<Ipv4Fields>
ParseIpv4(ByteView bytes)
{
    constexpr std::size_t LENGTH = 20;
    if (bytes.size < LENGTH || bytes.data[0] >> 4 != 4)
    {
        return std::nullopt;
    }
    Ipv4Fields fields;
    fields.headerLength = static_cast<std::uint8_t>((bytes.data[0] & 0x0F) * 4);
    if (fields.headerLength < LENGTH)
    {
        return std::nullopt;
    }
    fields.tos = bytes.data[1];
    fields.totalLength = Read16(bytes.data + 2);
    fields.id = Read16(bytes.data + 4);
    const std::uint16_t fragment = Read16(bytes.data + 6);
    fields.dontFragment = fragment & 0x4000;
    fields.moreFragments = fragment & 0x2000;
    fields.fragmentOffset = fragment & 0x1FFF;
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

TcpOptions
ParseTcpOptions(ByteView bytes)
{
    TcpOptions options;
    std::size_t at = 0;
    while (at < bytes.size)
    {
        const std::uint8_t kind = bytes.data[at];
        if (kind == 0)
        {
            break;
        }
        if (kind == 1)
        {
            ++at;
            continue;
        }
        if (at + 1 >= bytes.size)
        {
            break;
        }
        const std::size_t length = bytes.data[at + 1];
        if (length < 2 || at + length > bytes.size)
        {
            break;
        }
        const std::uint8_t* value = bytes.data + at + 2;
        if (kind == 2 && length == 4)
        {
            options.maximumSegmentSize = Read16(value);
        }
        else if (kind == 3 && length == 3)
        {
            options.windowScale = *value;
        }
        else if (kind == 4 && length == 2)
        {
            options.sackPermitted = true;
        }
        else if (kind == 5)
        {
            options.sackBlocks = true;
        }
        else if (kind == 8 && length == 10)
        {
            options.timestamp = true;
            options.timestampValue = Read32(value);
            options.timestampEcho = Read32(value + 4);
        }
        at += length;
    }
    return options;
}

std::optional<TcpFields>
ParseTcp(ByteView bytes)
{
    constexpr std::size_t LENGTH = 20;
    if (bytes.size < LENGTH)
    {
        return std::nullopt;
    }
    TcpFields fields;
    fields.sourcePort = Read16(bytes.data);
    fields.destinationPort = Read16(bytes.data + 2);
    fields.sequence = Read32(bytes.data + 4);
    fields.acknowledgment = Read32(bytes.data + 8);
    fields.headerLength = static_cast<std::uint8_t>((bytes.data[12] >> 4) * 4);
    fields.reserved = bytes.data[12] & 0x0F;
    fields.flags = bytes.data[13];
    fields.window = Read16(bytes.data + 14);
    fields.checksum = Read16(bytes.data + 16);
    if (fields.headerLength < LENGTH)
    {
        return std::nullopt;
    }
    if (fields.headerLength > LENGTH)
    {
        fields.options = ParseTcpOptions(bytes.First(fields.headerLength).From(LENGTH));
    }
    fields.payload = bytes.From(fields.headerLength);
    return fields;
}

std::optional<UdpFields>
ParseUdp(ByteView bytes)
{
    constexpr std::size_t LENGTH = 8;
    if (bytes.size < LENGTH)
    {
        return std::nullopt;
    }
    UdpFields fields;
    fields.sourcePort = Read16(bytes.data);
    fields.destinationPort = Read16(bytes.data + 2);
    fields.length = Read16(bytes.data + 4);
    fields.checksum = Read16(bytes.data + 6);
    fields.payload = bytes.From(LENGTH);
    if (fields.length >= LENGTH)
    {
        fields.payload = fields.payload.First(fields.length - LENGTH);
    }
    return fields;
}

std::optional<IcmpFields>
ParseIcmp(ByteView bytes)
{
    constexpr std::size_t LENGTH = 8;
    if (bytes.size < LENGTH)
    {
        return std::nullopt;
    }
    return IcmpFields{bytes.data[0],
                      bytes.data[1],
                      Read16(bytes.data + 2),
                      Read32(bytes.data + 4),
                      bytes.From(LENGTH)};
}

std::uint16_t
Ipv4Checksum(ByteView header)
{
    return Fold(Sum(header));
}

std::uint16_t
TransportChecksum(Ipv4 source, Ipv4 destination, std::uint8_t protocol, ByteView segment)
{
    const std::uint64_t pseudo = (source.value >> 16) + (source.value & 0xFFFF) +
                                 (destination.value >> 16) + (destination.value & 0xFFFF) +
                                 protocol + segment.size;
    return Fold(pseudo + Sum(segment));
}

} // namespace bouncelab

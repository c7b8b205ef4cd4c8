#include "formats/tcp-segment.h"

#include <cstring>

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
    return static_cast<std::uint32_t>(at[0]) << 24 | static_cast<std::uint32_t>(at[1]) << 16 |
           static_cast<std::uint32_t>(at[2]) << 8 | at[3];
}

std::uint8_t*
Write16(std::uint8_t* at, std::uint16_t value)
{
    at[0] = static_cast<std::uint8_t>(value >> 8);
    at[1] = static_cast<std::uint8_t>(value);
    return at + 2;
}

std::uint8_t*
Write32(std::uint8_t* at, std::uint32_t value)
{
    return Write16(Write16(at, static_cast<std::uint16_t>(value >> 16)),
                   static_cast<std::uint16_t>(value));
}

void
ReadOption(TcpSegment& segment, const std::uint8_t* at, std::size_t length)
{
    switch (static_cast<TcpOptionKind>(at[0]))
    {
    case TcpOptionKind::Mss:
        if (length == 4)
        {
            segment.mss = Read16(at + 2);
        }
        break;
    case TcpOptionKind::WindowScale:
        if (length == 3)
        {
            segment.windowScale = at[2];
        }
        break;
    case TcpOptionKind::SackPermitted:
        segment.sackPermitted = length == 2;
        break;
    case TcpOptionKind::Sack:
        for (std::size_t i = 2; i + 8 <= length && segment.sackBlocks < TcpSegment::MAX_SACK_BLOCKS;
             i += 8)
        {
            segment.sack[segment.sackBlocks++] = {Read32(at + i), Read32(at + i + 4)};
        }
        break;
    case TcpOptionKind::Timestamp:
        if (length == 10)
        {
            segment.hasTimestamp = true;
            segment.timestampValue = Read32(at + 2);
            segment.timestampEcho = Read32(at + 6);
        }
        break;
    default:
        break;
    }
}

std::uint8_t*
WriteOption(std::uint8_t* at, TcpOptionKind kind, const TcpSegment& segment)
{
    *at++ = static_cast<std::uint8_t>(kind);
    switch (kind)
    {
    case TcpOptionKind::End:
    case TcpOptionKind::Nop:
        break;
    case TcpOptionKind::Mss:
        *at++ = 4;
        at = Write16(at, segment.mss.value_or(0));
        break;
    case TcpOptionKind::WindowScale:
        *at++ = 3;
        *at++ = segment.windowScale.value_or(0);
        break;
    case TcpOptionKind::SackPermitted:
        *at++ = 2;
        break;
    case TcpOptionKind::Sack:
        *at++ = static_cast<std::uint8_t>(2 + 8 * segment.sackBlocks);
        for (std::size_t i = 0; i < segment.sackBlocks; ++i)
        {
            at = Write32(Write32(at, segment.sack[i].left), segment.sack[i].right);
        }
        break;
    case TcpOptionKind::Timestamp:
        *at++ = 10;
        at = Write32(Write32(at, segment.timestampValue), segment.timestampEcho);
        break;
    }
    return at;
}

} // namespace

std::optional<TcpSegment>
ReadTcpSegment(const std::uint8_t* bytes, std::size_t size)
{
    if (size < 20)
    {
        return std::nullopt;
    }
    TcpSegment segment;
    segment.headerSize = static_cast<std::size_t>(bytes[12] >> 4) * 4;
    if (segment.headerSize < 20 || segment.headerSize > size)
    {
        return std::nullopt;
    }
    segment.sourcePort = Read16(bytes);
    segment.destinationPort = Read16(bytes + 2);
    segment.sequence = Read32(bytes + 4);
    segment.acknowledgment = Read32(bytes + 8);
    segment.flags = bytes[13];
    segment.window = Read16(bytes + 14);
    std::size_t at = 20;
    while (at < segment.headerSize && bytes[at] != static_cast<std::uint8_t>(TcpOptionKind::End))
    {
        if (bytes[at] == static_cast<std::uint8_t>(TcpOptionKind::Nop))
        {
            ++at;
            continue;
        }
        if (at + 1 >= segment.headerSize || bytes[at + 1] < 2 ||
            at + bytes[at + 1] > segment.headerSize)
        {
            break;
        }
        ReadOption(segment, bytes + at, bytes[at + 1]);
        at += bytes[at + 1];
    }
    segment.payload = bytes + segment.headerSize;
    segment.payloadSize = size - segment.headerSize;
    return segment;
}

std::size_t
WriteTcpSegment(const TcpSegment& segment,
                const TcpOptionKind* order,
                std::size_t options,
                std::uint32_t sourceAddress,
                std::uint32_t destinationAddress,
                std::uint8_t* out)
{
    std::uint8_t* at = Write16(out, segment.sourcePort);
    at = Write16(at, segment.destinationPort);
    at = Write32(at, segment.sequence);
    at = Write32(at, segment.acknowledgment);
    at += 1;
    *at++ = segment.flags;
    at = Write16(at, segment.window);
    at = Write32(at, 0);
    for (std::size_t i = 0; i < options; ++i)
    {
        at = WriteOption(at, order[i], segment);
    }
    while ((at - out) % 4 != 0)
    {
        *at++ = static_cast<std::uint8_t>(TcpOptionKind::End);
    }
    const auto header = static_cast<std::size_t>(at - out);
    out[12] = static_cast<std::uint8_t>(header / 4 << 4);
    if (segment.payloadSize > 0)
    {
        std::memcpy(at, segment.payload, segment.payloadSize);
    }
    const std::size_t size = header + segment.payloadSize;
    Write16(out + 16, TcpChecksum(out, size, sourceAddress, destinationAddress));
    return size;
}

std::uint16_t
TcpChecksum(const std::uint8_t* segment,
            std::size_t size,
            std::uint32_t sourceAddress,
            std::uint32_t destinationAddress)
{
    std::uint64_t sum = (sourceAddress >> 16) + (sourceAddress & 0xFFFF) +
                        (destinationAddress >> 16) + (destinationAddress & 0xFFFF) + 6 + size;
    std::size_t i = 0;
    for (; i + 1 < size; i += 2)
    {
        sum += Read16(segment + i);
    }
    if (i < size)
    {
        sum += static_cast<std::uint64_t>(segment[i]) << 8;
    }
    while (sum >> 16 != 0)
    {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    return static_cast<std::uint16_t>(~sum);
}

} // namespace bouncelab

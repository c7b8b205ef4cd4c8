#include "packet-script.h"

#include "formats/packet.h"

#include <algorithm>
#include <initializer_list>

namespace bouncelab::test
{

namespace
{

std::vector<std::uint8_t>
IpPacketOf(const ScriptPacket& packet)
{
    TcpSegment segment;
    segment.sourcePort = packet.sourcePort;
    segment.destinationPort = packet.destinationPort;
    segment.sequence = packet.sequence;
    segment.acknowledgment = packet.ack;
    segment.flags = packet.flags;
    segment.window = static_cast<std::uint16_t>(packet.window);
    segment.mss = static_cast<std::uint16_t>(packet.mss);
    segment.windowScale = static_cast<std::uint8_t>(packet.windowScale);
    segment.timestampValue = packet.timestampValue;
    segment.timestampEcho = packet.timestampEcho;
    segment.payload = reinterpret_cast<const std::uint8_t*>(packet.payload.data());
    segment.payloadSize = packet.payload.size();
    constexpr std::size_t IP_HEADER = 20;
    std::vector<std::uint8_t> bytes(IP_HEADER + TcpSegment::MAX_HEADER + packet.payload.size());
    bytes.resize(IP_HEADER + WriteTcpSegment(segment,
                                             packet.options.data(),
                                             packet.options.size(),
                                             packet.source.value,
                                             packet.destination.value,
                                             bytes.data() + IP_HEADER));
    const auto put = [&bytes](std::size_t at, std::uint32_t value, std::size_t size)
    {
        for (std::size_t i = 0; i < size; ++i)
        {
            bytes[at + i] = static_cast<std::uint8_t>(value >> 8 * (size - 1 - i));
        }
    };
    put(0, 0x4500, 2);
    put(2, static_cast<std::uint32_t>(bytes.size()), 2);
    put(4, static_cast<std::uint32_t>(packet.ipId), 2);
    put(6, packet.dontFragment ? 0x4000 : 0, 2);
    put(8, static_cast<std::uint32_t>(packet.ttl), 1);
    put(9, protocol::TCP, 1);
    put(12, packet.source.value, 4);
    put(16, packet.destination.value, 4);
    put(10, InternetChecksum({bytes.data(), IP_HEADER}), 2);
    return bytes;
}

/// What a link puts in front of IPv4.
std::vector<std::uint8_t>
LinkHeaderOf(int linkType)
{
    switch (linkType)
    {
    case 0:
        return {2, 0, 0, 0};
    case 1:
        return {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};
    case 9:
        return {0xFF, 3, 0, 0x21};
    case 113:
        return {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0};
    case 276:
        return {8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    default:
        return {};
    }
}

std::vector<std::uint8_t>
FrameOf(const ScriptPacket& packet, int linkType)
{
    std::vector<std::uint8_t> frame = LinkHeaderOf(linkType);
    const std::vector<std::uint8_t> ip = IpPacketOf(packet);
    frame.insert(frame.end(), ip.begin(), ip.end());
    return frame;
}

/// Words of 32 bits, least significant octet first.
void
Put(std::string& out, std::initializer_list<std::uint64_t> words)
{
    for (const std::uint64_t word : words)
    {
        for (int shift = 0; shift < 32; shift += 8)
        {
            out += static_cast<char>(word >> shift);
        }
    }
}

} // namespace

std::string
PcapOf(const PacketScript& packets, const PcapForm& form)
{
    constexpr std::int64_t SECOND = 1000000000;
    std::string out;
    Put(out,
        {form.nanoseconds ? 0xA1B23C4Du : 0xA1B2C3D4u,
         0x00040002,
         0,
         0,
         65535,
         static_cast<std::uint32_t>(form.linkType)});
    for (const ScriptPacket& packet : packets)
    {
        const std::vector<std::uint8_t> frame = FrameOf(packet, form.linkType);
        const std::size_t kept = std::min(form.snapLength, frame.size());
        Put(out,
            {static_cast<std::uint64_t>(packet.timeNs / SECOND),
             static_cast<std::uint64_t>(packet.timeNs % SECOND / (form.nanoseconds ? 1 : 1000)),
             kept,
             frame.size()});
        out.append(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(kept));
    }
    return out;
}

std::string
PcapNgOf(const PacketScript& packets)
{
    std::string out;
    Put(out, {0x0A0D0D0A, 28, 0x1A2B3C4D, 1, ~0u, ~0u, 28});
    // Ethernet, no snap length, if_tsresol 9.
    Put(out, {1, 32, 1, 0, 0x00010009, 9, 0, 32});
    for (const ScriptPacket& packet : packets)
    {
        const std::vector<std::uint8_t> frame = FrameOf(packet, 1);
        const std::size_t padded = (frame.size() + 3) / 4 * 4;
        const auto time = static_cast<std::uint64_t>(packet.timeNs);
        Put(out, {6, 32 + padded, 0, time >> 32, time, frame.size(), frame.size()});
        out.append(frame.begin(), frame.end());
        out.append(padded - frame.size(), '\0');
        Put(out, {32 + padded});
    }
    return out;
}

} // namespace bouncelab::test

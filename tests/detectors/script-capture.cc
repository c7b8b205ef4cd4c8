#include "packet-script.h"

#include "formats/packet.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace bouncelab::test
{

namespace
{

std::vector<std::uint8_t>
Ipv6PacketOf(const ScriptPacket& packet, const std::vector<std::uint8_t>& tcp)
{
    Ipv6Fields ip;
    ip.flowLabel = packet.flowLabel;
    ip.payloadLength = static_cast<std::uint16_t>(tcp.size());
    ip.protocol = protocol::TCP;
    ip.hopLimit = static_cast<std::uint8_t>(packet.ttl);
    ip.source = packet.source;
    ip.destination = packet.destination;
    std::vector<std::uint8_t> bytes(40);
    WriteIpv6(ip, bytes.data());
    bytes.insert(bytes.end(), tcp.begin(), tcp.end());
    return bytes;
}

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
    segment.options.mss = static_cast<std::uint16_t>(packet.mss);
    segment.options.windowScale = static_cast<std::uint8_t>(packet.windowScale);
    segment.options.timestampValue = packet.timestampValue;
    segment.options.timestampEcho = packet.timestampEcho;
    segment.payload = ViewOf(packet.payload);
    const auto tcp = WriteTcp(segment, packet.options, packet.source, packet.destination);
    if (packet.source.IsIpv6())
    {
        return Ipv6PacketOf(packet, tcp);
    }
    Ipv4Fields ip;
    ip.totalLength = static_cast<std::uint16_t>(20 + tcp.size());
    ip.id = static_cast<std::uint16_t>(packet.ipId);
    ip.dontFragment = packet.dontFragment;
    ip.ttl = static_cast<std::uint8_t>(packet.ttl);
    ip.protocol = protocol::TCP;
    ip.source = packet.source.AsIpv4();
    ip.destination = packet.destination.AsIpv4();
    std::vector<std::uint8_t> bytes(20);
    WriteIpv4(ip, bytes.data());
    bytes.insert(bytes.end(), tcp.begin(), tcp.end());
    return bytes;
}

/// What a link puts in front of IP.
std::vector<std::uint8_t>
LinkHeaderOf(int linkType, bool isIpv6)
{
    const std::uint8_t high = isIpv6 ? 0x86 : 8; // of the EtherType
    const std::uint8_t low = isIpv6 ? 0xDD : 0;
    const std::uint8_t family = isIpv6 ? 30 : 2; // as BSD counts them
    const std::uint8_t ppp = isIpv6 ? 0x57 : 0x21;
    switch (linkType)
    {
    case 0:
        return {family, 0, 0, 0};
    case 1:
        return {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, high, low};
    case 9:
        return {0xFF, 3, 0, ppp};
    case 113:
        return {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, high, low};
    case 276:
        return {high, low, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    default:
        return {};
    }
}

std::vector<std::uint8_t>
FrameOf(const ScriptPacket& packet, int linkType)
{
    std::vector<std::uint8_t> frame = LinkHeaderOf(linkType, packet.source.IsIpv6());
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
    return PcapNgOn({packets});
}

std::string
PcapNgOn(const std::vector<PacketScript>& interfaces)
{
    std::string out;
    Put(out, {0x0A0D0D0A, 28, 0x1A2B3C4D, 1, ~0u, ~0u, 28});
    std::vector<std::pair<std::size_t, const ScriptPacket*>> all;
    for (std::size_t which = 0; which < interfaces.size(); ++which)
    {
        // Ethernet, no snap length, if_tsresol 9.
        Put(out, {1, 32, 1, 0, 0x00010009, 9, 0, 32});
        for (const ScriptPacket& packet : interfaces[which])
        {
            all.emplace_back(which, &packet);
        }
    }
    std::stable_sort(all.begin(),
                     all.end(),
                     [](const auto& a, const auto& b)
                     { return a.second->timeNs < b.second->timeNs; });
    for (const auto& [which, packet] : all)
    {
        const std::vector<std::uint8_t> frame = FrameOf(*packet, 1);
        const std::size_t padded = (frame.size() + 3) / 4 * 4;
        const auto time = static_cast<std::uint64_t>(packet->timeNs);
        Put(out, {6, 32 + padded, which, time >> 32, time, frame.size(), frame.size()});
        out.append(frame.begin(), frame.end());
        out.append(padded - frame.size(), '\0');
        Put(out, {32 + padded});
    }
    return out;
}

} // namespace bouncelab::test

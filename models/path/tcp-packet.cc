#include "models/path/tcp-packet.h"

namespace bouncelab::path
{

std::vector<std::uint8_t>
OctetsOf(const ns3::Packet& payload)
{
    std::vector<std::uint8_t> octets(payload.GetSize());
    payload.CopyData(octets.data(), payload.GetSize());
    return octets;
}

std::optional<TcpSegment>
ReadSegment(const WirePacket& packet, std::vector<std::uint8_t>& octets)
{
    if (packet.header.GetProtocol() != protocol::TCP)
    {
        return std::nullopt;
    }
    octets = OctetsOf(*packet.payload);
    const auto segment = ParseTcp({octets.data(), octets.size()});
    return segment && segment->headerLength <= octets.size() ? segment : std::nullopt;
}

WirePacket
PacketOf(const TcpSegment& segment,
         const std::vector<TcpOptionKind>& order,
         const IpAddress& source,
         const IpAddress& destination)
{
    const std::vector<std::uint8_t> octets = WriteTcp(segment, order, source, destination);
    const auto size = static_cast<std::uint32_t>(octets.size());
    WirePacket packet;
    packet.payload = ns3::Create<ns3::Packet>(octets.data(), size);
    packet.header.SetSource(source);
    packet.header.SetDestination(destination);
    packet.header.SetProtocol(protocol::TCP);
    packet.header.SetPayloadSize(static_cast<std::uint16_t>(size));
    return packet;
}

} // namespace bouncelab::path

#ifndef BOUNCELAB_MODELS_PATH_TCP_PACKET_H
#define BOUNCELAB_MODELS_PATH_TCP_PACKET_H

#include "formats/packet.h"
#include "models/path/wire-packet.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace bouncelab::path
{

/// What a packet carries behind its IP header, in one piece and whole.
std::vector<std::uint8_t> OctetsOf(const ns3::Packet& payload);

/**
 * The segment of a packet.
 * \param octets receives what the packet carries; the segment's payload lies in it.
 * \return nothing if it is not TCP, or its header is cut or has impossible lengths. The checksum is
 *         the caller's.
 */
std::optional<TcpSegment> ReadSegment(const WirePacket& packet, std::vector<std::uint8_t>& octets);

/// A packet that carries a segment, with addresses, protocol and size. TTL, identification and DF
/// are the caller's, and so is the origin.
WirePacket PacketOf(const TcpSegment& segment,
                    const std::vector<TcpOptionKind>& order,
                    const IpAddress& source,
                    const IpAddress& destination);

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_TCP_PACKET_H

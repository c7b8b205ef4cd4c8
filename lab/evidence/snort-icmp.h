#ifndef BOUNCELAB_LAB_EVIDENCE_SNORT_ICMP_H
#define BOUNCELAB_LAB_EVIDENCE_SNORT_ICMP_H

#include "formats/packet.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::evidence
{

/// A datagram with its whole header; nothing where snort says that it is cut.
std::optional<Ipv4Fields> ReadDatagram(ByteView bytes);

/// Appends snort's IP line with its line feed ("10.4.1.4:60661 -> 203.131.198.80:25 TCP TTL:127
/// ...").
void AppendSnortIpLine(std::string& out, const Ipv4Fields& ip);

/**
 * Appends snort's ICMP lines: type and code, and for an unreachable destination the datagram that
 * caused it.
 * \param icmp the message, 8 bytes or more.
 * \return bytes that snort does not count as payload: 4, or 8 for echoes.
 */
std::size_t AppendSnortIcmp(std::string& out, ByteView icmp);

/// The part of the file name after "ICMP_".
std::string_view SnortIcmpName(std::uint8_t type, std::uint8_t code);

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_SNORT_ICMP_H

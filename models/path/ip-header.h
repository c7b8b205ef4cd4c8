#ifndef BOUNCELAB_MODELS_PATH_IP_HEADER_H
#define BOUNCELAB_MODELS_PATH_IP_HEADER_H

#include "formats/address.h"
#include "formats/packet.h"

#include <cstddef>
#include <cstdint>

namespace bouncelab::path
{

/**
 * The header of an IP packet of either family, without options or extension headers, its fields
 * named as ns-3 names those of IPv4: the hop limit is the TTL, the traffic class the TOS. The
 * destination's family is the packet's. IPv6 has no identification and no fragments here: nothing
 * that is sent is longer than a line takes.
 */
class IpHeader
{
  public:
    bool IsIpv6() const { return m_destination.IsIpv6(); }

    const IpAddress& GetSource() const { return m_source; }

    void SetSource(const IpAddress& source) { m_source = source; }

    const IpAddress& GetDestination() const { return m_destination; }

    void SetDestination(const IpAddress& destination) { m_destination = destination; }

    std::uint8_t GetTtl() const { return m_ttl; }

    void SetTtl(std::uint8_t ttl) { m_ttl = ttl; }

    std::uint8_t GetProtocol() const { return m_protocol; }

    void SetProtocol(std::uint8_t protocol) { m_protocol = protocol; }

    std::uint8_t GetTos() const { return m_tos; }

    void SetTos(std::uint8_t tos) { m_tos = tos; }

    std::uint16_t GetPayloadSize() const { return m_payloadSize; }

    void SetPayloadSize(std::uint16_t size) { m_payloadSize = size; }

    std::size_t GetSerializedSize() const { return IsIpv6() ? IPV6_BYTES : IPV4_BYTES; }

    // Of IPv4.

    std::uint16_t GetIdentification() const { return m_identification; }

    void SetIdentification(std::uint16_t identification) { m_identification = identification; }

    bool IsDontFragment() const { return m_dontFragment; }

    void SetDontFragment() { m_dontFragment = true; }

    void SetMayFragment() { m_dontFragment = false; }

    bool IsLastFragment() const { return !m_moreFragments; }

    void SetMoreFragments() { m_moreFragments = true; }

    void SetLastFragment() { m_moreFragments = false; }

    /// In octets, a multiple of eight.
    std::uint16_t GetFragmentOffset() const { return m_fragmentOffset; }

    void SetFragmentOffset(std::uint16_t octets) { m_fragmentOffset = octets; }

    // Of IPv6.

    std::uint32_t GetFlowLabel() const { return m_flowLabel; }

    /// \param label 20 bits
    void SetFlowLabel(std::uint32_t label) { m_flowLabel = label; }

  private:
    IpAddress m_source;
    IpAddress m_destination;
    std::uint32_t m_flowLabel = 0;
    std::uint16_t m_payloadSize = 0;
    std::uint16_t m_identification = 0;
    std::uint16_t m_fragmentOffset = 0;
    std::uint8_t m_ttl = 0;
    std::uint8_t m_protocol = 0;
    std::uint8_t m_tos = 0;
    bool m_dontFragment = false;
    bool m_moreFragments = false;
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_IP_HEADER_H

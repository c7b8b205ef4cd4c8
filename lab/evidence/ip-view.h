#ifndef BOUNCELAB_LAB_EVIDENCE_IP_VIEW_H
#define BOUNCELAB_LAB_EVIDENCE_IP_VIEW_H

#include "formats/address.h"

#include <cstddef>
#include <cstdint>

namespace bouncelab::evidence
{

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

/// Fields of an IPv4 packet where they lie. Getters need IsValid(), port getters HasPorts() (they
/// give 0 otherwise).
class IpView
{
  public:
    static constexpr std::uint8_t ICMP = 1;
    static constexpr std::uint8_t TCP = 6;
    static constexpr std::uint8_t UDP = 17;

    IpView(const std::uint8_t* bytes, std::size_t size)
        : m_bytes(bytes)
        , m_size(size)
    {
        m_valid = size >= 20 && bytes[0] >> 4 == 4 && GetHeaderSize() >= 20 &&
                  GetHeaderSize() <= size && GetTotalLength() >= GetHeaderSize();
        if (m_valid && GetTotalLength() < m_size)
        {
            m_size = GetTotalLength();
        }
        if (m_valid && !IsFragment())
        {
            const std::uint8_t* at = GetPayload();
            const std::size_t left = GetPayloadSize();
            m_ports = (GetProtocol() == UDP && left >= 8) ||
                      (GetProtocol() == TCP && left >= 20 && at[12] >> 4 >= 5 &&
                       std::size_t{at[12]} >> 4 << 2 <= left);
        }
    }

    bool IsValid() const { return m_valid; }

    bool HasPorts() const { return m_ports; } //!< A whole TCP or UDP header is there.

    bool IsFragment() const { return (Read16(m_bytes + 6) & 0x3FFF) != 0; }

    std::size_t GetHeaderSize() const { return (m_bytes[0] & 15u) * 4u; }

    std::uint8_t GetTos() const { return m_bytes[1]; }

    std::uint16_t GetTotalLength() const { return Read16(m_bytes + 2); }

    std::uint16_t GetId() const { return Read16(m_bytes + 4); }

    std::uint16_t GetFlagsAndOffset() const { return Read16(m_bytes + 6); }

    std::uint8_t GetTtl() const { return m_bytes[8]; }

    std::uint8_t GetProtocol() const { return m_bytes[9]; }

    Ipv4 GetSource() const { return Ipv4{Read32(m_bytes + 12)}; }

    Ipv4 GetDestination() const { return Ipv4{Read32(m_bytes + 16)}; }

    const std::uint8_t* GetPayload() const { return m_bytes + GetHeaderSize(); }

    std::size_t GetPayloadSize() const { return m_size - GetHeaderSize(); }

    std::uint16_t GetSourcePort() const { return m_ports ? Read16(GetPayload()) : 0; }

    std::uint16_t GetDestinationPort() const { return m_ports ? Read16(GetPayload() + 2) : 0; }

  private:
    const std::uint8_t* m_bytes;
    std::size_t m_size;
    bool m_valid = false;
    bool m_ports = false;
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_IP_VIEW_H

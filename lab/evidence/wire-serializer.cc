#include "lab/evidence/wire-serializer.h"

namespace bouncelab::evidence
{

namespace
{

constexpr std::size_t HEADER_BYTES = 20;

std::uint8_t*
Put16(std::uint8_t* at, std::uint32_t value)
{
    at[0] = static_cast<std::uint8_t>(value >> 8);
    at[1] = static_cast<std::uint8_t>(value);
    return at + 2;
}

std::uint8_t*
Put32(std::uint8_t* at, std::uint32_t value)
{
    return Put16(Put16(at, value >> 16), value & 0xFFFF);
}

/// The complement of the one's complement sum of ten 16-bit words (RFC 791 3.1).
std::uint16_t
HeaderChecksum(const std::uint8_t* header)
{
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < HEADER_BYTES; i += 2)
    {
        sum += static_cast<std::uint32_t>(header[i]) << 8 | header[i + 1];
    }
    sum = (sum & 0xFFFF) + (sum >> 16);
    sum = (sum & 0xFFFF) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

} // namespace

std::size_t
WireSerializer::Serialize(const path::WirePacket& packet)
{
    const ns3::Ipv4Header& header = packet.header;
    const std::uint32_t payload = packet.payload->GetSize();
    const std::size_t size = HEADER_BYTES + payload;
    if (m_buffer.size() < size)
    {
        m_buffer.resize(size);
    }
    std::uint8_t* at = m_buffer.data();
    *at++ = 0x45;
    *at++ = header.GetTos();
    at = Put16(at, static_cast<std::uint32_t>(size));
    at = Put16(at, header.GetIdentification());
    const std::uint32_t flags = (header.IsDontFragment() ? 0x4000u : 0u) |
                                (header.IsLastFragment() ? 0u : 0x2000u) |
                                (header.GetFragmentOffset() / 8u);
    at = Put16(at, flags);
    *at++ = header.GetTtl();
    *at++ = header.GetProtocol();
    std::uint8_t* checksum = at;
    at = Put16(at, 0);
    at = Put32(at, header.GetSource().Get());
    at = Put32(at, header.GetDestination().Get());
    Put16(checksum, HeaderChecksum(m_buffer.data()));
    packet.payload->CopyData(at, payload);
    return size;
}

} // namespace bouncelab::evidence

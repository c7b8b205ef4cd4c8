#include "lab/evidence/wire-serializer.h"

#include "formats/packet.h"

namespace bouncelab::evidence
{

std::size_t
WireSerializer::Serialize(const path::WirePacket& packet)
{
    const path::IpHeader& header = packet.header;
    const std::uint32_t payload = packet.payload->GetSize();
    const std::size_t size = header.GetSerializedSize() + payload;
    if (m_buffer.size() < size)
    {
        m_buffer.resize(size);
    }
    packet.payload->CopyData(m_buffer.data() + header.GetSerializedSize(), payload);
    if (header.IsIpv6())
    {
        WriteIpv6({header.GetTos(),
                   header.GetFlowLabel(),
                   header.GetTtl(),
                   header.GetProtocol(),
                   false,
                   header.GetSource(),
                   header.GetDestination(),
                   {},
                   payload},
                  m_buffer.data());
        return size;
    }
    Ipv4Fields fields;
    fields.tos = header.GetTos();
    fields.totalLength = static_cast<std::uint16_t>(size);
    fields.id = header.GetIdentification();
    fields.dontFragment = header.IsDontFragment();
    fields.moreFragments = !header.IsLastFragment();
    fields.fragmentOffset = static_cast<std::uint16_t>(header.GetFragmentOffset() / 8);
    fields.ttl = header.GetTtl();
    fields.protocol = header.GetProtocol();
    fields.source = header.GetSource().AsIpv4();
    fields.destination = header.GetDestination().AsIpv4();
    WriteIpv4(fields, m_buffer.data());
    return size;
}

std::size_t
WireSerializer::SerializePayload(const path::WirePacket& packet)
{
    const std::uint32_t size = packet.payload->GetSize();
    if (m_buffer.size() < size)
    {
        m_buffer.resize(size);
    }
    packet.payload->CopyData(m_buffer.data(), size);
    return size;
}

} // namespace bouncelab::evidence

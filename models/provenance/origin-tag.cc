#include "models/provenance/origin-tag.h"

namespace bouncelab::provenance
{

NS_OBJECT_ENSURE_REGISTERED(OriginTag);

ns3::TypeId
OriginTag::GetTypeId()
{
    static ns3::TypeId tid = ns3::TypeId("bouncelab::OriginTag")
                                 .SetParent<ns3::Tag>()
                                 .SetGroupName("bouncelab")
                                 .AddConstructor<OriginTag>();
    return tid;
}

ns3::TypeId
OriginTag::GetInstanceTypeId() const
{
    return GetTypeId();
}

std::uint32_t
OriginTag::GetSerializedSize() const
{
    return 8 + 2 + 4 + 1;
}

void
OriginTag::Serialize(ns3::TagBuffer buffer) const
{
    buffer.WriteU64(m_origin.serial);
    buffer.WriteU16(m_origin.actor);
    buffer.WriteU32(m_origin.cause);
    buffer.WriteU8(m_origin.forged ? 1 : 0);
}

void
OriginTag::Deserialize(ns3::TagBuffer buffer)
{
    m_origin.serial = buffer.ReadU64();
    m_origin.actor = buffer.ReadU16();
    m_origin.cause = buffer.ReadU32();
    m_origin.forged = buffer.ReadU8() != 0;
}

void
OriginTag::Print(std::ostream& os) const
{
    os << "origin " << m_origin.serial << " actor " << m_origin.actor << " cause " << m_origin.cause
       << (m_origin.forged ? " forged" : "");
}

Origin
OriginOf(ns3::Ptr<const ns3::Packet> packet)
{
    OriginTag tag;
    return packet->PeekPacketTag(tag) ? tag.Get() : Origin{};
}

void
SetOrigin(ns3::Ptr<const ns3::Packet> packet, const Origin& origin)
{
    OriginTag tag;
    const_cast<ns3::Packet*>(ns3::PeekPointer(packet))->RemovePacketTag(tag);
    packet->AddPacketTag(OriginTag(origin));
}

} // namespace bouncelab::provenance

#include "models/object/packet-probe.h"

#include <ns3/uinteger.h>

namespace bouncelab::object
{

NS_OBJECT_ENSURE_REGISTERED(PacketProbe);

ns3::TypeId
PacketProbe::GetTypeId()
{
    static const ns3::TypeId id =
        ns3::TypeId("bouncelab::PacketProbe")
            .SetParent<ns3::Object>()
            .SetGroupName("bouncelab")
            .AddConstructor<PacketProbe>()
            .AddAttribute("Hop",
                          "It stands on the segment that leads to this hop.",
                          ns3::UintegerValue(1),
                          ns3::MakeUintegerAccessor(&PacketProbe::m_hop),
                          ns3::MakeUintegerChecker<std::uint32_t>(1))
            .AddTraceSource("Outbound",
                            "A packet that passes away from the site.",
                            ns3::MakeTraceSourceAccessor(&PacketProbe::m_outbound),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("Inbound",
                            "A packet that passes towards the site.",
                            ns3::MakeTraceSourceAccessor(&PacketProbe::m_inbound),
                            "ns3::Packet::TracedCallback");
    return id;
}

void
PacketProbe::Watch(path::NetworkPath& path)
{
    path.ObserveAt(m_hop,
                   [this](path::Direction direction, const path::WirePacket& packet)
                   { See(direction, packet); });
}

void
PacketProbe::See(path::Direction direction, const path::WirePacket& packet) const
{
    (direction == path::Direction::Outbound ? m_outbound : m_inbound)(Whole(packet));
}

} // namespace bouncelab::object

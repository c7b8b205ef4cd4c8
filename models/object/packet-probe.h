#ifndef BOUNCELAB_MODELS_OBJECT_PACKET_PROBE_H
#define BOUNCELAB_MODELS_OBJECT_PACKET_PROBE_H

#include "models/path/path.h"

#include <ns3/object.h>
#include <ns3/packet.h>
#include <ns3/traced-callback.h>

namespace bouncelab::object
{

/**
 * What passes a place on a path, as ns-3 trace sources: "Outbound" and "Inbound", each with
 * ns3::Packet::TracedCallback, hand over the whole packet, its IPv4 header in front. Its attribute
 * "Hop" says on the segment to which hop it stands, from 1.
 */
class PacketProbe final : public ns3::Object
{
  public:
    static ns3::TypeId GetTypeId();

    /// Watches a path, which it has to outlive. Once, before the simulation starts.
    void Watch(path::NetworkPath& path);

  private:
    void See(path::Direction direction, const path::WirePacket& packet) const;

    std::uint32_t m_hop = 1;
    ns3::TracedCallback<ns3::Ptr<const ns3::Packet>> m_outbound;
    ns3::TracedCallback<ns3::Ptr<const ns3::Packet>> m_inbound;
};

} // namespace bouncelab::object

#endif // BOUNCELAB_MODELS_OBJECT_PACKET_PROBE_H

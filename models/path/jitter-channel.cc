#include "models/path/jitter-channel.h"

#include "models/provenance/origin-tag.h"

#include <ns3/node.h>
#include <ns3/point-to-point-net-device.h>
#include <ns3/simulator.h>

#include <algorithm>

namespace bouncelab::path
{

NS_OBJECT_ENSURE_REGISTERED(JitterChannel);

ns3::TypeId
JitterChannel::GetTypeId()
{
    static ns3::TypeId tid = ns3::TypeId("bouncelab::JitterChannel")
                                 .SetParent<ns3::PointToPointChannel>()
                                 .SetGroupName("bouncelab")
                                 .AddConstructor<JitterChannel>();
    return tid;
}

void
JitterChannel::Configure(LinkModel outbound, LinkModel inbound, std::function<void()> lost)
{
    m_directions[0].model = std::move(outbound);
    m_directions[1].model = std::move(inbound);
    m_lost = std::move(lost);
}

bool
JitterChannel::TransmitStart(ns3::Ptr<const ns3::Packet> packet,
                             ns3::Ptr<ns3::PointToPointNetDevice> source,
                             ns3::Time transmission)
{
    const std::size_t wire = source == GetPointToPointDevice(0) ? 0 : 1;
    ChannelDirection& direction = m_directions[wire];
    const std::uint64_t serial = LinkModel::MixSerial(provenance::OriginOf(packet).serial);
    if (direction.model->Loses(serial))
    {
        ns3::Simulator::Schedule(transmission, [this] { m_lost(); });
        return true;
    }
    const std::int64_t now = NowNs();
    const std::int64_t arrival =
        std::max({now + transmission.GetNanoSeconds() + direction.model->Propagation(serial),
                  now + MinimumHopNs,
                  direction.lastArrivalNs});
    direction.lastArrivalNs = arrival;
    ns3::Ptr<ns3::PointToPointNetDevice> destination = GetPointToPointDevice(1 - wire);
    ns3::Simulator::ScheduleWithContext(destination->GetNode()->GetId(),
                                        ns3::NanoSeconds(arrival - now),
                                        &ns3::PointToPointNetDevice::Receive,
                                        destination,
                                        packet->Copy());
    return true;
}

} // namespace bouncelab::path

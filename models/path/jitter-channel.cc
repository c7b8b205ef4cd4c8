#include "models/path/jitter-channel.h"

#include "models/path/ns3-header.h"
#include "models/provenance/origin-tag.h"

#include <ns3/node.h>
#include <ns3/point-to-point-net-device.h>
#include <ns3/ppp-header.h>
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
JitterChannel::Configure(LinkModel outbound, LinkModel inbound, PathCounts& counts)
{
    m_directions[0].model = std::move(outbound);
    m_directions[1].model = std::move(inbound);
    m_counts = &counts;
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
        ns3::Simulator::Schedule(transmission, [this] { ++m_counts->lost; });
        return true;
    }
    const std::int64_t now = NowNs();
    const std::int64_t arrival =
        std::max({now + transmission.GetNanoSeconds() + direction.model->Propagation(serial),
                  now + MinimumHopNs,
                  direction.lastArrivalNs});
    direction.lastArrivalNs = arrival;
    const Device destination = GetPointToPointDevice(1 - wire);
    if (direction.model->Disturbs())
    {
        Disturb(*direction.model, destination, packet, arrival);
        return true;
    }
    Receive(destination, arrival, 0, packet->Copy());
    return true;
}

void
JitterChannel::Disturb(LinkModel& link,
                       const Device& destination,
                       ns3::Ptr<const ns3::Packet> packet,
                       std::int64_t arrivalNs)
{
    ns3::PppHeader framing;
    const ns3::Ptr<ns3::Packet> unframed = packet->Copy();
    unframed->RemoveHeader(framing);
    const std::vector<Delivery> deliveries = link.Deliver(Traded(TakenApart(unframed)), arrivalNs);
    m_counts->copied += deliveries.size() > 1 ? 1 : 0;
    m_counts->expired += deliveries.empty() ? 1 : 0;
    for (const Delivery& delivery : deliveries)
    {
        const ns3::Ptr<ns3::Packet> whole = Whole(Traded(delivery.packet));
        whole->AddHeader(framing);
        Receive(destination, arrivalNs, delivery.laterNs, whole);
    }
}

/// What comes late comes behind all that arrives in that nanosecond.
void
JitterChannel::Receive(const Device& device,
                       std::int64_t atNs,
                       std::int64_t laterNs,
                       const ns3::Ptr<ns3::Packet>& packet)
{
    const ns3::Time wait = ns3::NanoSeconds(atNs + laterNs - NowNs());
    const std::uint32_t node = device->GetNode()->GetId();
    if (laterNs == 0)
    {
        ns3::Simulator::ScheduleWithContext(node,
                                            wait,
                                            &ns3::PointToPointNetDevice::Receive,
                                            device,
                                            packet);
        return;
    }
    ns3::Simulator::Schedule(wait,
                             [node, device, packet]
                             {
                                 ns3::Simulator::ScheduleWithContext(
                                     node,
                                     ns3::Time(0),
                                     &ns3::PointToPointNetDevice::Receive,
                                     device,
                                     packet);
                             });
}

} // namespace bouncelab::path

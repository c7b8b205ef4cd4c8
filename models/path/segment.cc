#include "models/path/segment.h"

#include "models/provenance/origin-tag.h"

#include <ns3/abort.h>
#include <ns3/event-id.h>
#include <ns3/simulator.h>

#include <algorithm>
#include <deque>
#include <utility>

namespace bouncelab::path
{

namespace
{

constexpr int ATTEMPTS = 3;
constexpr std::int64_t RETRY_NS = 1000000000;
constexpr std::size_t MAX_WAITING = 16;

} // namespace

/// What a machine knows of another, or waits for.
struct Segment::Neighbor
{
    MacAddress mac;
    std::int64_t expiresNs = -1;
    int asked = 0; //!< Times, since it was last known.
    ns3::EventId retry;
    std::deque<WirePacket> waiting;
};

class Segment::Port
{
  public:
    provenance::ActorId actor = 0;
    IpAddress address;
    MacAddress mac;
    CardConfig card;
    WireHandler receive;
    std::vector<FrameObserver> observers;
    /// Looked up, never walked.
    std::unordered_map<IpAddress, Neighbor> neighbors;

    void Show(const EthernetFrame& frame, bool received) const
    {
        for (const FrameObserver& observer : observers)
        {
            observer(frame, received);
        }
    }
};

Segment::Segment(SegmentSetup setup)
    : m_setup(setup)
{
}

Segment::~Segment() = default;

Segment::Port&
Segment::Join(const std::string& machine,
              const IpAddress& address,
              MacAddress mac,
              WireHandler receive,
              const CardConfig& card)
{
    Port& port = m_ports.emplace_back();
    port.actor = m_setup.ledger ? m_setup.ledger->RegisterActor(machine) : 0;
    port.address = address;
    port.mac = mac;
    port.card = card;
    port.receive = std::move(receive);
    const bool fresh =
        m_byAddress.emplace(address, &port).second && m_byMac.emplace(mac.bytes, &port).second;
    NS_ABORT_MSG_UNLESS(fresh, "two machines of a segment have the address " << address.ToString());
    return port;
}

void
Segment::Observe(Port& port, FrameObserver observer)
{
    if (port.observers.empty())
    {
        m_observed.push_back(&port);
    }
    port.observers.push_back(std::move(observer));
}

void
Segment::Send(Port& from, const IpAddress& nextHop, const WirePacket& packet)
{
    Neighbor& neighbor = from.neighbors[nextHop];
    if (neighbor.expiresNs > NowNs())
    {
        Emit(from, {from.mac, neighbor.mac, EtherTypeOf(packet), packet, 0});
        return;
    }
    if (neighbor.waiting.size() < MAX_WAITING)
    {
        neighbor.waiting.push_back(packet);
    }
    if (neighbor.asked == 0)
    {
        Ask(from, nextHop);
    }
}

void
Segment::Ask(Port& port, const IpAddress& address)
{
    Neighbor& neighbor = port.neighbors[address];
    if (neighbor.asked == ATTEMPTS)
    {
        neighbor.asked = 0;
        neighbor.waiting.clear();
        return;
    }
    ++neighbor.asked;
    Say(port, false, address, {});
    neighbor.retry = ns3::Simulator::Schedule(ns3::NanoSeconds(RETRY_NS),
                                              [this, &port, address] { Ask(port, address); });
}

void
Segment::Learn(Port& port, const IpAddress& address, MacAddress mac)
{
    Neighbor& neighbor = port.neighbors[address];
    neighbor.mac = mac;
    const Nanoseconds own = port.card.arpTimeout;
    neighbor.expiresNs = NowNs() + (own.count() > 0 ? own : m_setup.arpTimeout).count();
    neighbor.asked = 0;
    neighbor.retry.Cancel();
    for (const WirePacket& packet : std::exchange(neighbor.waiting, {}))
    {
        Emit(port, {port.mac, mac, EtherTypeOf(packet), packet, 0});
    }
}

void
Segment::Say(Port& from, bool isReply, const IpAddress& to, MacAddress mac)
{
    EthernetFrame frame = FrameOf({isReply, from.mac, from.address, mac, to});
    if (m_setup.ledger)
    {
        provenance::SetOrigin(frame.packet.payload, m_setup.ledger->Born(from.actor));
    }
    Emit(from, std::move(frame));
}

void
Segment::Emit(Port& from, EthernetFrame frame)
{
    frame.paddedTo = from.card.shortestFrame;
    from.Show(frame, false);
    if (!m_mirror.empty())
    {
        ns3::Simulator::Schedule(ns3::NanoSeconds(m_setup.delay.count() / 2),
                                 [this, frame]
                                 {
                                     for (const FrameObserver& observer : m_mirror)
                                     {
                                         observer(frame, true);
                                     }
                                 });
    }
    ns3::Simulator::Schedule(ns3::NanoSeconds(m_setup.delay.count()),
                             [this, &from, frame = std::move(frame)] { Arrive(&from, frame); });
}

void
Segment::Arrive(const Port* from, const EthernetFrame& frame)
{
    if (!IsGroup(frame.destination))
    {
        Take(*m_byMac.at(frame.destination.bytes), frame);
        return;
    }
    for (const Port* port : m_observed)
    {
        if (port != from)
        {
            port->Show(frame, true);
        }
    }
    // Nobody but the one who is asked does anything about it.
    const auto message = NeighborMessageIn(frame);
    const auto asked = message ? m_byAddress.find(message->target) : m_byAddress.end();
    if (asked != m_byAddress.end())
    {
        Hear(*asked->second, *message);
    }
}

void
Segment::Take(Port& port, const EthernetFrame& frame)
{
    port.Show(frame, true);
    if (const auto message = NeighborMessageIn(frame))
    {
        Hear(port, *message);
        return;
    }
    port.receive(frame.packet);
}

void
Segment::Hear(Port& port, const NeighborMessage& message)
{
    Learn(port, message.sender, message.senderMac);
    if (!message.isReply)
    {
        Say(port, true, message.sender, message.senderMac);
    }
}

} // namespace bouncelab::path

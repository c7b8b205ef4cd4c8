#include "models/path/segment.h"

#include "models/path/tcp-packet.h"
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
constexpr MacAddress BROADCAST{{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}};

/// RFC 826 for Ethernet and IPv4.
struct ArpMessage
{
    static constexpr std::size_t BYTES = 28;

    bool isReply = false;
    MacAddress senderMac;
    Ipv4 sender;
    MacAddress targetMac; //!< Zero in a request.
    Ipv4 target;
};

void
PutAddress(Ipv4 address, std::uint8_t* at)
{
    for (int i = 0; i < 4; ++i)
    {
        at[i] = static_cast<std::uint8_t>(address.value >> (24 - 8 * i));
    }
}

Ipv4
GetAddress(const std::uint8_t* at)
{
    return Ipv4{std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 |
                std::uint32_t{at[2]} << 8 | at[3]};
}

ns3::Ptr<ns3::Packet>
Written(const ArpMessage& message)
{
    std::array<std::uint8_t, ArpMessage::BYTES> octets{0, 1, 8, 0, 6, 4, 0};
    octets[7] = message.isReply ? 2 : 1;
    std::copy_n(message.senderMac.bytes.begin(), 6, &octets[8]);
    PutAddress(message.sender, &octets[14]);
    std::copy_n(message.targetMac.bytes.begin(), 6, &octets[18]);
    PutAddress(message.target, &octets[24]);
    return ns3::Create<ns3::Packet>(octets.data(), ArpMessage::BYTES);
}

ArpMessage
Read(const ns3::Packet& packet)
{
    const std::vector<std::uint8_t> octets = OctetsOf(packet);
    ArpMessage message;
    message.isReply = octets[7] == 2;
    std::copy_n(&octets[8], 6, message.senderMac.bytes.begin());
    message.sender = GetAddress(&octets[14]);
    std::copy_n(&octets[18], 6, message.targetMac.bytes.begin());
    message.target = GetAddress(&octets[24]);
    return message;
}

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
    Ipv4 address;
    MacAddress mac;
    CardConfig card;
    WireHandler receive;
    std::vector<FrameObserver> observers;
    std::unordered_map<std::uint32_t, Neighbor> neighbors; //!< Looked up, never walked.

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
              Ipv4 address,
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
    const bool fresh = m_byAddress.emplace(address.value, &port).second &&
                       m_byMac.emplace(mac.bytes, &port).second;
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
Segment::Send(Port& from, Ipv4 nextHop, const WirePacket& packet)
{
    Neighbor& neighbor = from.neighbors[nextHop.value];
    if (neighbor.expiresNs > NowNs())
    {
        Emit(from, {from.mac, neighbor.mac, ethertype::IPV4, packet, 0});
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
Segment::Ask(Port& port, Ipv4 address)
{
    Neighbor& neighbor = port.neighbors[address.value];
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
Segment::Learn(Port& port, Ipv4 address, MacAddress mac)
{
    Neighbor& neighbor = port.neighbors[address.value];
    neighbor.mac = mac;
    const Nanoseconds own = port.card.arpTimeout;
    neighbor.expiresNs = NowNs() + (own.count() > 0 ? own : m_setup.arpTimeout).count();
    neighbor.asked = 0;
    neighbor.retry.Cancel();
    for (const WirePacket& packet : std::exchange(neighbor.waiting, {}))
    {
        Emit(port, {port.mac, mac, ethertype::IPV4, packet, 0});
    }
}

void
Segment::Say(Port& from, bool isReply, Ipv4 to, MacAddress mac)
{
    EthernetFrame frame;
    frame.source = from.mac;
    frame.destination = isReply ? mac : BROADCAST;
    frame.type = ethertype::ARP;
    frame.packet.payload = Written({isReply, from.mac, from.address, mac, to});
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
    if (!(frame.destination == BROADCAST))
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
    const auto asked = m_byAddress.find(Read(*frame.packet.payload).target.value);
    if (asked != m_byAddress.end())
    {
        Hear(*asked->second, frame);
    }
}

void
Segment::Take(Port& port, const EthernetFrame& frame)
{
    port.Show(frame, true);
    if (frame.type == ethertype::ARP)
    {
        Hear(port, frame);
        return;
    }
    port.receive(frame.packet);
}

void
Segment::Hear(Port& port, const EthernetFrame& frame)
{
    const ArpMessage message = Read(*frame.packet.payload);
    Learn(port, message.sender, message.senderMac);
    if (!message.isReply)
    {
        Say(port, true, message.sender, message.senderMac);
    }
}

} // namespace bouncelab::path

#include "models/path/router-chain.h"

#include "models/path/jitter-channel.h"
#include "models/path/ns3-header.h"
#include "models/provenance/origin-tag.h"

#include <ns3/abort.h>
#include <ns3/drop-tail-queue.h>
#include <ns3/icmpv4-l4-protocol.h>
#include <ns3/icmpv4.h>
#include <ns3/icmpv6-l4-protocol.h>
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4-static-routing-helper.h>
#include <ns3/ipv4-static-routing.h>
#include <ns3/ipv6-route.h>
#include <ns3/ipv6-static-routing-helper.h>
#include <ns3/ipv6-static-routing.h>
#include <ns3/ppp-header.h>
#include <ns3/simulator.h>

namespace bouncelab::path
{

namespace
{

constexpr std::uint16_t NoMtu = 65535;

/// Static routes for what is forwarded. The node itself sends nothing by ns-3: what it answers gets
/// its own delay, address and hop limit.
class ForwardingOnly : public ns3::Ipv6StaticRouting
{
  public:
    ns3::Ptr<ns3::Ipv6Route> RouteOutput(ns3::Ptr<ns3::Packet> /* packet */,
                                         const ns3::Ipv6Header& /* header */,
                                         ns3::Ptr<ns3::NetDevice> /* device */,
                                         ns3::Socket::SocketErrno& error) override
    {
        error = ns3::Socket::ERROR_NOROUTETOHOST;
        return nullptr;
    }
};

} // namespace

/// The queue of a device: what its link's limit turns away is not let in.
class RouterChain::LimitedQueue : public ns3::DropTailQueue<ns3::Packet>
{
  public:
    LimitedQueue(RouterChain* chain, std::uint32_t link, Direction direction, LinkModel model)
        : chain(chain)
        , link(link)
        , direction(direction)
        , limit(chain->Setup().hops[link - 1], std::move(model))
    {
        SetMaxSize(ns3::QueueSize(ns3::QueueSizeUnit::PACKETS, 1u << 30));
    }

    bool Enqueue(ns3::Ptr<ns3::Packet> framed) override
    {
        if (chain->IsLimited(link))
        {
            ns3::PppHeader framing;
            const ns3::Ptr<ns3::Packet> packet = framed->Copy();
            packet->RemoveHeader(framing);
            if (!chain->Admits(*this, Traded(TakenApart(packet))))
            {
                return false;
            }
        }
        return ns3::DropTailQueue<ns3::Packet>::Enqueue(framed);
    }

    RouterChain* chain;
    std::uint32_t link;
    Direction direction;
    LinkLimit limit;
};

/// What the node sends by it has to pass, if anything is asked.
class RouterChain::GatedDevice : public ns3::PointToPointNetDevice
{
  public:
    std::function<bool(ns3::Ptr<const ns3::Packet>)> passes;

    bool Send(ns3::Ptr<ns3::Packet> packet,
              const ns3::Address& destination,
              std::uint16_t protocol) override
    {
        return (passes && !passes(packet)) || SendPast(packet, destination, protocol);
    }

    bool SendPast(ns3::Ptr<ns3::Packet> packet,
                  const ns3::Address& destination,
                  std::uint16_t protocol)
    {
        return ns3::PointToPointNetDevice::Send(packet, destination, protocol);
    }
};

RouterChain::RouterChain(PathSetup setup)
    : NetworkPath(std::move(setup))
{
    NS_ABORT_MSG_UNLESS(ns3::Node::ChecksumEnabled(),
                        "routers need ns-3's global value ChecksumEnabled");
    std::vector<ns3::Ptr<ns3::Node>> nodes;
    for (std::uint32_t i = 0; i <= HopCount(); ++i)
    {
        nodes.push_back(ns3::CreateObject<ns3::Node>());
    }
    for (std::uint32_t link = 1; link <= HopCount(); ++link)
    {
        Link(link, nodes[link - 1], nodes[link]);
    }
    for (std::uint32_t hop = 1; hop < HopCount(); ++hop)
    {
        m_responders.emplace_back(Setup().seed,
                                  IcmpResponder::NameOfHop(Setup().name, hop),
                                  Setup().hops[hop - 1],
                                  Setup().ledger);
        Router& router = m_routers.emplace_back();
        router.chain = this;
        router.hop = hop;
        Install(router, nodes[hop]);
    }
    m_outboundDevices.front()->SetReceiveCallback(ns3::Callback<bool,
                                                                ns3::Ptr<ns3::NetDevice>,
                                                                ns3::Ptr<const ns3::Packet>,
                                                                std::uint16_t,
                                                                const ns3::Address&>(
        [this](ns3::Ptr<ns3::NetDevice>,
               ns3::Ptr<const ns3::Packet> packet,
               std::uint16_t,
               const ns3::Address&) { return Arrived(PathEnd::Near, packet); }));
    m_inboundDevices.back()->SetReceiveCallback(ns3::Callback<bool,
                                                              ns3::Ptr<ns3::NetDevice>,
                                                              ns3::Ptr<const ns3::Packet>,
                                                              std::uint16_t,
                                                              const ns3::Address&>(
        [this](ns3::Ptr<ns3::NetDevice>,
               ns3::Ptr<const ns3::Packet> packet,
               std::uint16_t,
               const ns3::Address&)
        {
            return (IsGated(HopCount()) &&
                    !Passes(HopCount(), Direction::Outbound, Traded(TakenApart(packet)))) ||
                   Arrived(PathEnd::Far, packet);
        }));
}

RouterChain::~RouterChain() = default;

void
RouterChain::Link(std::uint32_t link, ns3::Ptr<ns3::Node> near, ns3::Ptr<ns3::Node> far)
{
    auto channel = ns3::CreateObject<JitterChannel>();
    channel->Configure(ModelOf(link, Direction::Outbound),
                       ModelOf(link, Direction::Inbound),
                       m_counts);
    for (const Direction direction : {Direction::Outbound, Direction::Inbound})
    {
        const Device device = MakeDevice(link, direction);
        const bool outbound = direction == Direction::Outbound;
        (outbound ? near : far)->AddDevice(device);
        device->Attach(channel);
        (outbound ? m_outboundDevices : m_inboundDevices).push_back(device);
    }
}

RouterChain::Device
RouterChain::MakeDevice(std::uint32_t link, Direction direction)
{
    auto device = ns3::CreateObject<GatedDevice>();
    device->SetAddress(ns3::Mac48Address::Allocate());
    device->SetDataRate(ns3::DataRate(Setup().hops[link - 1].bitsPerSecond));
    device->SetMtu(NoMtu);
    device->SetQueue(ns3::Create<LimitedQueue>(this, link, direction, ModelOf(link, direction)));
    return device;
}

LinkModel
RouterChain::ModelOf(std::uint32_t link, Direction direction) const
{
    return MakeLinks(Setup().seed, Setup().name, direction, Setup().hops)[link - 1];
}

bool
RouterChain::IsLimited(std::uint32_t link) const
{
    return LinkLimit::Limits(Setup().hops[link - 1]);
}

/// Whether a limit lets a packet through to its link; inbound it is seen on the way there.
bool
RouterChain::Admits(LimitedQueue& queue, const WirePacket& packet)
{
    const std::uint32_t bytes = packet.header.GetSerializedSize() + packet.payload->GetSize();
    const LinkLimit::Verdict verdict = queue.limit.Take(bytes, NowNs());
    if (verdict == LinkLimit::Verdict::Takes)
    {
        if (queue.direction == Direction::Inbound)
        {
            Observe(queue.link, Direction::Inbound, packet);
        }
        return true;
    }
    ++m_counts.dropped;
    const std::uint32_t hop = queue.direction == Direction::Outbound ? queue.link - 1 : queue.link;
    if (verdict == LinkLimit::Verdict::TooBig)
    {
        TooBig(queue, hop, packet);
    }
    return false;
}

void
RouterChain::TooBig(const LimitedQueue& queue, std::uint32_t hop, const WirePacket& packet)
{
    if (!Setup().hops[queue.link - 1].icmpTooBig || hop == 0 || hop == HopCount())
    {
        SignSilentDrop(hop, packet);
        return;
    }
    WirePacket arrived = packet;
    arrived.header.SetTtl(static_cast<std::uint8_t>(packet.header.GetTtl() + 1));
    m_routers[hop - 1].Answer(
        arrived,
        [mtu = queue.limit.Mtu()](IcmpResponder& responder, const WirePacket& offending)
        { return responder.TooBig(offending, mtu); });
}

void
RouterChain::Install(Router& router, ns3::Ptr<ns3::Node> node)
{
    if (Setup().hops[router.hop - 1].address.IsIpv6())
    {
        InstallIpv6(router, node);
    }
    else
    {
        InstallIpv4(router, node);
    }
    RouteToHost(router, Setup().hostAddress);
}

void
RouterChain::InstallIpv4(Router& router, ns3::Ptr<ns3::Node> node)
{
    ns3::InternetStackHelper stack;
    ns3::Ipv4StaticRoutingHelper routing;
    stack.SetRoutingHelper(routing);
    stack.SetIpv6StackInstall(false);
    stack.Install(node);
    router.ipv4 = node->GetObject<ns3::Ipv4L3Protocol>();

    const ns3::Ipv4Address address = ToNs3Ipv4(Setup().hops[router.hop - 1].address);
    const auto up = [&router, address](const Device& device)
    {
        const std::uint32_t interface = router.ipv4->AddInterface(device);
        router.ipv4->AddAddress(interface,
                                ns3::Ipv4InterfaceAddress(address, ns3::Ipv4Mask::GetOnes()));
        router.ipv4->SetUp(interface);
        return interface;
    };
    router.nearInterface = up(m_inboundDevices[router.hop - 1]);
    router.farInterface = up(m_outboundDevices[router.hop]);
    routing.GetStaticRouting(router.ipv4)
        ->SetDefaultRoute(ns3::Ipv4Address::GetZero(), OtherInterface(router));

    router.ipv4->TraceConnectWithoutContext("Rx",
                                            ns3::MakeCallback(&Router::ReceivedIpv4, &router));
    router.ipv4->TraceConnectWithoutContext("UnicastForward",
                                            ns3::MakeCallback(&Router::ForwardedIpv4, &router));
    router.ipv4->TraceConnectWithoutContext("Drop",
                                            ns3::MakeCallback(&Router::DroppedIpv4, &router));
    node->GetObject<ns3::Icmpv4L4Protocol>()->SetDownTarget(
        ns3::MakeCallback(&Router::SendIcmp, &router));
}

void
RouterChain::InstallIpv6(Router& router, ns3::Ptr<ns3::Node> node)
{
    ns3::InternetStackHelper stack;
    stack.SetIpv4StackInstall(false);
    stack.SetIpv6NsRsJitter(false);
    stack.Install(node);
    router.ipv6 = node->GetObject<ns3::Ipv6L3Protocol>();
    const auto routing = ns3::CreateObject<ForwardingOnly>();
    router.ipv6->SetRoutingProtocol(routing);
    router.ipv6->SetAttribute("SendIcmpv6Redirect", ns3::BooleanValue(false));
    // Nobody but the two ends is on a line: there is no one to ask for a neighbor.
    node->GetObject<ns3::Icmpv6L4Protocol>()->SetAttribute("DAD", ns3::BooleanValue(false));

    const ns3::Ipv6Address address = ToNs3Ipv6(Traded(Setup().hops[router.hop - 1].address));
    const auto up = [&router, address](const Device& device)
    {
        const std::uint32_t interface = router.ipv6->AddInterface(device);
        router.ipv6->AddAddress(interface,
                                ns3::Ipv6InterfaceAddress(address, ns3::Ipv6Prefix::GetOnes()));
        router.ipv6->SetUp(interface);
        router.ipv6->SetForwarding(interface, true);
        return interface;
    };
    router.nearInterface = up(m_inboundDevices[router.hop - 1]);
    router.farInterface = up(m_outboundDevices[router.hop]);
    routing->SetDefaultRoute(ns3::Ipv6Address::GetZero(), OtherInterface(router));

    router.ipv6->TraceConnectWithoutContext("Rx",
                                            ns3::MakeCallback(&Router::ReceivedIpv6, &router));
    router.ipv6->TraceConnectWithoutContext("UnicastForward",
                                            ns3::MakeCallback(&Router::ForwardedIpv6, &router));
    router.ipv6->TraceConnectWithoutContext("Drop",
                                            ns3::MakeCallback(&Router::DroppedIpv6, &router));
}

std::uint32_t
RouterChain::HostInterface(const Router& router) const
{
    return Setup().hostEnd == PathEnd::Far ? router.farInterface : router.nearInterface;
}

std::uint32_t
RouterChain::OtherInterface(const Router& router) const
{
    return Setup().hostEnd == PathEnd::Far ? router.nearInterface : router.farInterface;
}

/// \pre it is not of the other family than the router
void
RouterChain::RouteToHost(Router& router, const IpAddress& address)
{
    const std::uint32_t interface = HostInterface(router);
    if (router.ipv6)
    {
        ns3::DynamicCast<ns3::Ipv6StaticRouting>(router.ipv6->GetRoutingProtocol())
            ->AddHostRouteTo(ToNs3Ipv6(Traded(address)), interface);
        return;
    }
    ns3::Ipv4StaticRoutingHelper()
        .GetStaticRouting(router.ipv4)
        ->AddHostRouteTo(ToNs3Ipv4(address), interface);
}

void
RouterChain::DoAddAddress(const IpAddress& address)
{
    for (Router& router : m_routers)
    {
        RouteToHost(router, address);
    }
}

void
RouterChain::Router::Receive(ns3::Ptr<ns3::NetDevice> device, ns3::Ptr<ns3::Packet> packet) const
{
    if (ipv6)
    {
        ipv6->Receive(device,
                      packet,
                      ethertype::IPV6,
                      device->GetBroadcast(),
                      device->GetAddress(),
                      ns3::NetDevice::PACKET_HOST);
        return;
    }
    ipv4->Receive(device,
                  packet,
                  ethertype::IPV4,
                  device->GetBroadcast(),
                  device->GetAddress(),
                  ns3::NetDevice::PACKET_HOST);
}

void
RouterChain::Router::Received(ns3::Ptr<const ns3::Packet> packet, std::uint32_t interface)
{
    handling = provenance::OriginOf(packet);
    if (interface == nearInterface && chain->IsObserved(hop))
    {
        chain->Observe(hop, Direction::Outbound, Traded(TakenApart(packet)));
    }
}

void
RouterChain::Router::ReceivedIpv4(ns3::Ptr<const ns3::Packet> packet,
                                  ns3::Ptr<ns3::Ipv4>,
                                  std::uint32_t interface)
{
    Received(packet, interface);
}

void
RouterChain::Router::ReceivedIpv6(ns3::Ptr<const ns3::Packet> packet,
                                  ns3::Ptr<ns3::Ipv6>,
                                  std::uint32_t interface)
{
    Received(packet, interface);
}

void
RouterChain::Router::Forwarded(const WirePacket& packet, std::uint32_t interface)
{
    if (interface == nearInterface && chain->IsObserved(hop) && !chain->IsGated(hop) &&
        !chain->IsLimited(hop))
    {
        chain->Observe(hop, Direction::Inbound, packet);
    }
}

void
RouterChain::Router::ForwardedIpv4(const ns3::Ipv4Header& header,
                                   ns3::Ptr<const ns3::Packet> packet,
                                   std::uint32_t interface)
{
    Forwarded({FromNs3(header), packet->Copy()}, interface);
}

void
RouterChain::Router::ForwardedIpv6(const ns3::Ipv6Header& header,
                                   ns3::Ptr<const ns3::Packet> packet,
                                   std::uint32_t interface)
{
    Forwarded(Traded({FromNs3(header), packet->Copy()}), interface);
}

void
RouterChain::Router::DroppedIpv4(const ns3::Ipv4Header& header,
                                 ns3::Ptr<const ns3::Packet>,
                                 ns3::Ipv4L3Protocol::DropReason reason,
                                 ns3::Ptr<ns3::Ipv4>,
                                 std::uint32_t)
{
    NS_ABORT_MSG_IF(reason != ns3::Ipv4L3Protocol::DROP_TTL_EXPIRED,
                    "hop " << hop << " of " << chain->Setup().name << " drops a packet for "
                           << header.GetDestination() << ", reason " << reason);
    ++chain->m_counts.expired;
}

void
RouterChain::Router::DroppedIpv6(const ns3::Ipv6Header& header,
                                 ns3::Ptr<const ns3::Packet> packet,
                                 ns3::Ipv6L3Protocol::DropReason reason,
                                 ns3::Ptr<ns3::Ipv6>,
                                 std::uint32_t)
{
    NS_ABORT_MSG_IF(reason != ns3::Ipv6L3Protocol::DROP_TTL_EXPIRED,
                    "hop " << hop << " of " << chain->Setup().name << " drops a packet for "
                           << header.GetDestination() << ", reason " << reason);
    ++chain->m_counts.expired;
    Expired(Traded({FromNs3(header), packet->Copy()}));
}

void
RouterChain::Router::SendIcmp(ns3::Ptr<ns3::Packet> message,
                              ns3::Ipv4Address,
                              ns3::Ipv4Address,
                              std::uint8_t,
                              ns3::Ptr<ns3::Ipv4Route>)
{
    ns3::Icmpv4Header icmp;
    message->RemoveHeader(icmp);
    NS_ABORT_MSG_IF(icmp.GetType() != ns3::Icmpv4Header::ICMPV4_TIME_EXCEEDED,
                    "hop " << hop << " of " << chain->Setup().name << " makes ICMP type "
                           << int(icmp.GetType()));
    ns3::Icmpv4TimeExceeded error;
    message->RemoveHeader(error);
    std::uint8_t quoted[8];
    error.GetData(quoted);
    Expired({FromNs3(error.GetHeader()), ns3::Create<ns3::Packet>(quoted, sizeof quoted)});
}

void
RouterChain::Router::Expired(const WirePacket& dropped)
{
    WirePacket offending = dropped;
    // ns-3 quotes the TTL as it has just lowered it; routers quote the header as it arrived.
    offending.header.SetTtl(1);
    provenance::SetOrigin(offending.payload, handling);
    Answer(offending,
           [](IcmpResponder& responder, const WirePacket& expired)
           { return responder.TimeExceeded(expired); });
}

/// Makes an ICMP error about a packet, in its time. \param offending as it arrived
void
RouterChain::Router::Answer(const WirePacket& offending, const AnswerMaker& make)
{
    if (!IcmpResponder::Answers(offending.header))
    {
        return;
    }
    ns3::Simulator::Schedule(
        ns3::NanoSeconds(chain->m_responders[hop - 1].ReplyDelay(offending).count()),
        [this, offending, make]
        {
            const WirePacket answer = make(chain->m_responders[hop - 1], offending);
            ++chain->m_counts.icmp;
            const Direction direction = chain->Toward(answer.header.GetDestination());
            ns3::Simulator::ScheduleNow(
                [this, direction, answer]
                {
                    if (direction == Direction::Inbound)
                    {
                        chain->SendInbound(hop, answer);
                        return;
                    }
                    chain->Send(hop + 1, direction, answer);
                });
        });
}

void
RouterChain::DoEnter(PathEnd end, const WirePacket& packet)
{
    if (end == PathEnd::Near)
    {
        Send(1, Direction::Outbound, packet);
        return;
    }
    if (IsObserved(HopCount()) || IsGated(HopCount()))
    {
        ns3::Simulator::ScheduleNow([this, packet] { SendInbound(HopCount(), packet); });
        return;
    }
    Send(HopCount(), Direction::Inbound, packet);
}

void
RouterChain::DoGate(std::uint32_t hop)
{
    m_inboundDevices[hop - 1]->passes = [this, hop](const ns3::Ptr<const ns3::Packet>& packet)
    {
        const WirePacket sent = Traded(TakenApart(packet));
        const bool passes = Passes(hop, Direction::Inbound, sent);
        if (passes && !IsLimited(hop))
        {
            Observe(hop, Direction::Inbound, sent);
        }
        return passes;
    };
    if (hop == HopCount())
    {
        return;
    }
    m_inboundDevices[hop - 1]->SetReceiveCallback(ns3::Callback<bool,
                                                                ns3::Ptr<ns3::NetDevice>,
                                                                ns3::Ptr<const ns3::Packet>,
                                                                std::uint16_t,
                                                                const ns3::Address&>(
        [this, hop](ns3::Ptr<ns3::NetDevice> device,
                    ns3::Ptr<const ns3::Packet> packet,
                    std::uint16_t,
                    const ns3::Address&)
        {
            if (Passes(hop, Direction::Outbound, Traded(TakenApart(packet))))
            {
                m_routers[hop - 1].Receive(device, packet->Copy());
            }
            return true;
        }));
}

void
RouterChain::DoInsert(std::uint32_t hop, Direction direction, const WirePacket& packet)
{
    // Behind the packets that arrive in this very nanosecond, as the contract says.
    ns3::Simulator::ScheduleNow([this, hop, direction, packet]
                                { InsertNow(hop, direction, packet); });
}

void
RouterChain::InsertNow(std::uint32_t hop, Direction direction, const WirePacket& packet)
{
    if (direction == Direction::Inbound)
    {
        if (IsObserved(hop) && !IsLimited(hop))
        {
            Observe(hop, direction, packet);
        }
        Send(hop, direction, packet, true);
        return;
    }
    if (hop == HopCount())
    {
        Arrived(PathEnd::Far, Whole(Traded(packet)));
        return;
    }
    m_routers[hop - 1].Receive(m_inboundDevices[hop - 1], Whole(Traded(packet)));
}

void
RouterChain::SendInbound(std::uint32_t hop, const WirePacket& packet)
{
    if (IsObserved(hop) && !IsGated(hop) && !IsLimited(hop))
    {
        Observe(hop, Direction::Inbound, packet);
    }
    Send(hop, Direction::Inbound, packet);
}

bool
RouterChain::Arrived(PathEnd end, ns3::Ptr<const ns3::Packet> packet)
{
    const WirePacket arrived = Traded(TakenApart(packet));
    if (end == PathEnd::Far && IsObserved(HopCount()))
    {
        Observe(HopCount(), Direction::Outbound, arrived);
    }
    Deliver(end, arrived);
    return true;
}

void
RouterChain::Send(std::uint32_t link, Direction direction, const WirePacket& packet, bool past)
{
    const auto& devices = direction == Direction::Outbound ? m_outboundDevices : m_inboundDevices;
    const Device& device = devices[link - 1];
    const ns3::Ptr<ns3::Packet> whole = Whole(Traded(packet));
    const bool sent = past ? device->SendPast(whole, device->GetBroadcast(), EtherTypeOf(packet))
                           : device->Send(whole, device->GetBroadcast(), EtherTypeOf(packet));
    NS_ABORT_MSG_UNLESS(sent || IsLimited(link),
                        "a device of " << Setup().name << " refuses a packet");
}

} // namespace bouncelab::path

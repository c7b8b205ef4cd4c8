#include "models/host/host.h"

#include "models/host/host-routing.h"
#include "models/host/socket-address.h"
#include "models/path/icmp-responder.h"

#include <ns3/ipv4-l3-protocol.h>
#include <ns3/ipv6-l3-protocol.h>
#include <ns3/rtt-estimator.h>
#include <ns3/simulator.h>
#include <ns3/tcp-congestion-ops.h>
#include <ns3/tcp-l4-protocol.h>
#include <ns3/tcp-prr-recovery.h>

#include <algorithm>

namespace bouncelab::host
{

namespace
{

// TIME-WAIT is kept by the shim, which needs no socket for it.
constexpr double BRIEF_LIFETIME_SECONDS = 0.0005;

void
DropCallbacks(ProfileSocket& socket)
{
    socket.SetConnectCallback(ns3::MakeNullCallback<void, ns3::Ptr<ns3::Socket>>(),
                              ns3::MakeNullCallback<void, ns3::Ptr<ns3::Socket>>());
    socket.SetCloseCallbacks(ns3::MakeNullCallback<void, ns3::Ptr<ns3::Socket>>(),
                             ns3::MakeNullCallback<void, ns3::Ptr<ns3::Socket>>());
    socket.SetRecvCallback(ns3::MakeNullCallback<void, ns3::Ptr<ns3::Socket>>());
    socket.SetSendCallback(ns3::MakeNullCallback<void, ns3::Ptr<ns3::Socket>, std::uint32_t>());
}

} // namespace

Host::Host(const std::string& name,
           const IpAddress& address,
           const StackProfile& profile,
           const HostStart& start,
           const HostContext& context)
    : m_name(name)
    , m_address(address)
    , m_profile(profile)
    , m_start(start)
    , m_context(context)
    , m_node(ns3::CreateObject<ns3::Node>())
    , m_shim(std::make_unique<StackShim>(name,
                                         address,
                                         m_profile,
                                         m_start,
                                         context.seed,
                                         context.ledger))
    , m_udp(std::make_unique<UdpStack>(name,
                                       address,
                                       m_profile,
                                       m_start,
                                       context.seed,
                                       context.ledger,
                                       *m_shim))
    , m_echo(std::make_unique<EchoResponder>(name,
                                             m_profile,
                                             m_start,
                                             context.seed,
                                             context.ledger,
                                             *m_shim))
{
    const auto source = [this](const IpAddress& remote) { return SourceTo(remote); };
    auto routing = ns3::CreateObject<HostRouting>();
    routing->SetSource(source);
    auto ipv4 = ns3::CreateObject<ns3::Ipv4L3Protocol>();
    m_node->AggregateObject(ipv4);
    ipv4->SetRoutingProtocol(routing);
    auto tcp = ns3::CreateObject<ns3::TcpL4Protocol>();
    m_node->AggregateObject(tcp);
    tcp->SetDownTarget(ns3::MakeCallback(&StackShim::DownIpv4, m_shim.get()));
    if (address.IsIpv6())
    {
        auto routingIpv6 = ns3::CreateObject<HostRoutingIpv6>();
        routingIpv6->SetSource(source);
        auto ipv6 = ns3::CreateObject<ns3::Ipv6L3Protocol>();
        m_node->AggregateObject(ipv6);
        ipv6->SetRoutingProtocol(routingIpv6);
        tcp->SetDownTarget6(ns3::MakeCallback(&StackShim::DownIpv6, m_shim.get()));
    }

    m_prototype = ns3::CreateObject<ProfileSocket>();
    m_prototype->SetNode(m_node);
    m_prototype->SetTcp(tcp);
    m_prototype->SetRtt(ns3::CreateObject<ns3::RttMeanDeviation>());
    m_prototype->SetCongestionControlAlgorithm(ns3::CreateObject<ns3::TcpNewReno>());
    m_prototype->SetRecoveryAlgorithm(ns3::CreateObject<ns3::TcpPrrRecovery>());
    m_prototype->SetShim(m_shim.get());
    const bool clamped = profile.windowUpdate == WindowUpdate::Clamped;
    m_prototype->SetAttribute("Timestamp", ns3::BooleanValue(false));
    m_prototype->SetAttribute("WindowScaling", ns3::BooleanValue(profile.scaling));
    m_prototype->SetAttribute("Sack", ns3::BooleanValue(profile.sackPermitted));
    m_prototype->SetAttribute("MaxSegLifetime", ns3::DoubleValue(BRIEF_LIFETIME_SECONDS));
    m_prototype->SetAttribute("MinRto",
                              ns3::TimeValue(ns3::NanoSeconds(profile.minimumRto.count())));
    m_prototype->SetClockGranularity(ns3::NanoSeconds(profile.rtoSlop.count()));
    m_prototype->SetAttribute("ConnTimeout",
                              ns3::TimeValue(ns3::NanoSeconds(profile.initialRto.count())));
    m_prototype->SetAttribute("DelAckCount", ns3::UintegerValue(1));
    m_prototype->SetAttribute("TcpNoDelay", ns3::BooleanValue(true));
    m_prototype->SetAttribute("SegmentSize", ns3::UintegerValue(m_shim->LargestSegment(address)));
    m_prototype->SetAttribute(
        "RcvBufSize",
        ns3::UintegerValue(clamped ? 2 * profile.receiveBuffer : profile.receiveBuffer));
}

DrawKey
Host::Draws(std::string_view name) const
{
    return DrawKey(m_context.seed, m_name + "/" + std::string(name));
}

Host::~Host()
{
    m_listeners.clear();
    m_prototype = nullptr;
}

void
Host::SetWire(path::WireHandler wire)
{
    m_wire = wire;
    m_shim->SetWire(wire);
    m_echo->SetWire(wire);
    m_udp->SetWire(std::move(wire));
}

void
Host::SetAddresses(const std::vector<IpAddress>& addresses,
                   std::function<IpAddress(IpAddress)> sourceTo)
{
    for (const IpAddress address : addresses)
    {
        m_shim->AddAddress(address);
    }
    m_udp->SetAddresses(addresses, sourceTo);
    m_sourceTo = std::move(sourceTo);
}

bool
Host::Takes(const path::WirePacket& packet) const
{
    return packet.header.GetProtocol() == ns3::TcpL4Protocol::PROT_NUMBER
               ? m_shim->Takes(packet)
               : packet.header.GetDestination() == m_address;
}

void
Host::SendRaw(const path::WirePacket& packet)
{
    if (!IsDown())
    {
        m_wire(packet);
    }
}

void
Host::Receive(const path::WirePacket& packet)
{
    if (!IsDown() && std::any_of(m_rawSockets.begin(),
                                 m_rawSockets.end(),
                                 [&packet](const RawHandler& takes) { return takes(packet); }))
    {
        return;
    }
    if (packet.header.GetProtocol() == ns3::TcpL4Protocol::PROT_NUMBER || path::NextMtuOf(packet))
    {
        m_shim->Receive(packet);
    }
    else if (packet.header.GetProtocol() == protocol::UDP && m_udp->Takes(packet))
    {
        m_udp->Receive(packet);
    }
    else if (EchoResponder::Takes(packet))
    {
        m_echo->Receive(packet);
    }
    else if (m_other)
    {
        m_other(packet);
    }
}

ns3::Ptr<ProfileSocket>
Host::OpenSocket(IpAddress remote, std::uint16_t port)
{
    ns3::Ptr<ProfileSocket> socket = m_prototype->Clone();
    const std::uint16_t localPort = m_shim->NextPort(remote, port);
    const IpAddress source = SourceTo(remote);
    socket->Bind(SocketAddress(source, localPort));
    m_shim->Open(FlowKey{remote, port, localPort, source}, *socket);
    return socket;
}

void
Host::Connect(ns3::Ptr<ProfileSocket> socket)
{
    const FlowKey& key = socket->GetFlow()->key;
    socket->Connect(SocketAddress(key.remoteAddress, key.remotePort));
}

void
Host::KeepAlive(ns3::Ptr<ProfileSocket> socket)
{
    StackFlow* const flow = socket->GetFlow();
    if (flow && !IsDown() && socket->IsConnected())
    {
        m_shim->KeepAlive(*flow);
    }
}

void
Host::Listen(std::uint16_t port, AcceptHandler accept)
{
    ns3::Ptr<ProfileSocket> listener = m_prototype->Clone();
    listener->Bind(m_address.IsIpv6()
                       ? ns3::Address(ns3::Inet6SocketAddress(ns3::Ipv6Address::GetAny(), port))
                       : ns3::Address(ns3::InetSocketAddress(ns3::Ipv4Address::GetAny(), port)));
    listener->Listen();
    listener->SetAcceptCallback(
        ns3::MakeNullCallback<bool, ns3::Ptr<ns3::Socket>, const ns3::Address&>(),
        ns3::Callback<void, ns3::Ptr<ns3::Socket>, const ns3::Address&>(
            [accept](ns3::Ptr<ns3::Socket> socket, const ns3::Address&)
            { accept(ns3::DynamicCast<ProfileSocket>(socket)); }));
    m_shim->Listen(port, ns3::PeekPointer(listener));
    m_listeners[port] = listener;
}

void
Host::SetListening(std::uint16_t port, bool listening)
{
    m_shim->Listen(port, listening ? ns3::PeekPointer(m_listeners.at(port)) : nullptr);
}

void
Host::Release(ns3::Ptr<ProfileSocket> socket)
{
    DropCallbacks(*socket);
    m_shim->Orphan(*socket);
    socket->Close();
}

void
Host::Reset(ns3::Ptr<ProfileSocket> socket)
{
    DropCallbacks(*socket);
    socket->Reset();
}

void
Host::Restart(Nanoseconds down)
{
    m_shim->LosePower();
    for (const auto& [lost, up] : m_restartHandlers)
    {
        lost();
    }
    ns3::Simulator::Schedule(ns3::NanoSeconds(down.count()),
                             [this]
                             {
                                 m_shim->Boot();
                                 for (const auto& [lost, up] : m_restartHandlers)
                                 {
                                     up();
                                 }
                             });
}

void
Host::OnRestart(std::function<void()> lost, std::function<void()> up)
{
    m_restartHandlers.emplace_back(std::move(lost), std::move(up));
}

std::int64_t
Host::DrawApplicationLatencyNs()
{
    ++m_latencies;
    const DrawKey draws(m_context.seed, m_name);
    return m_start.applicationLatency.count() +
           draws("application-latency", m_latencies).Between(0, m_start.latencyJitter.count());
}

} // namespace bouncelab::host

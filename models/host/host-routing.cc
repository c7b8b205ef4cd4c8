#include "models/host/host-routing.h"

#include "models/path/ns3-header.h"

#include <ns3/ipv4-route.h>
#include <ns3/ipv6-route.h>

namespace bouncelab::host
{

NS_OBJECT_ENSURE_REGISTERED(HostRouting);

ns3::TypeId
HostRouting::GetTypeId()
{
    static ns3::TypeId tid = ns3::TypeId("bouncelab::HostRouting")
                                 .SetParent<ns3::Ipv4RoutingProtocol>()
                                 .SetGroupName("bouncelab")
                                 .AddConstructor<HostRouting>();
    return tid;
}

void
HostRouting::SetSource(std::function<IpAddress(const IpAddress&)> source)
{
    m_source = std::move(source);
}

ns3::Ptr<ns3::Ipv4Route>
HostRouting::RouteOutput(ns3::Ptr<ns3::Packet> /* packet */,
                         const ns3::Ipv4Header& header,
                         ns3::Ptr<ns3::NetDevice> /* device */,
                         ns3::Socket::SocketErrno& error)
{
    error = ns3::Socket::ERROR_NOTERROR;
    const ns3::Ipv4Address source =
        path::ToNs3Ipv4(m_source(path::FromNs3(header.GetDestination())));
    if (!m_route || m_route->GetSource() != source)
    {
        m_route = ns3::Create<ns3::Ipv4Route>();
        m_route->SetSource(source);
    }
    return m_route;
}

bool
HostRouting::RouteInput(ns3::Ptr<const ns3::Packet> /* packet */,
                        const ns3::Ipv4Header& /* header */,
                        ns3::Ptr<const ns3::NetDevice> /* device */,
                        UnicastForwardCallback /* unicast */,
                        MulticastForwardCallback /* multicast */,
                        LocalDeliverCallback /* local */,
                        ErrorCallback /* error */)
{
    return false;
}

void
HostRouting::NotifyInterfaceUp(std::uint32_t /* interface */)
{
}

void
HostRouting::NotifyInterfaceDown(std::uint32_t /* interface */)
{
}

void
HostRouting::NotifyAddAddress(std::uint32_t /* interface */,
                              ns3::Ipv4InterfaceAddress /* address */)
{
}

void
HostRouting::NotifyRemoveAddress(std::uint32_t /* interface */,
                                 ns3::Ipv4InterfaceAddress /* address */)
{
}

void
HostRouting::SetIpv4(ns3::Ptr<ns3::Ipv4> /* ipv4 */)
{
}

void
HostRouting::PrintRoutingTable(ns3::Ptr<ns3::OutputStreamWrapper> /* stream */,
                               ns3::Time::Unit /* unit */) const
{
}

NS_OBJECT_ENSURE_REGISTERED(HostRoutingIpv6);

ns3::TypeId
HostRoutingIpv6::GetTypeId()
{
    static ns3::TypeId tid = ns3::TypeId("bouncelab::HostRoutingIpv6")
                                 .SetParent<ns3::Ipv6RoutingProtocol>()
                                 .SetGroupName("bouncelab")
                                 .AddConstructor<HostRoutingIpv6>();
    return tid;
}

ns3::Ptr<ns3::Ipv6Route>
HostRoutingIpv6::RouteOutput(ns3::Ptr<ns3::Packet> /* packet */,
                             const ns3::Ipv6Header& header,
                             ns3::Ptr<ns3::NetDevice> /* device */,
                             ns3::Socket::SocketErrno& error)
{
    error = ns3::Socket::ERROR_NOTERROR;
    const ns3::Ipv6Address source =
        path::ToNs3Ipv6(m_source(path::FromNs3(header.GetDestination())));
    if (!m_route || m_route->GetSource() != source)
    {
        m_route = ns3::Create<ns3::Ipv6Route>();
        m_route->SetSource(source);
    }
    return m_route;
}

} // namespace bouncelab::host

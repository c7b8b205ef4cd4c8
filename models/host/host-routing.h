#ifndef BOUNCELAB_MODELS_HOST_HOST_ROUTING_H
#define BOUNCELAB_MODELS_HOST_HOST_ROUTING_H

#include <ns3/ipv4-routing-protocol.h>

#include <functional>

namespace bouncelab::host
{

/**
 * The routing table of a host: everything goes out, from the address that belongs to where it goes.
 * The shim takes packets before any ns-3 device would, so the route names none.
 */
class HostRouting : public ns3::Ipv4RoutingProtocol
{
  public:
    static ns3::TypeId GetTypeId();

    /// \param source the address from which the host talks to another
    void SetSource(std::function<ns3::Ipv4Address(ns3::Ipv4Address)> source);

    ns3::Ptr<ns3::Ipv4Route> RouteOutput(ns3::Ptr<ns3::Packet> packet,
                                         const ns3::Ipv4Header& header,
                                         ns3::Ptr<ns3::NetDevice> device,
                                         ns3::Socket::SocketErrno& error) override;
    bool RouteInput(ns3::Ptr<const ns3::Packet> packet,
                    const ns3::Ipv4Header& header,
                    ns3::Ptr<const ns3::NetDevice> device,
                    UnicastForwardCallback unicast,
                    MulticastForwardCallback multicast,
                    LocalDeliverCallback local,
                    ErrorCallback error) override;
    void NotifyInterfaceUp(std::uint32_t interface) override;
    void NotifyInterfaceDown(std::uint32_t interface) override;
    void NotifyAddAddress(std::uint32_t interface, ns3::Ipv4InterfaceAddress address) override;
    void NotifyRemoveAddress(std::uint32_t interface, ns3::Ipv4InterfaceAddress address) override;
    void SetIpv4(ns3::Ptr<ns3::Ipv4> ipv4) override;
    void PrintRoutingTable(ns3::Ptr<ns3::OutputStreamWrapper> stream,
                           ns3::Time::Unit unit) const override;

  private:
    std::function<ns3::Ipv4Address(ns3::Ipv4Address)> m_source;
    ns3::Ptr<ns3::Ipv4Route> m_route; //!< Of the last call.
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_HOST_ROUTING_H

#ifndef BOUNCELAB_MODELS_HOST_HOST_ROUTING_H
#define BOUNCELAB_MODELS_HOST_HOST_ROUTING_H

#include "formats/address.h"

#include <ns3/ipv4-routing-protocol.h>
#include <ns3/ipv6-routing-protocol.h>

#include <functional>
#include <utility>

namespace bouncelab::host
{

/**
 * The routing table of a host: everything goes out, from the address that belongs to where it goes.
 * The shim takes packets before any ns-3 device would, so the route names none.
 */
class HostRouting final : public ns3::Ipv4RoutingProtocol
{
  public:
    static ns3::TypeId GetTypeId();

    /// \param source the address from which the host talks to another
    void SetSource(std::function<IpAddress(const IpAddress&)> source);

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
    std::function<IpAddress(const IpAddress&)> m_source;
    ns3::Ptr<ns3::Ipv4Route> m_route; //!< Of the last call.
};

/// The same for IPv6.
class HostRoutingIpv6 final : public ns3::Ipv6RoutingProtocol
{
  public:
    static ns3::TypeId GetTypeId();

    void SetSource(std::function<IpAddress(const IpAddress&)> source)
    {
        m_source = std::move(source);
    }

    ns3::Ptr<ns3::Ipv6Route> RouteOutput(ns3::Ptr<ns3::Packet> packet,
                                         const ns3::Ipv6Header& header,
                                         ns3::Ptr<ns3::NetDevice> device,
                                         ns3::Socket::SocketErrno& error) override;

    bool RouteInput(ns3::Ptr<const ns3::Packet>,
                    const ns3::Ipv6Header&,
                    ns3::Ptr<const ns3::NetDevice>,
                    UnicastForwardCallback,
                    MulticastForwardCallback,
                    LocalDeliverCallback,
                    ErrorCallback) override
    {
        return false;
    }

    void NotifyInterfaceUp(std::uint32_t) override {}

    void NotifyInterfaceDown(std::uint32_t) override {}

    void NotifyAddAddress(std::uint32_t, ns3::Ipv6InterfaceAddress) override {}

    void NotifyRemoveAddress(std::uint32_t, ns3::Ipv6InterfaceAddress) override {}

    void NotifyAddRoute(ns3::Ipv6Address,
                        ns3::Ipv6Prefix,
                        ns3::Ipv6Address,
                        std::uint32_t,
                        ns3::Ipv6Address) override
    {
    }

    void NotifyRemoveRoute(ns3::Ipv6Address,
                           ns3::Ipv6Prefix,
                           ns3::Ipv6Address,
                           std::uint32_t,
                           ns3::Ipv6Address) override
    {
    }

    void SetIpv6(ns3::Ptr<ns3::Ipv6>) override {}

    void PrintRoutingTable(ns3::Ptr<ns3::OutputStreamWrapper>, ns3::Time::Unit) const override {}

  private:
    std::function<IpAddress(const IpAddress&)> m_source;
    ns3::Ptr<ns3::Ipv6Route> m_route; //!< Of the last call.
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_HOST_ROUTING_H

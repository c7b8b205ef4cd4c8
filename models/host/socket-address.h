#ifndef BOUNCELAB_MODELS_HOST_SOCKET_ADDRESS_H
#define BOUNCELAB_MODELS_HOST_SOCKET_ADDRESS_H

#include "models/path/ns3-header.h"

#include <ns3/inet-socket-address.h>
#include <ns3/inet6-socket-address.h>

#include <cstdint>
#include <utility>

namespace bouncelab::host
{

/// An end of a connection as ns-3's sockets have it.
inline ns3::Address
SocketAddress(const IpAddress& address, std::uint16_t port)
{
    if (address.IsIpv6())
    {
        return ns3::Inet6SocketAddress(path::ToNs3Ipv6(address), port);
    }
    return ns3::InetSocketAddress(path::ToNs3Ipv4(address), port);
}

inline std::pair<IpAddress, std::uint16_t>
FromSocketAddress(const ns3::Address& address)
{
    if (ns3::Inet6SocketAddress::IsMatchingType(address))
    {
        const auto end = ns3::Inet6SocketAddress::ConvertFrom(address);
        return {path::FromNs3(end.GetIpv6()), end.GetPort()};
    }
    const auto end = ns3::InetSocketAddress::ConvertFrom(address);
    return {path::FromNs3(end.GetIpv4()), end.GetPort()};
}

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_SOCKET_ADDRESS_H

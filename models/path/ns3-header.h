#ifndef BOUNCELAB_MODELS_PATH_NS3_HEADER_H
#define BOUNCELAB_MODELS_PATH_NS3_HEADER_H

#include "models/path/wire-packet.h"

#include <ns3/ipv4-header.h>
#include <ns3/ipv6-header.h>

namespace bouncelab::path
{

// Addresses and headers as ns-3 has them, one type for each family. Those of the other family are
// unset.

inline ns3::Ipv4Address
ToNs3Ipv4(const IpAddress& address)
{
    return ns3::Ipv4Address(address.AsIpv4().value);
}

inline ns3::Ipv6Address
ToNs3Ipv6(const IpAddress& address)
{
    auto bytes = address.Bytes();
    return ns3::Ipv6Address(bytes.data());
}

inline IpAddress
FromNs3(const ns3::Ipv4Address& address)
{
    return Ipv4{address.Get()};
}

inline IpAddress
FromNs3(const ns3::Ipv6Address& address)
{
    std::uint8_t bytes[16];
    address.GetBytes(bytes);
    return IpAddress::OfIpv6(bytes);
}

/// ns-3 forwards nothing to addresses for documentation (RFC 3849): its routers know 2001:db9::/32
/// in the place of 2001:db8::/32, and the other way round. Twice is as it was.
IpAddress Traded(const IpAddress& address);
WirePacket Traded(WirePacket packet);

/// With its checksum.
ns3::Ipv4Header ToNs3Ipv4(const IpHeader& header);
ns3::Ipv6Header ToNs3Ipv6(const IpHeader& header);
IpHeader FromNs3(const ns3::Ipv4Header& header);
IpHeader FromNs3(const ns3::Ipv6Header& header);

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_NS3_HEADER_H

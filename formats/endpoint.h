#ifndef BOUNCELAB_FORMATS_ENDPOINT_H
#define BOUNCELAB_FORMATS_ENDPOINT_H

#include "formats/address.h"

#include <cstdint>
#include <string>

namespace bouncelab
{

/// "69.46.103.200:49760": an end of a connection, as logs and labels write it.
inline std::string
EndpointText(const IpAddress& address, std::uint16_t port)
{
    return (address.IsIpv6() ? "[" + address.ToString() + "]" : address.ToString()) + ":" +
           std::to_string(port);
}

inline std::string
EndpointText(Ipv4 address, std::uint16_t port)
{
    return address.ToString() + ":" + std::to_string(port);
}

inline std::string
EndpointText(const HostAddress& address, std::uint16_t port)
{
    return (address.IsIpv6() ? "[" + address.ToString() + "]" : address.ToString()) + ":" +
           std::to_string(port);
}

/// "[192.0.2.1]", "[IPv6:2001:db8::1]": in the place of a domain in mail (RFC 5321 4.1.3).
inline std::string
AddressLiteral(const IpAddress& address)
{
    return (address.IsIpv6() ? "[IPv6:" : "[") + address.ToString() + "]";
}

/// Appends an address; behind an opening bracket in the form of a literal.
inline void
AppendAddress(std::string& out, const IpAddress& address)
{
    const bool isLiteral = !out.empty() && out.back() == '[' && address.IsIpv6();
    out += (isLiteral ? "IPv6:" : "") + address.ToString();
}

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_ENDPOINT_H

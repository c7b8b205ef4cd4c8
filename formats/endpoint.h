#ifndef BOUNCELAB_FORMATS_ENDPOINT_H
#define BOUNCELAB_FORMATS_ENDPOINT_H

#include "formats/address.h"

#include <cstdint>
#include <string>

namespace bouncelab
{

/// "69.46.103.200:49760": an end of a connection, as logs and labels write it.
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

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_ENDPOINT_H

#ifndef BOUNCELAB_LAB_LIVE_NETWORK_H
#define BOUNCELAB_LAB_LIVE_NETWORK_H

#include "formats/address.h"
#include "lab/live/descriptor.h"

namespace bouncelab::live
{

/// How a machine is connected: a point-to-point Ethernet to its gateway.
struct NetworkSetup
{
    Ipv4 address;
    Ipv4 gateway; //!< On the link whatever its address; not the machine's own.
    MacAddress machineMac;
    MacAddress gatewayMac;
};

/**
 * Makes the network of the network namespace that this process is in, which has to be a fresh one:
 * lo, and eth0 as a TAP device with the address (/32), MTU 1500, a fixed neighbor and a default
 * route. No IPv6. The kernel completes every checksum, since the device offers to do none.
 *
 * \return the other end of eth0: one frame a read or write. The device goes with it.
 * \throws LiveError
 */
Descriptor MakeNetwork(const NetworkSetup& setup);

} // namespace bouncelab::live

#endif // BOUNCELAB_LAB_LIVE_NETWORK_H

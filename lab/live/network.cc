#include "lab/live/network.h"

#include <cstdio>

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/route.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace bouncelab::live
{

namespace
{

constexpr const char* DEVICE = "eth0";
constexpr Ipv4 ALL_BITS{0xFFFFFFFF};

sockaddr
SocketAddress(Ipv4 address)
{
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_addr.s_addr = htonl(address.value);
    sockaddr result{};
    std::memcpy(&result, &in, sizeof(in));
    return result;
}

sockaddr
HardwareAddress(const MacAddress& mac)
{
    sockaddr result{};
    result.sa_family = ARPHRD_ETHER;
    std::memcpy(result.sa_data, mac.bytes.data(), mac.bytes.size());
    return result;
}

ifreq
Request(const char* device)
{
    ifreq request{};
    std::snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", device);
    return request;
}

template <class Argument>
void
Control(int fd, unsigned long what, Argument argument, const char* name)
{
    if (ioctl(fd, what, argument) != 0)
    {
        ThrowErrno(name);
    }
}

void
SetUp(int fd, const char* device)
{
    ifreq request = Request(device);
    Control(fd, SIOCGIFFLAGS, &request, "SIOCGIFFLAGS");
    request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP | IFF_RUNNING);
    Control(fd, SIOCSIFFLAGS, &request, "SIOCSIFFLAGS");
}

void
AddRoute(int fd, Ipv4 to, bool isHost, Ipv4 gateway)
{
    rtentry route{};
    route.rt_dst = SocketAddress(to);
    route.rt_genmask = SocketAddress(isHost ? ALL_BITS : Ipv4{});
    route.rt_gateway = SocketAddress(gateway);
    route.rt_flags = static_cast<unsigned short>(RTF_UP | (isHost ? RTF_HOST : RTF_GATEWAY));
    std::string device = DEVICE;
    route.rt_dev = device.data();
    Control(fd, SIOCADDRT, &route, "SIOCADDRT");
}

/// Without IPv6 in the kernel there is nothing to do.
void
DisableIpv6()
{
    for (const char* which : {"all", "default"})
    {
        const std::string path = std::string("/proc/sys/net/ipv6/conf/") + which + "/disable_ipv6";
        const Descriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
        if (file.IsOpen() && write(file.Get(), "1", 1) != 1)
        {
            ThrowErrno(path);
        }
    }
}

} // namespace

Descriptor
MakeNetwork(const NetworkSetup& setup)
{
    DisableIpv6();
    Descriptor tap(open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
    if (!tap.IsOpen())
    {
        ThrowErrno("/dev/net/tun");
    }
    ifreq request = Request(DEVICE);
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    Control(tap.Get(), TUNSETIFF, &request, "TUNSETIFF");
    Control(tap.Get(), TUNSETOFFLOAD, 0UL, "TUNSETOFFLOAD");

    const Descriptor network(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!network.IsOpen())
    {
        ThrowErrno("socket");
    }
    SetUp(network.Get(), "lo");
    request = Request(DEVICE);
    request.ifr_hwaddr = HardwareAddress(setup.machineMac);
    Control(network.Get(), SIOCSIFHWADDR, &request, "SIOCSIFHWADDR");
    request.ifr_addr = SocketAddress(setup.address);
    Control(network.Get(), SIOCSIFADDR, &request, "SIOCSIFADDR");
    request.ifr_netmask = SocketAddress(ALL_BITS);
    Control(network.Get(), SIOCSIFNETMASK, &request, "SIOCSIFNETMASK");
    SetUp(network.Get(), DEVICE);

    AddRoute(network.Get(), setup.gateway, true, Ipv4{});
    AddRoute(network.Get(), Ipv4{}, false, setup.gateway);
    arpreq neighbor{};
    neighbor.arp_pa = SocketAddress(setup.gateway);
    neighbor.arp_ha = HardwareAddress(setup.gatewayMac);
    neighbor.arp_flags = ATF_COM | ATF_PERM;
    std::snprintf(neighbor.arp_dev, sizeof(neighbor.arp_dev), "%s", DEVICE);
    Control(network.Get(), SIOCSARP, &neighbor, "SIOCSARP");
    return tap;
}

} // namespace bouncelab::live

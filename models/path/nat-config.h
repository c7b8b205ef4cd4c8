#ifndef BOUNCELAB_MODELS_PATH_NAT_CONFIG_H
#define BOUNCELAB_MODELS_PATH_NAT_CONFIG_H

#include "formats/address.h"
#include "formats/describe.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>

namespace bouncelab::path
{

enum class ForwardProtocol
{
    Tcp,
    Udp,
};

constexpr auto
EnumNames(ForwardProtocol)
{
    return std::array<EnumName<ForwardProtocol>, 2>{
        {{"tcp", ForwardProtocol::Tcp}, {"udp", ForwardProtocol::Udp}}};
}

/// A port of the public address that leads to a host inside.
struct PortForward
{
    ForwardProtocol protocol = ForwardProtocol::Tcp;
    std::uint16_t port = 0;
    Ipv4 to;
    std::uint16_t toPort = 0;
};

template <class Visitor>
void
Describe(Visitor& v, PortForward& f)
{
    v.Field("protocol", f.protocol, {"Protocol of the port."});
    v.Field("port", f.port, {"Port of the public address.", "", 1, 65535, true});
    v.Field("to", f.to, {"Inside host that it leads to.", "", 0, 0, true});
    v.Field("to-port", f.toPort, {"Port of that host; 0 = the same.", "", 0, 65535});
}

/// How a NAT finds the public port of a connection that a host inside opens.
enum class PortChoice
{
    Keep,       //!< The host's own port; one of the pool if it is taken.
    Sequential, //!< The next of the pool.
    Random,     //!< Any of the pool.
};

constexpr auto
EnumNames(PortChoice)
{
    return std::array<EnumName<PortChoice>, 3>{{{"keep", PortChoice::Keep},
                                                {"sequential", PortChoice::Sequential},
                                                {"random", PortChoice::Random}}};
}

/// Address translation at the gateway. Timeouts by default as RFC 5382, 4787 and 5508 ask.
struct NatConfig
{
    Ipv4 publicAddress;
    std::map<std::string, PortForward> forwards;
    bool masquerade = true;
    PortChoice portChoice = PortChoice::Keep;
    std::uint16_t firstPort = 49152;
    std::uint16_t lastPort = 65535;
    Nanoseconds tcpTimeout{7440000000000};
    Nanoseconds tcpTransitoryTimeout{240000000000};
    Nanoseconds udpTimeout{300000000000};
    Nanoseconds icmpTimeout{60000000000};
    std::uint32_t maximumFlows = 65536;
};

template <class Visitor>
void
Describe(Visitor& v, NatConfig& n)
{
    v.Field("public-address",
            n.publicAddress,
            {"Address that the outside sees; `0.0.0.0` = the gateway's own."});
    v.Field("forwards", n.forwards, {"Ports that lead to hosts inside, by name."});
    v.Field("masquerade",
            n.masquerade,
            {"Hosts inside that talk to the outside appear as the public address."});
    v.Field("port-choice", n.portChoice, {"How their public ports are found."});
    v.Field("first-port", n.firstPort, {"First port of the pool.", "", 1, 65535});
    v.Field("last-port", n.lastPort, {"Last port of the pool.", "", 1, 65535});
    v.Field("tcp-timeout",
            n.tcpTimeout,
            {"An idle TCP connection is forgotten after this time.", "", 1e6, 1e18});
    v.Field("tcp-transitory-timeout",
            n.tcpTransitoryTimeout,
            {"The same for one that is being opened or is closed.", "", 1e6, 1e18});
    v.Field("udp-timeout", n.udpTimeout, {"The same for a UDP exchange.", "", 1e6, 1e18});
    v.Field("icmp-timeout", n.icmpTimeout, {"The same for an ICMP echo.", "", 1e6, 1e18});
    v.Field("maximum-flows",
            n.maximumFlows,
            {"Size of the table; what does not fit is dropped.", "flows", 1, 1e7});
}

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_NAT_CONFIG_H

#ifndef BOUNCELAB_MODELS_PATH_NAT_CONFIG_H
#define BOUNCELAB_MODELS_PATH_NAT_CONFIG_H

#include "formats/address.h"
#include "formats/field.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

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
    ForwardProtocol protocol =
        Field(&protocol, "protocol", ForwardProtocol::Tcp) | "Protocol of the port.";
    std::uint16_t port =
        Field(&port, "port").Range(1, 65535).Required() | "Port of the public address.";
    Ipv4 to = Field(&to, "to").Required() | "Inside host that it leads to.";
    std::uint16_t toPort =
        Field(&toPort, "to-port").Range(0, 65535) | "Port of that host; 0 = the same.";
    std::vector<Ipv4> alsoTo =
        Field(&alsoTo, "also-to") |
        "Further inside hosts: each conversation goes to one of all, by its remote end's address "
        "and port.";
};

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
    Ipv4 publicAddress = Field(&publicAddress, "public-address") |
                         "Address that the outside sees; `0.0.0.0` = the gateway's own.";
    std::map<std::string, PortForward> forwards =
        Field(&forwards, "forwards") | "Ports that lead to hosts inside, by name.";
    bool masquerade = Field(&masquerade, "masquerade", true) |
                      "Hosts inside that talk to the outside appear as the public address.";
    std::optional<std::uint8_t> ttl =
        Field(&ttl, "ttl").Range(1, 255) |
        "TTL with which what it translates leaves, either way; not given = as it comes.";
    bool clearsDontFragment = Field(&clearsDontFragment, "clears-dont-fragment") |
                              "Takes DF off what it translates, either way.";
    std::uint16_t mssLimit =
        Field(&mssLimit, "mss-limit").Unit("bytes").Range(0, 65495) |
        "Lowers what SYNs that it translates, either way, offer as maximum segment size; 0 = no.";
    bool stripsTimestamps = Field(&stripsTimestamps, "strips-timestamps") |
                            "Puts NOPs in the place of the timestamps option of such SYNs.";
    PortChoice portChoice =
        Field(&portChoice, "port-choice", PortChoice::Keep) | "How their public ports are found.";
    std::uint16_t firstPort =
        Field(&firstPort, "first-port", 49152).Range(1, 65535) | "First port of the pool.";
    std::uint16_t lastPort =
        Field(&lastPort, "last-port", 65535).Range(1, 65535) | "Last port of the pool.";
    Nanoseconds tcpTimeout =
        Field(&tcpTimeout, "tcp-timeout", Nanoseconds(7440000000000)).Range(1e6, 1e18) |
        "An idle TCP connection is forgotten after this time.";
    Nanoseconds tcpTransitoryTimeout =
        Field(&tcpTransitoryTimeout, "tcp-transitory-timeout", Nanoseconds(240000000000))
            .Range(1e6, 1e18) |
        "The same for one that is being opened or is closed.";
    Nanoseconds udpTimeout =
        Field(&udpTimeout, "udp-timeout", Nanoseconds(300000000000)).Range(1e6, 1e18) |
        "The same for a UDP exchange.";
    Nanoseconds icmpTimeout =
        Field(&icmpTimeout, "icmp-timeout", Nanoseconds(60000000000)).Range(1e6, 1e18) |
        "The same for an ICMP echo.";
    std::uint32_t maximumFlows =
        Field(&maximumFlows, "maximum-flows", 65536).Unit("flows").Range(1, 1e7) |
        "Size of the table; what does not fit is dropped.";
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_NAT_CONFIG_H

#ifndef BOUNCELAB_TESTS_TUNNEL_OCTETS_H
#define BOUNCELAB_TESTS_TUNNEL_OCTETS_H

#include "formats/encapsulation.h"
#include "formats/packet.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

// Tunnels' headers octet by octet, from the documents that encapsulation.h names.

namespace bouncelab::test
{

using Octets = std::vector<std::uint8_t>;

inline Octets
Joined(Octets head, const Octets& tail)
{
    head.insert(head.end(), tail.begin(), tail.end());
    return head;
}

inline Octets
Number16(std::size_t number)
{
    return {static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

inline Octets
InEthernetOf(std::uint16_t type, const Octets& inside)
{
    return Joined(Joined({2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2}, Number16(type)), inside);
}

/// Between 192.0.2.1 and 192.0.2.2.
inline Octets
InIpv4Of(std::uint8_t protocol, const Octets& inside, std::uint16_t fragment = 0)
{
    Ipv4Fields ip;
    ip.totalLength = static_cast<std::uint16_t>(IPV4_BYTES + inside.size());
    ip.id = 7;
    ip.ttl = 250;
    ip.protocol = protocol;
    ip.moreFragments = (fragment & 0x2000) != 0;
    ip.fragmentOffset = fragment & 0x1FFF;
    ip.source = *Ipv4::Parse("192.0.2.1");
    ip.destination = *Ipv4::Parse("192.0.2.2");
    Octets header(IPV4_BYTES);
    WriteIpv4(ip, header.data());
    return Joined(header, inside);
}

inline Octets
InIpv6Of(std::uint8_t protocol, const Octets& inside)
{
    Ipv6Fields ip;
    ip.payloadLength = inside.size();
    ip.protocol = protocol;
    ip.hopLimit = 250;
    const std::uint8_t ends[]{0x20, 1, 0xD, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2};
    ip.source = IpAddress::OfIpv6(ends);
    ip.destination = IpAddress::OfIpv6(ends);
    Octets header(IPV6_BYTES);
    WriteIpv6(ip, header.data());
    return Joined(header, inside);
}

inline Octets
InUdpOf(std::uint16_t port, const Octets& inside)
{
    const Octets ends = Joined(Number16(50000), Number16(port));
    const Octets rest = Joined(Number16(UDP_BYTES + inside.size()), {0, 0});
    return InIpv4Of(protocol::UDP, Joined(Joined(ends, rest), inside));
}

/// \param header from the flags on.
inline Octets
InGreOf(const Octets& header, const Octets& inside)
{
    return InIpv4Of(47, Joined(header, inside));
}

/// One way to carry an IPv4 packet in an Ethernet frame.
struct TunnelForm
{
    std::string name;
    Encapsulation kind;
    std::function<Octets(const Octets&)> around;
};

inline Octets
InFrameOf(const Octets& packet)
{
    return InEthernetOf(ethertype::IPV4, packet);
}

/// Behind tags of a link.
inline std::vector<TunnelForm>
LinkTunnelForms()
{
    using E = Encapsulation;
    using O = const Octets&;
    return {
        {"VLAN",
         E::Vlan,
         [](O in) {
             return InEthernetOf(0x8100, Joined({0, 7, 8, 0}, in));
         }},
        {"802.1ad",
         E::StackedVlan,
         [](O in) {
             return InEthernetOf(0x88A8, Joined({0, 7, 0x81, 0, 0, 8, 8, 0}, in));
         }},
        {"three tags",
         E::StackedVlan,
         [](O in) {
             return InEthernetOf(0x9100, Joined({0, 7, 0x81, 0, 0, 8, 0x81, 0, 0, 9, 8, 0}, in));
         }},
        {"MPLS",
         E::Mpls,
         [](O in) {
             return InEthernetOf(0x8847, Joined({0, 1, 0, 64, 0, 2, 1, 64}, in));
         }},
        {"MPLS with Ethernet",
         E::Mpls,
         [](O in) {
             return InEthernetOf(0x8847, Joined({0, 2, 1, 64, 0, 0, 0, 0}, InFrameOf(in)));
         }},
        {"PPPoE",
         E::Pppoe,
         [](O in)
         {
             const Octets head = Joined({0x11, 0, 0, 3}, Number16(in.size() + 2));
             return InEthernetOf(0x8864, Joined(Joined(head, {0, 0x21}), in));
         }},
    };
}

inline std::vector<TunnelForm>
IpTunnelForms()
{
    const auto ip = [](std::uint8_t protocol, const Octets& inside)
    { return InFrameOf(InIpv4Of(protocol, inside)); };
    using E = Encapsulation;
    using O = const Octets&;
    return {
        {"IP in IP", E::IpInIp, [=](O in) { return ip(4, in); }},
        {"IP in IPv6", E::IpInIp, [=](O in) { return InEthernetOf(0x86DD, InIpv6Of(4, in)); }},
        {"EtherIP",
         E::EtherIp,
         [=](O in) {
             return ip(97, Joined({0x30, 0}, InFrameOf(in)));
         }},
        {"MPLS in IP",
         E::Mpls,
         [=](O in) {
             return ip(137, Joined({0, 1, 1, 64}, in));
         }},
    };
}

inline std::vector<TunnelForm>
GreTunnelForms()
{
    const auto gre = [](const Octets& header, const Octets& inside)
    { return InFrameOf(InGreOf(header, inside)); };
    using E = Encapsulation;
    using O = const Octets&;
    return {
        {"GRE",
         E::Gre,
         [=](O in) {
             return gre({0, 0, 8, 0}, in);
         }},
        {"GRE with all fields",
         E::Gre,
         [=](O in) {
             return gre({0xB0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 9}, in);
         }},
        {"GRE with Ethernet",
         E::Gre,
         [=](O in) {
             return gre({0x20, 0, 0x65, 0x58, 0, 0, 0, 5}, InFrameOf(in));
         }},
        {"PPTP",
         E::Gre,
         [=](O in)
         {
             const Octets head = Joined({0x30, 0x81, 0x88, 0x0B}, Number16(in.size() + 4));
             const Octets rest{0, 1, 0, 0, 0, 3, 0, 0, 0, 2, 0xFF, 3, 0, 0x21};
             return gre(Joined(head, rest), in);
         }},
        {"ERSPAN I",
         E::Erspan,
         [=](O in) {
             return gre({0, 0, 0x88, 0xBE}, InFrameOf(in));
         }},
        {"ERSPAN II",
         E::Erspan,
         [=](O in)
         {
             const Octets head{0x10, 0, 0x88, 0xBE, 0, 0, 0, 1, 0x10, 7, 0, 9, 0, 0, 0, 0};
             return gre(head, InFrameOf(in));
         }},
        {"ERSPAN III",
         E::Erspan,
         [=](O in)
         {
             const Octets head{0x10, 0, 0x22, 0xEB, 0, 0, 0, 1, 0x20, 7,
                               0,    9, 0,    0,    0, 1, 0, 0, 0,    0};
             return gre(head, InFrameOf(in));
         }},
        {"ERSPAN III with a platform's header",
         E::Erspan,
         [=](O in)
         {
             const Octets head{0x10, 0, 0x22, 0xEB, 0, 0, 0, 1, 0x20, 7, 0, 9, 0, 0,
                               0,    1, 0,    0,    0, 1, 4, 0, 0,    0, 0, 0, 0, 0};
             return gre(head, InFrameOf(in));
         }},
    };
}

inline std::vector<TunnelForm>
UdpTunnelForms()
{
    const auto udp = [](std::uint16_t port, const Octets& header, const Octets& inside)
    { return InFrameOf(InUdpOf(port, Joined(header, inside))); };
    using E = Encapsulation;
    using O = const Octets&;
    return {
        {"VXLAN",
         E::Vxlan,
         [=](O in) {
             return udp(4789, {8, 0, 0, 0, 0, 0, 5, 0}, InFrameOf(in));
         }},
        {"GENEVE",
         E::Geneve,
         [=](O in) {
             return udp(6081, {0, 0, 0x65, 0x58, 0, 0, 5, 0}, InFrameOf(in));
         }},
        {"GENEVE with an option",
         E::Geneve,
         [=](O in) {
             return udp(6081, {2, 0, 8, 0, 0, 0, 5, 0, 1, 8, 1, 1, 0, 0, 0, 1}, in);
         }},
        {"GTP-U",
         E::Gtp,
         [=](O in)
         {
             const Octets head = Joined({0x30, 0xFF}, Number16(in.size()));
             return udp(2152, Joined(head, {0, 0, 0, 1}), in);
         }},
        {"GTP-U with an extension",
         E::Gtp,
         [=](O in)
         {
             const Octets head = Joined({0x34, 0xFF}, Number16(in.size() + 8));
             return udp(2152, Joined(head, {0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 9, 0}), in);
         }},
        {"L2TP",
         E::L2tp,
         [=](O in)
         {
             const Octets head = Joined({0x48, 2}, Number16(in.size() + 16));
             const Octets rest{0, 1, 0, 2, 0, 0, 0, 0, 0xFF, 3, 0, 0x21};
             return udp(1701, Joined(head, rest), in);
         }},
        {"TZSP",
         E::Tzsp,
         [=](O in) {
             return udp(37008, {1, 0, 0, 1, 0, 10, 1, 5, 1}, InFrameOf(in));
         }},
    };
}

inline std::vector<TunnelForm>
TunnelForms()
{
    std::vector<TunnelForm> all;
    for (const auto& some :
         {LinkTunnelForms(), IpTunnelForms(), GreTunnelForms(), UdpTunnelForms()})
    {
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_TUNNEL_OCTETS_H

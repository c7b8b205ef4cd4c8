#include "formats/encapsulation.h"
#include "tests/tunnel-octets.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

constexpr std::size_t HEADERS = IPV4_BYTES + TCP_BYTES;

/// "500 error" from a mail server.
Octets
Reply()
{
    TcpSegment tcp;
    tcp.sourcePort = 25;
    tcp.destinationPort = 60661;
    tcp.flags = tcp::ACK | tcp::PSH;
    tcp.payload = ViewOf("500 error\r\n");
    Ipv4Fields ip;
    ip.source = *Ipv4::Parse("203.0.113.80");
    ip.destination = *Ipv4::Parse("198.51.100.4");
    const Octets segment = WriteTcp(tcp, {}, ip.source, ip.destination);
    ip.totalLength = static_cast<std::uint16_t>(IPV4_BYTES + segment.size());
    ip.ttl = 57;
    ip.protocol = protocol::TCP;
    Octets packet(IPV4_BYTES);
    WriteIpv4(ip, packet.data());
    return Joined(packet, segment);
}

/// Its packet is a view of the frame.
InnerPacket Inside(Octets&& frame) = delete;

InnerPacket
Inside(const Octets& frame)
{
    return Decapsulate({CarriedOctets::ETHERNET, {frame.data(), frame.size()}});
}

std::vector<Encapsulation>
Stripped(const InnerPacket& inner)
{
    std::vector<Encapsulation> kinds;
    for (std::size_t kind = 0; kind < inner.stripped.size(); ++kind)
    {
        if (inner.stripped[kind])
        {
            kinds.push_back(static_cast<Encapsulation>(kind));
        }
    }
    return kinds;
}

bool
IsOnly(const InnerPacket& inner, Encapsulation kind)
{
    return Stripped(inner) == std::vector<Encapsulation>{kind};
}

} // namespace

BOOST_AUTO_TEST_SUITE(encapsulation)

BOOST_AUTO_TEST_CASE(EveryFormGivesThePacketInside)
{
    const Octets reply = Reply();
    for (const TunnelForm& form : TunnelForms())
    {
        BOOST_TEST_CONTEXT(form.name)
        {
            const Octets frame = form.around(reply);
            const InnerPacket inner = Inside(frame);
            BOOST_TEST(IsOnly(inner, form.kind));
            BOOST_TEST((inner.network.Text() == ByteView{reply.data(), reply.size()}.Text()));
            BOOST_TEST(!inner.closed);
            BOOST_TEST(!inner.isCut);
        }
    }
    const Octets untagged = InEthernetOf(0x0800, reply);
    const InnerPacket plain = Inside(untagged);
    BOOST_TEST(Stripped(plain).empty());
    BOOST_TEST(plain.network.size == reply.size());
}

BOOST_AUTO_TEST_CASE(CutAnywhereItIsInsideOnceItsHeaderIs)
{
    const Octets reply = Reply();
    for (const TunnelForm& form : TunnelForms())
    {
        const Octets whole = form.around(reply);
        const std::size_t begin = whole.size() - reply.size();
        for (std::size_t size = 0; size < whole.size(); ++size)
        {
            BOOST_TEST_CONTEXT(form.name << " cut at " << size)
            {
                const Octets frame(whole.begin(),
                                   whole.begin() + static_cast<std::ptrdiff_t>(size));
                const InnerPacket inner = Inside(frame);
                const auto ip = ParseIpv4(inner.network);
                const bool isInside = size >= begin + IPV4_BYTES;
                BOOST_TEST((ip && ip->ttl == 57) == isInside);
                BOOST_TEST(inner.isCut == isInside);
                BOOST_TEST(IsOnly(inner, form.kind) == isInside);
                BOOST_TEST(!(isInside && inner.closed));
                BOOST_TEST((!isInside || ip->payloadLength == reply.size() - IPV4_BYTES));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(WhatTrailsIsNotOfThePacket)
{
    const Octets reply = Reply();
    for (const TunnelForm& form : TunnelForms())
    {
        Octets frame = form.around(reply);
        frame.insert(frame.end(), 9, 0xEE);
        const auto ip = ParseIpv4(Inside(frame).network);
        BOOST_REQUIRE_MESSAGE(ip, form.name);
        const auto tcp = ParseTcp(ip->payload);
        BOOST_REQUIRE_MESSAGE(tcp, form.name);
        BOOST_TEST(tcp->payload.Text() == "500 error\r\n", form.name);
    }
}

BOOST_AUTO_TEST_CASE(APacketThatItsTunnelCutShortIsCut)
{
    // A mirror's own limit: the outer lengths agree with what was sent.
    Octets reply = Reply();
    reply.resize(HEADERS + 3);
    for (const TunnelForm& form : TunnelForms())
    {
        const Octets frame = form.around(reply);
        const InnerPacket inner = Inside(frame);
        BOOST_TEST(inner.isCut, form.name);
        BOOST_TEST(ParseIpv4(inner.network)->payload.size == TCP_BYTES + 3, form.name);
    }
}

BOOST_AUTO_TEST_CASE(TunnelsStandInTunnels)
{
    const Octets vxlan =
        InUdpOf(4789,
                Joined({8, 0, 0, 0, 0, 0, 5, 0},
                       InEthernetOf(0x8100, Joined({0, 7, 8, 0}, InIpv4Of(4, Reply())))));
    const Octets frame =
        InEthernetOf(0x0800, InGreOf({0, 0, 0x88, 0xBE}, InEthernetOf(0x0800, vxlan)));
    const InnerPacket inner = Inside(frame);
    BOOST_TEST((Stripped(inner) == std::vector<Encapsulation>{Encapsulation::Vlan,
                                                              Encapsulation::IpInIp,
                                                              Encapsulation::Erspan,
                                                              Encapsulation::Vxlan}));
    BOOST_TEST(ParseIpv4(inner.network)->ttl == 57);
}

BOOST_AUTO_TEST_CASE(ThereIsAnEndToThem)
{
    Octets packet = Reply();
    for (int i = 0; i < 15; ++i)
    {
        packet = InIpv4Of(4, packet);
    }
    const Octets whole = InEthernetOf(0x0800, packet);
    BOOST_TEST(!Inside(whole).closed);
    const Octets deeper = InEthernetOf(0x0800, InIpv4Of(4, packet));
    const InnerPacket deep = Inside(deeper);
    BOOST_TEST((deep.closed == Encapsulation::IpInIp));
    BOOST_TEST(ParseIpv4(deep.network)->ttl == 250);
}

BOOST_AUTO_TEST_CASE(WhatShowsNoPacketIsClosed)
{
    const Octets arp = InEthernetOf(0x0806, Octets(28, 0));
    const Octets vxlan{8, 0, 0, 0, 0, 0, 5, 0};
    // Encrypted by MPPE: PPP's protocol 0x00FD.
    const Octets mppe{0x30, 1, 0x88, 0x0B, 0, 6, 0, 1, 0, 0, 0, 1, 0, 0xFD, 0x10, 1, 2, 3};
    for (const auto& [kind, packet] :
         {std::pair{Encapsulation::Vxlan, InUdpOf(4789, Joined(vxlan, arp))},
          std::pair{Encapsulation::Gre, InIpv4Of(47, mppe)},
          std::pair{Encapsulation::Gre, InGreOf({0x40, 0, 8, 0, 0, 0, 0, 0}, Reply())},
          std::pair{Encapsulation::Erspan,
                    InGreOf({0x10, 0, 0x88, 0xBE, 0, 0, 0, 1},
                            Joined(Octets(8, 0x30), InEthernetOf(0x0800, Reply())))},
          std::pair{Encapsulation::IpInIp, InIpv4Of(41, Reply())}})
    {
        const Octets frame = InEthernetOf(0x0800, packet);
        const InnerPacket inner = Inside(frame);
        BOOST_TEST((inner.closed == kind), NameOf(kind));
        BOOST_TEST(Stripped(inner).empty(), NameOf(kind));
        BOOST_TEST(inner.network.size == packet.size(), NameOf(kind));
    }
}

BOOST_AUTO_TEST_CASE(WhatOnlyUsesATunnelsPortIsADatagram)
{
    const Octets question{0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    const Octets control{0xC8, 2, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0};
    for (const std::uint16_t port : {4789, 2152, 1701, 37008})
    {
        for (const Octets& payload : {question, control})
        {
            const Octets frame = InEthernetOf(0x0800, InUdpOf(port, payload));
            const InnerPacket inner = Inside(frame);
            BOOST_TEST(!inner.closed, port);
            BOOST_TEST(Stripped(inner).empty(), port);
        }
    }
}

BOOST_AUTO_TEST_CASE(OnlyAFirstFragmentIsLookedInto)
{
    constexpr std::uint16_t MORE = 0x2000;
    Octets reply = Reply();
    reply.resize(HEADERS);
    const Octets beginning = InEthernetOf(0x0800, InIpv4Of(4, reply, MORE));
    const InnerPacket first = Inside(beginning);
    BOOST_TEST(IsOnly(first, Encapsulation::IpInIp));
    BOOST_TEST(first.isCut);
    const Octets rest = InEthernetOf(0x0800, InIpv4Of(4, Reply(), 5));
    const InnerPacket later = Inside(rest);
    BOOST_TEST(Stripped(later).empty());
    BOOST_TEST(!later.closed);
    BOOST_TEST(ParseIpv4(later.network)->fragmentOffset == 5);
}

BOOST_AUTO_TEST_SUITE_END()

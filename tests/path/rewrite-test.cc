#include "models/path/ns3-header.h"
#include "models/path/rewrite.h"
#include "tests/draw-sequence.h"

#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"
#include "tests/path/path-rig.h"

#include <ns3/icmpv4.h>
#include <ns3/tcp-header.h>

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::path;

namespace
{

/// The Internet checksum over octets from the given sum: 0 if it holds.
std::uint16_t
Residue(const std::string& octets, std::size_t from, std::uint32_t sum)
{
    for (std::size_t i = from; i < octets.size(); ++i)
    {
        const auto octet = static_cast<unsigned char>(octets[i]);
        sum += (i - from) % 2 == 0 ? octet << 8 : octet;
    }
    while (sum >> 16)
    {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    return static_cast<std::uint16_t>(~sum);
}

bool
IsValid(const WirePacket& packet)
{
    const std::string bytes = Bytes(packet);
    const std::uint8_t protocol = packet.header.GetProtocol();
    std::uint32_t pseudo = 0;
    if (protocol != 1)
    {
        for (const IpAddress& a : {packet.header.GetSource(), packet.header.GetDestination()})
        {
            pseudo += (a.AsIpv4().value >> 16) + (a.AsIpv4().value & 0xFFFF);
        }
        pseudo += protocol + static_cast<std::uint32_t>(bytes.size() - 20);
    }
    return Residue(bytes, 20, pseudo) == 0;
}

WirePacket
MakeTcp(provenance::Ledger& ledger, Ipv4 from, Ipv4 to, std::uint16_t port, std::uint32_t size)
{
    WirePacket packet = MakePacket(ledger, 1, from, to, 6, size, 64);
    ns3::TcpHeader tcp;
    tcp.SetSourcePort(port);
    tcp.SetDestinationPort(25);
    tcp.SetFlags(ns3::TcpHeader::ACK);
    tcp.EnableChecksums();
    tcp.InitializeChecksum(ToNs3Ipv4(from), ToNs3Ipv4(to), 6);
    packet.payload->AddHeader(tcp);
    packet.header.SetPayloadSize(static_cast<std::uint16_t>(packet.payload->GetSize()));
    return packet;
}

} // namespace

BOOST_AUTO_TEST_SUITE(rewrite)

BOOST_AUTO_TEST_CASE(checksums_hold_and_the_way_back_restores_every_byte)
{
    provenance::Ledger ledger;
    tests::DrawSequence draws(1, "rewrite");
    for (int i = 0; i < 3000; ++i)
    {
        const Ipv4 from{static_cast<std::uint32_t>(draws.Next())};
        const Ipv4 to{static_cast<std::uint32_t>(draws.Next())};
        const auto size = static_cast<std::uint32_t>(draws.Below(40));
        const WirePacket packet =
            draws.Chance(500000)
                ? MakePacket(ledger, 1, from, to, 17, size, 64)
                : MakeTcp(ledger, from, to, static_cast<std::uint16_t>(draws.Next()), size);
        BOOST_REQUIRE(IsValid(packet));
        const auto ends = EndpointsOf(packet);
        BOOST_REQUIRE(ends.has_value());
        const Endpoint other{Ipv4{static_cast<std::uint32_t>(draws.Next())},
                             static_cast<std::uint16_t>(draws.Next())};
        const WirePacket there = WithSource(packet, other);
        BOOST_REQUIRE(IsValid(there));
        BOOST_REQUIRE((EndpointsOf(there)->source == other));
        BOOST_REQUIRE((EndpointsOf(there)->destination == ends->destination));
        BOOST_REQUIRE(Bytes(WithSource(there, ends->source)) == Bytes(packet));
        const WirePacket beyond = WithDestination(packet, other);
        BOOST_REQUIRE(IsValid(beyond));
        BOOST_REQUIRE(Bytes(WithDestination(beyond, ends->destination)) == Bytes(packet));
        BOOST_REQUIRE(provenance::OriginOf(there.payload).serial ==
                      provenance::OriginOf(packet.payload).serial);
    }
}

BOOST_AUTO_TEST_CASE(an_echo_has_its_identifier_where_a_port_would_be)
{
    provenance::Ledger ledger;
    for (const bool request : {true, false})
    {
        WirePacket packet = MakePacket(ledger, 1, MailHost, Server, 1, 0, 64);
        ns3::Icmpv4Echo echo;
        echo.SetIdentifier(0);
        echo.SetSequenceNumber(7);
        packet.payload->AddHeader(echo);
        ns3::Icmpv4Header icmp;
        icmp.SetType(request ? ns3::Icmpv4Header::ICMPV4_ECHO
                             : ns3::Icmpv4Header::ICMPV4_ECHO_REPLY);
        icmp.EnableChecksum();
        packet.payload->AddHeader(icmp);
        const Endpoint other{GatewayOutside, 4711};
        const WirePacket changed =
            request ? WithSource(packet, other) : WithDestination(packet, other);
        BOOST_TEST(IsValid(changed));
        const auto ends = EndpointsOf(changed);
        BOOST_REQUIRE(ends.has_value());
        BOOST_TEST(((request ? ends->source : ends->destination) == other));
    }
}

BOOST_AUTO_TEST_CASE(what_has_no_ports_is_left_alone)
{
    provenance::Ledger ledger;
    BOOST_TEST(!EndpointsOf(MakePacket(ledger, 1, MailHost, Server, 6, 19, 64)).has_value());
    BOOST_TEST(!EndpointsOf(MakePacket(ledger, 1, MailHost, Server, 50, 40, 64)).has_value());
    WirePacket fragment = MakePacket(ledger, 1, MailHost, Server, 17, 40, 64);
    fragment.header.SetFragmentOffset(8);
    BOOST_TEST(!EndpointsOf(fragment).has_value());
    for (std::uint32_t size = 0; size < 40; ++size)
    {
        QuotedEndpointsOf(MakePacket(ledger, 1, MailHost, Server, 1, size, 64));
        WithSynOptions(MakePacket(ledger, 1, MailHost, Server, 6, size, 64), {500, true});
    }
}

BOOST_AUTO_TEST_CASE(the_mss_of_a_syn_is_limited_wherever_it_stands)
{
    provenance::Ledger ledger;
    for (const std::vector<std::uint8_t>& options :
         {std::vector<std::uint8_t>{2, 4, 5, 0xB4}, {1, 2, 4, 5, 0xB4, 0, 0, 0}})
    {
        WirePacket packet = MakeTcp(ledger, MailHost, Server, 4000, 0);
        std::vector<std::uint8_t> bytes(20);
        packet.payload->CopyData(bytes.data(), 20);
        bytes.insert(bytes.end(), options.begin(), options.end());
        bytes[12] = static_cast<std::uint8_t>(bytes.size() / 4 << 4);
        bytes[13] = 2;
        bytes[16] = bytes[17] = 0;
        const auto build = [&]
        {
            packet.payload = ns3::Create<ns3::Packet>(bytes.data(), bytes.size());
            packet.header.SetPayloadSize(static_cast<std::uint16_t>(bytes.size()));
        };
        build();
        const std::string raw = Bytes(packet);
        std::uint32_t pseudo = 6 + static_cast<std::uint32_t>(bytes.size());
        for (const Ipv4 a : {MailHost, Server})
        {
            pseudo += (a.value >> 16) + (a.value & 0xFFFF);
        }
        const std::uint16_t sum = Residue(raw, 20, pseudo);
        bytes[16] = static_cast<std::uint8_t>(sum >> 8);
        bytes[17] = static_cast<std::uint8_t>(sum);
        build();
        BOOST_REQUIRE(IsValid(packet));
        const WirePacket limited = WithSynOptions(packet, {1350, false});
        BOOST_TEST(IsValid(limited));
        BOOST_TEST(Bytes(limited) != Bytes(packet));
        BOOST_TEST(Bytes(WithSynOptions(packet, {1460, true})) == Bytes(packet));
    }
}

BOOST_AUTO_TEST_CASE(timestamps_leave_a_syn_and_nothing_else)
{
    TcpSegment segment;
    segment.flags = tcp::SYN;
    segment.options.mss = 1460;
    segment.options.timestamp = true;
    segment.options.timestampValue = 0x01020304;
    const std::vector<TcpOptionKind> order{TcpOptionKind::Mss, TcpOptionKind::Timestamp};
    const WirePacket syn = PacketOf(segment, order, MailHost, Server);
    const WirePacket stripped = WithSynOptions(syn, {0, true});
    BOOST_TEST(IsValid(stripped));
    std::vector<std::uint8_t> octets;
    const auto read = ReadSegment(stripped, octets);
    BOOST_TEST(!read->options.timestamp);
    BOOST_TEST(read->options.mss.value() == 1460);
    BOOST_TEST(read->headerLength == 36); // as long as before
    segment.flags = tcp::ACK;
    const WirePacket later = PacketOf(segment, order, MailHost, Server);
    BOOST_TEST(Bytes(WithSynOptions(later, {500, true})) == Bytes(later));
}

BOOST_AUTO_TEST_SUITE_END()

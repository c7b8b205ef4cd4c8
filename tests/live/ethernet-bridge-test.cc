#include "lab/live/ethernet-bridge.h"

#include "lab/evidence/wire-serializer.h"
#include "tests/evidence/packets.h"

#include <boost/test/unit_test.hpp>

namespace
{

using namespace bouncelab;
using namespace bouncelab::live;
using test::Bytes;
using test::Put;

const MacAddress MACHINE{{2, 0, 10, 4, 1, 4}};
const MacAddress GATEWAY{{2, 0, 0x5E, 0, 0, 1}};
constexpr std::uint32_t TYPE_IPV4 = 0x0800;
constexpr std::uint32_t TYPE_ARP = 0x0806;
constexpr std::uint32_t TYPE_IPV6 = 0x86DD;

EthernetBridge
Bridge()
{
    return EthernetBridge(Ipv4{test::MAIL_HOST}, MACHINE, GATEWAY);
}

Bytes
Frame(std::uint32_t type, const Bytes& content)
{
    Bytes frame(GATEWAY.bytes.begin(), GATEWAY.bytes.end());
    frame.insert(frame.end(), MACHINE.bytes.begin(), MACHINE.bytes.end());
    Put(frame, type, 2);
    frame.insert(frame.end(), content.begin(), content.end());
    return frame;
}

Bytes
SegmentOf(const std::string& text, std::uint8_t ttl = 64)
{
    test::SegmentDraft segment;
    segment.ttl = ttl;
    segment.id = 4711;
    segment.payload = text;
    return test::Tcp(segment);
}

EthernetBridge::BridgeResult
Take(EthernetBridge& bridge, const Bytes& frame)
{
    return bridge.Take(frame.data(), frame.size());
}

/// A packet with its header made anew, as the checksum of a changed one has to be.
Bytes
WithHeader(Bytes ip, std::size_t at, std::uint8_t value)
{
    ip[at] = value;
    ip[10] = ip[11] = 0;
    test::SetChecksum(ip.data() + 10, test::Sum(ip.data(), 20, 0));
    return ip;
}

Bytes
ArpFor(std::uint32_t address, std::uint32_t operation = 1)
{
    Bytes arp{0, 1, 8, 0, 6, 4};
    Put(arp, operation, 2);
    arp.insert(arp.end(), MACHINE.bytes.begin(), MACHINE.bytes.end());
    Put(arp, test::MAIL_HOST, 4);
    arp.insert(arp.end(), 6, 0);
    Put(arp, address, 4);
    return arp;
}

BOOST_AUTO_TEST_SUITE(ethernet_bridge)

BOOST_AUTO_TEST_CASE(APacketGoesThroughBothWaysUnchanged)
{
    EthernetBridge bridge = Bridge();
    const Bytes ip = SegmentOf("HELO a\r\n");
    const auto taken = Take(bridge, Frame(TYPE_IPV4, ip));
    BOOST_REQUIRE(taken.packet);
    BOOST_TEST(taken.answer.empty());
    evidence::WireSerializer serializer;
    const std::size_t size = serializer.Serialize(*taken.packet);
    BOOST_TEST(Bytes(serializer.Data(), serializer.Data() + size) == ip,
               boost::test_tools::per_element());

    const Bytes frame = bridge.Wrap(*taken.packet);
    Bytes expected(MACHINE.bytes.begin(), MACHINE.bytes.end());
    expected.insert(expected.end(), GATEWAY.bytes.begin(), GATEWAY.bytes.end());
    Put(expected, TYPE_IPV4, 2);
    expected.insert(expected.end(), ip.begin(), ip.end());
    BOOST_TEST(frame == expected, boost::test_tools::per_element());
    BOOST_TEST(bridge.Counts().out == 1u);
    BOOST_TEST(bridge.Counts().in == 1u);
}

BOOST_AUTO_TEST_CASE(PaddingIsNotThePackets)
{
    EthernetBridge bridge = Bridge();
    const Bytes ip = SegmentOf("");
    Bytes frame = Frame(TYPE_IPV4, ip);
    frame.resize(60);
    const auto taken = Take(bridge, frame);
    BOOST_REQUIRE(taken.packet);
    BOOST_TEST(taken.packet->payload->GetSize() == ip.size() - 20);
}

BOOST_AUTO_TEST_CASE(EveryTruncationIsMalformed)
{
    const Bytes frame = Frame(TYPE_IPV4, SegmentOf("MAIL FROM:<a@b>\r\n"));
    for (std::size_t size = 0; size < frame.size(); ++size)
    {
        EthernetBridge bridge = Bridge();
        const Bytes shorter(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size));
        BOOST_TEST(!Take(bridge, shorter).packet);
        BOOST_TEST(bridge.Counts().malformed == 1u, size);
    }
}

BOOST_AUTO_TEST_CASE(EveryChangedOctetOfThePacketIsNoticed)
{
    const Bytes ip = SegmentOf("QUIT\r\n");
    for (std::size_t at = 0; at < ip.size(); ++at)
    {
        EthernetBridge bridge = Bridge();
        Bytes changed = ip;
        changed[at] ^= 0x10;
        BOOST_TEST(!Take(bridge, Frame(TYPE_IPV4, changed)).packet, at);
        BOOST_TEST(bridge.Counts().malformed == 1u, at);
    }
}

BOOST_AUTO_TEST_CASE(FragmentsAreCountedAndDropped)
{
    EthernetBridge bridge = Bridge();
    const Bytes ip = SegmentOf("x");
    BOOST_TEST(!Take(bridge, Frame(TYPE_IPV4, WithHeader(ip, 6, 0x20))).packet);
    BOOST_TEST(!Take(bridge, Frame(TYPE_IPV4, WithHeader(ip, 7, 0x01))).packet);
    BOOST_TEST(bridge.Counts().fragments == 2u);
    BOOST_TEST(Take(bridge, Frame(TYPE_IPV4, WithHeader(ip, 6, 0x00))).packet.has_value());
}

BOOST_AUTO_TEST_CASE(OptionsAndADeadPacketAreMalformed)
{
    EthernetBridge bridge = Bridge();
    BOOST_TEST(!Take(bridge, Frame(TYPE_IPV4, SegmentOf("x", 0))).packet);
    Bytes ip = SegmentOf("");
    ip.insert(ip.begin() + 20, 4, 1);
    ip[3] = static_cast<std::uint8_t>(ip[3] + 4);
    Bytes header(ip.begin(), ip.begin() + 24);
    header[0] = 0x46;
    header[10] = header[11] = 0;
    test::SetChecksum(header.data() + 10, test::Sum(header.data(), 24, 0));
    std::copy(header.begin(), header.end(), ip.begin());
    BOOST_TEST(!Take(bridge, Frame(TYPE_IPV4, ip)).packet);
    BOOST_TEST(bridge.Counts().malformed == 2u);
}

BOOST_AUTO_TEST_CASE(OnlyTheMachinesOwnWordsToSomebodyGoOut)
{
    const Bytes nothing{0xAB, 0xCD};
    const auto packet = [&](std::uint32_t from, std::uint32_t to)
    { return Frame(TYPE_IPV4, test::Ip(from, to, 1, 64, 1, false, nothing)); };
    EthernetBridge bridge = Bridge();
    BOOST_TEST(Take(bridge, packet(test::MAIL_HOST, test::SERVER)).packet.has_value());
    for (const std::uint32_t to : {0x00000000u, 0x7F000001u, 0xE0000001u, 0xFFFFFFFFu})
    {
        BOOST_TEST(!Take(bridge, packet(test::MAIL_HOST, to)).packet, to);
    }
    BOOST_TEST(!Take(bridge, packet(test::MAIL_HOST, test::MAIL_HOST)).packet);
    BOOST_TEST(!Take(bridge, packet(test::SERVER, test::MAIL_HOST)).packet);
    BOOST_TEST(bridge.Counts().stray == 6u);
}

BOOST_AUTO_TEST_CASE(ArpIsAnsweredForEverybodyElse)
{
    EthernetBridge bridge = Bridge();
    const Bytes answer = Take(bridge, Frame(TYPE_ARP, ArpFor(0x0A040101))).answer;
    Bytes expected(MACHINE.bytes.begin(), MACHINE.bytes.end());
    expected.insert(expected.end(), GATEWAY.bytes.begin(), GATEWAY.bytes.end());
    Put(expected, TYPE_ARP, 2);
    expected.insert(expected.end(), {0, 1, 8, 0, 6, 4, 0, 2});
    expected.insert(expected.end(), GATEWAY.bytes.begin(), GATEWAY.bytes.end());
    Put(expected, 0x0A040101, 4);
    expected.insert(expected.end(), MACHINE.bytes.begin(), MACHINE.bytes.end());
    Put(expected, test::MAIL_HOST, 4);
    BOOST_TEST(answer == expected, boost::test_tools::per_element());

    // A probe for its own address, a reply, and a question that is cut off.
    BOOST_TEST(Take(bridge, Frame(TYPE_ARP, ArpFor(test::MAIL_HOST))).answer.empty());
    BOOST_TEST(Take(bridge, Frame(TYPE_ARP, ArpFor(0x0A040101, 2))).answer.empty());
    Bytes shorter = ArpFor(0x0A040101);
    shorter.pop_back();
    BOOST_TEST(Take(bridge, Frame(TYPE_ARP, shorter)).answer.empty());
    BOOST_TEST(bridge.Counts().arp == 4u);
}

BOOST_AUTO_TEST_CASE(OtherTypesAreIgnored)
{
    EthernetBridge bridge = Bridge();
    const auto taken = Take(bridge, Frame(TYPE_IPV6, Bytes(60, 0x60)));
    BOOST_TEST(!taken.packet);
    BOOST_TEST(taken.answer.empty());
    BOOST_TEST(bridge.Counts().otherTypes == 1u);
}

BOOST_AUTO_TEST_CASE(WhatIsTooLongForTheEthernetDoesNotGoIn)
{
    EthernetBridge bridge = Bridge();
    path::WirePacket packet;
    packet.header.SetSource(Ipv4{test::SERVER});
    packet.header.SetDestination(Ipv4{test::MAIL_HOST});
    packet.payload = ns3::Create<ns3::Packet>(1480);
    BOOST_TEST(bridge.Wrap(packet).size() == 1514u);
    packet.payload = ns3::Create<ns3::Packet>(1481);
    BOOST_TEST(bridge.Wrap(packet).empty());
    BOOST_TEST(bridge.Counts().oversized == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

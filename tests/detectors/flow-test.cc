#include "sessions.h"
#include "tests/times.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <algorithm>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

namespace
{

ScriptPacket
Syn()
{
    ScriptPacket packet;
    packet.source = Ipv4{0x0A040104};
    packet.destination = Ipv4{0xC6336419};
    packet.sourcePort = 60661;
    packet.destinationPort = 25;
    packet.flags = tcp::SYN;
    return packet;
}

ScriptPacket
Data(std::int64_t timeMs, std::uint32_t sequence, const std::string& text)
{
    ScriptPacket packet = Syn();
    packet.flags = tcp::ACK;
    packet.timeNs = timeMs * MS;
    packet.sequence = sequence;
    packet.payload = text;
    packet.ipId = static_cast<int>(timeMs & 0xFFFF);
    return packet;
}

/// The flow of packets whose sequence numbers are counted from here.
Flow
FlowFrom(std::uint32_t initial, PacketScript packets)
{
    for (ScriptPacket& packet : packets)
    {
        packet.sequence += initial;
    }
    return FlowOf(packets);
}

/// A packet without payload, of a client's port to port 25.
Packet
Empty(std::int64_t timeMs, std::uint16_t port, std::uint8_t flags, std::uint32_t sequence)
{
    Packet packet;
    packet.time = Reading(timeMs * MS);
    packet.source = Ipv4{1};
    packet.destination = Ipv4{2};
    packet.ip.payloadLength = 20;
    packet.tcp.sourcePort = port;
    packet.tcp.destinationPort = 25;
    packet.tcp.flags = flags;
    packet.tcp.sequence = sequence;
    return packet;
}

std::string
Joined(const Flow& flow, Side side)
{
    std::string text;
    for (const Piece& piece : flow.stream[side].pieces)
    {
        const Segment& segment = flow.At(piece.segment);
        text +=
            flow.Text(segment).substr(static_cast<std::size_t>(piece.start - segment.DataStart()),
                                      static_cast<std::size_t>(piece.end - piece.start));
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(flow)

BOOST_AUTO_TEST_CASE(PutsPiecesInOrder)
{
    const Flow flow =
        FlowFrom(0x2E68FF24, {Syn(), Data(1, 1, "abc"), Data(2, 7, "ghi"), Data(3, 4, "def")});
    BOOST_TEST(Joined(flow, CLIENT) == "abcdefghi");
    BOOST_TEST(flow.stream[CLIENT].missing == 0);
    BOOST_TEST(flow.stream[CLIENT].conflicts.empty());
}

BOOST_AUTO_TEST_CASE(KeepsGapsAsGaps)
{
    const Flow flow = FlowFrom(0x2E68FF24, {Syn(), Data(1, 1, "abc"), Data(2, 9, "xyz")});
    BOOST_TEST(Joined(flow, CLIENT) == "abcxyz");
    BOOST_TEST(flow.stream[CLIENT].missing == 5);
}

BOOST_AUTO_TEST_CASE(WrapsAround)
{
    const Flow flow =
        FlowFrom(0xFFFFFFFD, {Syn(), Data(1, 1, "abc"), Data(2, 4, "def"), Data(3, 1, "abcdef")});
    BOOST_TEST(Joined(flow, CLIENT) == "abcdef");
    BOOST_TEST(flow.stream[CLIENT].missing == 0);
    BOOST_TEST(flow.stream[CLIENT].highest == 7);
}

BOOST_AUTO_TEST_CASE(RemembersWhoContradictsWhom)
{
    const Flow flow =
        FlowFrom(0x2E68FF24, {Syn(), Data(1, 1, "500 error\r\n"), Data(20, 1, "250 Ok\r\n")});
    BOOST_REQUIRE_EQUAL(flow.stream[CLIENT].conflicts.size(), 1);
    const Conflict& conflict = flow.stream[CLIENT].conflicts[0];
    BOOST_TEST(flow.At(conflict.first).frame == 2);
    BOOST_TEST(flow.At(conflict.second).frame == 3);
    BOOST_TEST(conflict.from == 1);
    BOOST_TEST(conflict.to == 9);
    BOOST_TEST(Joined(flow, CLIENT) == "500 error\r\n");
}

BOOST_AUTO_TEST_CASE(AnyCuttingOfOneTextIsOneText)
{
    const bool held =
        rc::check("segments of one text in any order, repeated",
                  []
                  {
                      const auto text = *rc::gen::nonEmpty(
                          rc::gen::container<std::string>(rc::gen::inRange('a', 'z')));
                      PacketScript capture{Syn()};
                      const auto initial = *rc::gen::arbitrary<std::uint32_t>();
                      const auto size = static_cast<int>(text.size());
                      std::vector<std::pair<int, int>> cuts{{0, size}};
                      const int extra = *rc::gen::inRange(0, 12);
                      for (int i = 0; i < extra; ++i)
                      {
                          const int from = *rc::gen::inRange(0, size);
                          cuts.emplace_back(from, *rc::gen::inRange(from + 1, size + 1));
                      }
                      const auto last = *rc::gen::inRange<std::size_t>(0, cuts.size());
                      std::swap(cuts.front(), cuts[last]);
                      std::int64_t time = 20;
                      for (const auto& [from, to] : cuts)
                      {
                          capture.push_back(Data(time += 20,
                                                 static_cast<std::uint32_t>(1 + from),
                                                 text.substr(static_cast<std::size_t>(from),
                                                             static_cast<std::size_t>(to - from))));
                      }
                      const Flow flow = FlowFrom(initial, capture);
                      RC_ASSERT(Joined(flow, CLIENT) == text);
                      RC_ASSERT(flow.stream[CLIENT].conflicts.empty());
                      RC_ASSERT(flow.stream[CLIENT].missing == 0);
                  });
    BOOST_TEST(held);
}

BOOST_AUTO_TEST_CASE(ANewConnectionOnTheSamePortsIsANewFlow)
{
    const CaptureSource source{"made.pcap", false};
    int flows = 0;
    FlowTable table(source, [&](Flow&) { ++flows; });
    const auto add = [&](std::int64_t timeMs, std::uint8_t flags, std::uint32_t sequence)
    { table.Add(Empty(timeMs, 1000, flags, sequence)); };
    add(0, tcp::SYN, 7);
    add(3000, tcp::SYN, 7); // sent again
    add(3001, tcp::FIN | tcp::ACK, 8);
    BOOST_TEST(flows == 0);
    add(4000, tcp::SYN, 90000);
    BOOST_TEST(flows == 1);
    table.Finish();
    BOOST_TEST(flows == 2);
}

BOOST_AUTO_TEST_CASE(AnIdleConnectionKeepsNoneThatHasEnded)
{
    const CaptureSource source{"made.pcap", false};
    std::vector<std::uint16_t> ended;
    FlowTable table(source, [&](Flow& flow) { ended.push_back(flow.port[CLIENT]); });
    const auto expect = [&](const std::vector<std::uint16_t>& ports)
    { BOOST_TEST(ended == ports, boost::test_tools::per_element()); };
    table.Add(Empty(0, 1000, tcp::SYN, 7));
    table.Add(Empty(10, 2000, tcp::RST, 8));
    Packet fin = Empty(20, 3000, tcp::FIN, 8);
    table.Add(fin);
    std::swap(fin.source, fin.destination);
    std::swap(fin.tcp.sourcePort, fin.tcp.destinationPort);
    table.Add(fin);
    table.Add(Empty(60019, 1000, tcp::ACK, 8));
    expect({});
    table.Add(Empty(60020, 1000, tcp::ACK, 8));
    expect({3000});
    table.Add(Empty(660009, 1000, tcp::ACK, 8));
    expect({3000});
    table.Add(Empty(660010, 4000, tcp::SYN, 7));
    expect({3000, 2000});
    table.Finish();
    expect({3000, 2000, 1000, 4000});
}

BOOST_AUTO_TEST_CASE(MemoryIsBoundedByTheLimit)
{
    const CaptureSource source{"made.pcap", false};
    std::size_t flows = 0;
    FlowTable table(source, [&](Flow&) { ++flows; });
    table.SetMemoryLimit(1 << 20);
    Packet packet;
    packet.ip.payloadLength = 20;
    packet.tcp.flags = tcp::SYN;
    for (std::uint32_t i = 0; i < 100000; ++i)
    {
        packet.time += Nanoseconds(1000);
        packet.source = Ipv4{i};
        packet.destination = Ipv4{1u << 31};
        table.Add(packet);
    }
    BOOST_TEST(flows > 90000);
}

BOOST_AUTO_TEST_SUITE_END()

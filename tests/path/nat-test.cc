#include "models/path/nat.h"

#include "models/path/tcp-packet.h"
#include "models/path/unreachable-responder.h"
#include "models/provenance/origin-tag.h"
#include "tests/path/site-rig.h"

#include <ns3/simulator.h>

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>

using namespace bouncelab;
using namespace bouncelab::path;

namespace
{

const Ipv4 OtherRemote{0xCB007114};

/// Connections both ways at once through a NAT; everything seen, in order.
std::vector<std::string>
BothWays(PathForm form)
{
    EnableChecksums();
    SiteRig rig(form, SiteRig::MailNat());
    TestCapture inside(rig.scratch / "inside.pcap");
    TestCapture outside(rig.scratch / "outside.pcap");
    rig.gateway.ObserveInside(inside.Observer());
    rig.gateway.ObserveOutside(outside.Observer());
    host::Host& first = rig.AddRemote("first", Server, 5);
    host::Host& second = rig.AddRemote("second", OtherRemote, 3);
    const std::string big(9000, 'x');
    std::vector<const Conversation*> conversations{
        &rig.Converse(first, GatewayOutside, "EHLO a", 0),
        &rig.Converse(first, GatewayOutside, big, 1000000),
        &rig.Converse(second, GatewayOutside, big, 1000000),
        &rig.ConverseUntilIdle(second, big, 2000000)};
    ns3::Simulator::Stop(ns3::Seconds(60));
    ns3::Simulator::Run();
    for (const Conversation* conversation : conversations)
    {
        BOOST_TEST(conversation->heard == conversation->said);
    }
    BOOST_TEST(rig.accepted.size() == 4U);
    BOOST_TEST(rig.gateway.Counts().refused == 0U);
    BOOST_TEST(rig.gateway.Counts().unroutable == 0U);
    // Nothing is lost or doubled: what passes one interface passes the other.
    BOOST_TEST(inside.Frames() == outside.Frames());
    BOOST_TEST(inside.Frames() > 40U);
    BOOST_TEST(inside.Flaws() == "");
    BOOST_TEST(outside.Flaws() == "");
    BOOST_TEST(inside.Fields("ip.addr == " + GatewayOutside.ToString(), "-e frame.number") == "");
    BOOST_TEST(outside.Fields("ip.addr == " + MailHost.ToString(), "-e frame.number") == "");
    // Neither side shows a conversation that the other does not.
    const std::string analysis = "-e frame.number -e _ws.expert.message";
    BOOST_TEST(outside.Fields("tcp", analysis) == inside.Fields("tcp", analysis));
    BOOST_TEST(outside.Fields("tcp.analysis.retransmission || tcp.analysis.lost_segment || "
                              "tcp.analysis.ack_lost_segment",
                              analysis) == "");
    return rig.recorder.Records();
}

} // namespace

BOOST_AUTO_TEST_SUITE(nat)

BOOST_AUTO_TEST_CASE(connections_cross_it_both_ways_in_both_forms)
{
    const auto channel = BothWays(PathForm::Channel);
    const auto routers = BothWays(PathForm::Routers);
    BOOST_TEST(channel == routers, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(packets_keep_their_origin)
{
    SiteRig rig(PathForm::Channel, SiteRig::MailNat());
    rig.ConverseUntilIdle(rig.AddRemote("remote", Server, 2), "hello", 0);
    std::set<std::uint64_t> inside;
    std::set<std::uint64_t> outside;
    const auto note = [](std::set<std::uint64_t>& serials)
    {
        return [&serials](Direction, const WirePacket& packet)
        { BOOST_TEST(serials.insert(provenance::OriginOf(packet.payload).serial).second); };
    };
    rig.gateway.ObserveInside(note(inside));
    rig.gateway.ObserveOutside(note(outside));
    ns3::Simulator::Stop(ns3::Seconds(60));
    ns3::Simulator::Run();
    BOOST_TEST(inside.size() > 6U);
    BOOST_TEST((inside == outside));
    BOOST_TEST(*inside.begin() > 0U);
}

BOOST_AUTO_TEST_CASE(errors_reach_the_host_that_they_are_about)
{
    SiteRig rig(PathForm::Channel, SiteRig::MailNat());
    TestCapture inside(rig.scratch / "inside.pcap");
    TestCapture outside(rig.scratch / "outside.pcap");
    rig.gateway.ObserveInside(inside.Observer());
    rig.gateway.ObserveOutside(outside.Observer());
    NetworkPath& chain = rig.gateway.AddServer("server", SiteRig::HopsTo(Server, 4));
    UnreachableResponder closed(chain,
                                PathEnd::Far,
                                1,
                                "server",
                                chain.Setup().hops.back(),
                                &rig.ledger);
    chain.SetHandler(PathEnd::Far, [&](const WirePacket& packet) { closed.Take(packet); });
    std::vector<WirePacket> answers;
    rig.mail.SetOtherProtocols([&](const WirePacket& packet) { answers.push_back(packet); });
    for (const std::uint8_t ttl : {std::uint8_t{3}, std::uint8_t{64}})
    {
        rig.gateway.Inside().Enter(PathEnd::Near,
                                   MakePacket(rig.ledger, 1, MailHost, Server, 17, 40, ttl));
    }
    ns3::Simulator::Run();
    BOOST_REQUIRE(answers.size() == 2U);
    for (const WirePacket& answer : answers)
    {
        const auto quoted = QuotedEndpointsOf(answer);
        BOOST_REQUIRE(quoted.has_value());
        BOOST_TEST((quoted->source == Endpoint{MailHost, 33000}));
    }
    BOOST_TEST(inside.Frames() == 4U);
    BOOST_TEST(inside.Flaws() == "");
    BOOST_TEST(outside.Flaws() == "");
    BOOST_TEST(outside.Fields("ip.addr == " + MailHost.ToString(), "-e frame.number") == "");
}

BOOST_AUTO_TEST_CASE(a_forward_leads_each_conversation_to_one_of_several_hosts)
{
    provenance::Ledger ledger;
    NatConfig config = SiteRig::MailNat();
    const std::vector<Ipv4> hosts{MailHost, Ipv4{MailHost.value + 1}, Ipv4{MailHost.value + 2}};
    config.forwards.at("smtp").alsoTo = {hosts[1], hosts[2]};
    Nat nat(config, GatewayOutside, 1, "gateway");
    std::map<IpAddress, int> taken;
    for (std::uint16_t port = 2000; port < 2090; ++port)
    {
        const auto send = [&](IpAddress from, IpAddress to, std::uint16_t source, std::uint16_t at)
        {
            TcpSegment segment;
            segment.sourcePort = source;
            segment.destinationPort = at;
            return PacketOf(segment, {}, from, to);
        };
        WirePacket first = send(Server, GatewayOutside, port, 25);
        WirePacket second = first;
        BOOST_REQUIRE((nat.Inbound(first, 0) == Nat::Translation::Translated));
        BOOST_REQUIRE((nat.Inbound(second, 0) == Nat::Translation::Translated));
        const IpAddress host = first.header.GetDestination();
        BOOST_TEST((second.header.GetDestination() == host)); // one conversation, one host
        ++taken[host];
        WirePacket answer = send(host, Server, 25, port);
        BOOST_REQUIRE((nat.Outbound(answer, 0) == Nat::Translation::Translated));
        BOOST_TEST((answer.header.GetSource() == IpAddress(GatewayOutside)));
    }
    for (const Ipv4 host : hosts)
    {
        BOOST_TEST(taken[host] > 12); // of 90: 30, four standard deviations
    }
    // One that opens a conversation itself, or was forgotten, has the forwarded port as well.
    TcpSegment segment;
    segment.sourcePort = 25;
    WirePacket late = PacketOf(segment, {}, hosts[2], Server);
    BOOST_REQUIRE((nat.Outbound(late, 0) == Nat::Translation::Translated));
    BOOST_TEST(EndpointsOf(late)->source.port == 25);
}

BOOST_AUTO_TEST_CASE(options_of_syns_are_the_translations)
{
    NatConfig config = SiteRig::MailNat();
    config.mssLimit = 1380;
    config.stripsTimestamps = true;
    const Nat nat(config, GatewayOutside, 1, "gateway");
    TcpSegment segment;
    segment.flags = tcp::SYN;
    segment.options.mss = 1460;
    segment.options.timestamp = true;
    WirePacket syn =
        PacketOf(segment, {TcpOptionKind::Mss, TcpOptionKind::Timestamp}, MailHost, Server);
    nat.Rewrite(syn);
    std::vector<std::uint8_t> octets;
    const auto read = ReadSegment(syn, octets);
    BOOST_TEST(read->options.mss.value() == 1380);
    BOOST_TEST(!read->options.timestamp);
}

BOOST_AUTO_TEST_CASE(what_belongs_to_no_flow_is_the_gateways)
{
    SiteRig rig(PathForm::Channel, SiteRig::MailNat());
    NetworkPath& chain = rig.gateway.AddServer("server", SiteRig::HopsTo(Server, 2));
    std::size_t local = 0;
    rig.gateway.AddLocalHandler([&](const WirePacket&) { ++local; });
    chain.Enter(PathEnd::Far, MakePacket(rig.ledger, 1, Server, GatewayOutside, 17, 40, 64));
    chain.Enter(PathEnd::Far, MakePacket(rig.ledger, 1, Server, GatewayOutside, 1, 40, 64));
    ns3::Simulator::Run();
    BOOST_TEST(local == 2U);
    BOOST_TEST(rig.gateway.Translation()->Table().Size() == 0U);
}

BOOST_AUTO_TEST_CASE(a_full_table_drops_and_says_so)
{
    NatConfig config = SiteRig::MailNat();
    config.maximumFlows = 1;
    SiteRig rig(PathForm::Channel, config);
    const Conversation& good =
        rig.Converse(rig.AddRemote("a", Server, 2), GatewayOutside, "one", 0);
    const Conversation& late =
        rig.Converse(rig.AddRemote("b", OtherRemote, 2), GatewayOutside, "two", 1000000000);
    ns3::Simulator::Stop(ns3::Seconds(20));
    ns3::Simulator::Run();
    BOOST_TEST(good.heard == "one");
    BOOST_TEST(late.heard == "");
    BOOST_TEST(rig.gateway.Counts().refused > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

#include "models/path/nat.h"

#include "models/path/unreachable-responder.h"
#include "models/provenance/origin-tag.h"
#include "tests/path/site-rig.h"

#include <ns3/simulator.h>

#include <boost/test/unit_test.hpp>

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

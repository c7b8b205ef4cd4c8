#include "models/path/tunnel.h"

#include "models/provenance/origin-tag.h"
#include "tests/path/site-rig.h"

#include <ns3/simulator.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace bouncelab;
using namespace bouncelab::path;

namespace
{

const Ipv4 InsideAddress{0x0A0101E6}; // 10.1.1.230

TunnelConfig
Config()
{
    TunnelConfig config;
    config.insideAddress = InsideAddress;
    config.keepalive = Nanoseconds(20000000000);
    return config;
}

struct Roamer
{
    explicit Roamer(PathForm form, TunnelConfig config = Config(), std::uint32_t lossPerMillion = 0)
        : rig((EnableChecksums(), form), SiteRig::MailNat())
        , laptop(rig.AddHost("laptop", InsideAddress))
        , chain(rig.gateway.AddServer("hotel", Lossy(lossPerMillion)))
        , tunnel(rig.gateway, GatewayOutside, chain, "vpn", config, 1, rig.ledger)
    {
        laptop.SetWire([this](const WirePacket& p) { tunnel.Send(p); });
        tunnel.SetHandler([this](const WirePacket& p) { laptop.Receive(p); });
    }

    static std::vector<HopConfig> Lossy(std::uint32_t lossPerMillion)
    {
        std::vector<HopConfig> hops = SiteRig::HopsTo(Server, 7);
        hops[3].lossPerMillion = lossPerMillion;
        return hops;
    }

    SiteRig rig;
    host::Host& laptop;
    NetworkPath& chain;
    Tunnel tunnel;
};

std::vector<std::string>
OneSession(PathForm form)
{
    Roamer roamer(form);
    SiteRig& rig = roamer.rig;
    TestCapture inside(rig.scratch / "inside.pcap");
    TestCapture outside(rig.scratch / "outside.pcap");
    rig.gateway.ObserveInside(inside.Observer());
    roamer.chain.ObserveAt(4, outside.Observer());
    const std::string text = "MAIL FROM:<jia@abc.example>" + std::string(9000, 'z');
    const Conversation& conversation = rig.Converse(roamer.laptop, MailHost, text, 0);
    ns3::Simulator::Stop(ns3::Seconds(65));
    ns3::Simulator::Run();
    BOOST_TEST(conversation.heard == text);
    BOOST_REQUIRE(rig.accepted.size() == 1U);
    BOOST_TEST(rig.accepted[0].value == InsideAddress.value);
    const TunnelEndCounts& remote = roamer.tunnel.RemoteCounts();
    const TunnelEndCounts& site = roamer.tunnel.GatewayCounts();
    BOOST_TEST(remote.sealed == site.opened);
    BOOST_TEST(site.sealed == remote.opened);
    BOOST_TEST(inside.Frames() == remote.sealed + site.sealed);

    BOOST_TEST(inside.Flaws() == "");
    BOOST_TEST(outside.Flaws() == "");
    const std::string notTunnel = "!(udp.port == 4500) && !(udp.port == 500)";
    BOOST_TEST(outside.Fields(notTunnel, "-e frame.number") == "");
    BOOST_TEST(outside.Fields("frame contains \"jia@abc\"", "-e frame.number") == "");
    BOOST_TEST(outside.Fields("tcp || smtp", "-e frame.number") == "");
    BOOST_TEST(outside.Fields("frame.len > 1514", "-e frame.number") == "");
    BOOST_TEST(outside.Fields("isakmp", "-e isakmp.exchangetype -e udp.dstport") ==
               "34\t500\n34\t500\n35\t4500\n35\t4500\n");
    BOOST_TEST(outside.Fields("isakmp.tf.type == 1 && isakmp.key_exchange.dh_group == 2",
                              "-e isakmp.ispi") != "");
    const std::string esp = outside.Fields("esp", "-e frame.number");
    BOOST_TEST(static_cast<std::uint64_t>(std::count(esp.begin(), esp.end(), '\n')) ==
               remote.sealed + site.sealed);
    BOOST_TEST(outside.Fields("udpencap.nat_keepalive", "-e frame.number") != "");
    BOOST_TEST(inside.Fields("udp", "-e frame.number") == "");
    return rig.recorder.Records();
}

} // namespace

BOOST_AUTO_TEST_SUITE(tunnel)

BOOST_AUTO_TEST_CASE(a_remote_host_appears_inside_and_is_opaque_outside_in_both_forms)
{
    const auto channel = OneSession(PathForm::Channel);
    const auto routers = OneSession(PathForm::Routers);
    BOOST_TEST(channel == routers, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(packets_inside_keep_their_origin)
{
    Roamer roamer(PathForm::Channel);
    std::set<std::string> actors;
    std::set<std::uint64_t> serials;
    roamer.rig.gateway.ObserveInside(
        [&](Direction, const WirePacket& packet)
        {
            const provenance::Origin origin = provenance::OriginOf(packet.payload);
            actors.insert(roamer.rig.ledger.ActorName(origin.actor));
            BOOST_TEST(serials.insert(origin.serial).second);
        });
    std::set<std::string> outer;
    roamer.chain.ObserveAt(
        2,
        [&](Direction, const WirePacket& packet)
        { outer.insert(roamer.rig.ledger.ActorName(provenance::OriginOf(packet.payload).actor)); });
    roamer.rig.Converse(roamer.laptop, MailHost, "hello", 0);
    ns3::Simulator::Stop(ns3::Seconds(15));
    ns3::Simulator::Run();
    BOOST_TEST((actors == std::set<std::string>{"laptop", "mail"}));
    BOOST_TEST((outer == std::set<std::string>{"vpn/gateway", "vpn/remote"}));
}

BOOST_AUTO_TEST_CASE(a_lossy_way_delays_it_and_loses_nothing)
{
    for (int i = 0; i < 3; ++i)
    {
        TunnelConfig config = Config();
        config.keepalive = Nanoseconds(0);
        config.retransmit = Nanoseconds(500000000 + i);
        Roamer roamer(PathForm::Channel, config, 150000);
        const std::string text(4000, 'w');
        const Conversation& conversation = roamer.rig.Converse(roamer.laptop, MailHost, text, i);
        ns3::Simulator::Stop(ns3::Seconds(600));
        ns3::Simulator::Run();
        BOOST_TEST(roamer.tunnel.IsUp());
        BOOST_TEST(conversation.heard == text);
        BOOST_TEST(roamer.chain.Counts().lost > 0U);
    }
}

BOOST_AUTO_TEST_CASE(without_an_answer_it_gives_up_and_tries_again_later)
{
    TunnelConfig config = Config();
    config.attempts = 2;
    Roamer roamer(PathForm::Channel, config, 1000000);
    const auto packet = [&]
    { return MakePacket(roamer.rig.ledger, 1, InsideAddress, MailHost, 17, 40, 64); };
    roamer.tunnel.Send(packet());
    ns3::Simulator::Run();
    BOOST_TEST(!roamer.tunnel.IsUp());
    BOOST_TEST(roamer.tunnel.RemoteCounts().dropped == 1U);
    BOOST_TEST(roamer.chain.Counts().entered == 2U);
    roamer.tunnel.Send(packet());
    ns3::Simulator::Run();
    BOOST_TEST(roamer.chain.Counts().entered == 4U);
}

BOOST_AUTO_TEST_CASE(what_is_repeated_damaged_or_foreign_is_rejected)
{
    TunnelConfig config = Config();
    config.handshake = false;
    config.keepalive = Nanoseconds(0);
    Roamer roamer(PathForm::Channel, config);
    provenance::Ledger& ledger = roamer.rig.ledger;
    std::vector<WirePacket> outer;
    roamer.chain.ObserveAt(7, [&](Direction, const WirePacket& p) { outer.push_back(p); });
    roamer.tunnel.Send(MakePacket(ledger, 1, InsideAddress, MailHost, 6, 60, 64));
    roamer.tunnel.Send(MakePacket(ledger, 1, Server, MailHost, 6, 60, 64));
    ns3::Simulator::Run();
    BOOST_REQUIRE(outer.size() == 1U);
    BOOST_TEST(roamer.tunnel.RemoteCounts().dropped == 1U);
    BOOST_TEST(roamer.tunnel.GatewayCounts().opened == 1U);

    roamer.chain.Enter(PathEnd::Far, outer.front());
    std::vector<std::uint8_t> bytes(outer.front().payload->GetSize());
    outer.front().payload->CopyData(bytes.data(), static_cast<std::uint32_t>(bytes.size()));
    bytes[40] ^= 1;
    WirePacket damaged = outer.front();
    damaged.payload = ns3::Create<ns3::Packet>(bytes.data(), bytes.size());
    roamer.chain.Enter(PathEnd::Far, damaged);
    ns3::Simulator::Run();
    BOOST_TEST(roamer.tunnel.GatewayCounts().opened == 1U);
    BOOST_TEST(roamer.tunnel.GatewayCounts().rejected == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

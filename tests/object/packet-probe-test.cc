#include "models/object/packet-probe.h"

#include "tests/path/path-rig.h"

#include <ns3/config.h>
#include <ns3/ipv4-header.h>
#include <ns3/simulator.h>
#include <ns3/string.h>
#include <ns3/uinteger.h>

#include <boost/test/unit_test.hpp>

using namespace bouncelab;

namespace
{

/// What a trace source has told, as sizes and TTLs.
std::vector<std::pair<std::uint32_t, int>> g_seen;

void
Keep(ns3::Ptr<const ns3::Packet> packet)
{
    ns3::Ipv4Header header;
    packet->PeekHeader(header);
    g_seen.emplace_back(packet->GetSize(), header.GetTtl());
}

} // namespace

BOOST_AUTO_TEST_SUITE(packet_probe)

BOOST_AUTO_TEST_CASE(each_direction_is_a_trace_source)
{
    path::EnableChecksums();
    provenance::Ledger ledger;
    path::PathSetup setup;
    setup.name = "line";
    setup.hops = path::MakeHops(3);
    setup.hostAddress = path::Server;
    setup.ledger = &ledger;
    const auto line = path::NetworkPath::Make(path::PathForm::Channel, setup);
    const auto probe =
        ns3::CreateObjectWithAttributes<object::PacketProbe>("Hop", ns3::UintegerValue(2));
    probe->Watch(*line);
    BOOST_REQUIRE(probe->TraceConnectWithoutContext("Outbound", ns3::MakeCallback(&Keep)));
    const auto actor = ledger.RegisterActor("host");
    const auto packet = [&](Ipv4 from, Ipv4 to)
    { return path::MakePacket(ledger, actor, from, to, 17, 10, 64); };
    line->Enter(path::PathEnd::Near, packet(path::MailHost, path::Server));
    line->Enter(path::PathEnd::Far, packet(path::Server, path::MailHost));
    ns3::Simulator::Run();
    BOOST_REQUIRE(g_seen.size() == 1U);
    BOOST_TEST(g_seen[0].first == 20U + 8U + 10U);
    BOOST_TEST(g_seen[0].second == 63);
    ns3::Simulator::Destroy();
}

BOOST_AUTO_TEST_SUITE_END()

#include "models/middlebox/censor.h"

#include "tests/middlebox/device-rig.h"
#include "tests/path/path-rig.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::middlebox;

namespace
{

using Rig = DeviceRig<Censor, CensorConfig>;

CensorConfig
OnKeyword()
{
    CensorConfig config;
    config.watch.pattern = "@keyword";
    return config;
}

/// A client that opens a connection, names a recipient and goes on, and a server that answers.
void
Talk(Rig& rig)
{
    rig.Send(999, "", tcp::SYN);
    rig.Run();
    rig.Answer({4999, "", tcp::SYN | tcp::ACK, 1000});
    rig.Run();
    rig.Send(1000, "RCPT TO:<c@keyword>\r\n"); // 21 octets
    rig.Run();
}

std::size_t
CountOf(const Rig& rig, TruthEvent did)
{
    return static_cast<std::size_t>(std::count_if(rig.collected.actions.begin(),
                                                  rig.collected.actions.end(),
                                                  [&](const provenance::Action& action)
                                                  { return action.did == did; }));
}

} // namespace

BOOST_AUTO_TEST_SUITE(censor)

BOOST_AUTO_TEST_CASE(keeps_the_trigger_and_what_either_side_says_afterwards)
{
    path::EnableChecksums();
    for (const path::PathForm form : {path::PathForm::Channel, path::PathForm::Routers})
    {
        Rig rig(OnKeyword(), Ipv4{CLIENT}, Ipv4{SERVER}, WallTime(), form);
        Talk(rig);
        rig.Answer({5000, "250 ok\r\n", tcp::ACK, 1000});
        rig.Send(1000, "RCPT TO:<c@keyword>\r\n");
        rig.Send({999, "", tcp::SYN, 0, 40001}); // another connection
        rig.Run();
        BOOST_TEST(rig.passed.size() == 2U);
        BOOST_TEST(rig.arrived.size() == 1U);
        BOOST_TEST(rig.line->Counts().taken == 3U);
        BOOST_TEST(CountOf(rig, TruthEvent::Blocked) == 1U);
        BOOST_TEST(CountOf(rig, TruthEvent::Dropped) == 3U);
        for (const provenance::Action& action : rig.collected.actions)
        {
            BOOST_TEST(action.classLabel == "blocked.dropped");
            BOOST_TEST(action.cause == rig.collected.actions[0].cause);
            BOOST_TEST(action.displaced == (action.did == TruthEvent::Dropped));
        }
    }
}

BOOST_AUTO_TEST_CASE(of_one_side_the_other_passes)
{
    for (const CensoredSide side : {CensoredSide::Client, CensoredSide::Server})
    {
        CensorConfig config = OnKeyword();
        config.of = side;
        config.triggerPasses = true;
        Rig rig(config);
        Talk(rig);
        rig.Answer({5000, "250 ok\r\n", tcp::ACK, 1021});
        rig.Send(1021, "DATA\r\n");
        rig.Run();
        BOOST_TEST(rig.passed.size() == (side == CensoredSide::Client ? 2U : 3U));
        BOOST_TEST(rig.arrived.size() == (side == CensoredSide::Client ? 2U : 1U));
    }
}

BOOST_AUTO_TEST_CASE(some_packets_pass_and_the_block_ends_with_its_time)
{
    CensorConfig config = OnKeyword();
    config.triggerPasses = true;
    config.passing = 2;
    config.blockTime = std::chrono::seconds(60);
    Rig rig(config);
    Talk(rig);
    rig.Answer({5000, "250 ok\r\n", tcp::ACK, 1021});
    rig.Run();
    rig.Send(1021, "DATA\r\n");
    rig.Run();
    BOOST_TEST(rig.passed.size() == 3U);
    BOOST_TEST(rig.arrived.size() == 2U);
    rig.Answer({5008, "354 go\r\n", tcp::ACK, 1027});
    rig.Run();
    BOOST_TEST(rig.arrived.size() == 2U);
    ns3::Simulator::Schedule(ns3::Seconds(61),
                             [&] {
                                 rig.Answer({5008, "354 go\r\n", tcp::ACK, 1027});
                             });
    rig.Run();
    BOOST_TEST(rig.arrived.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_block_without_time_is_of_the_trigger_alone)
{
    CensorConfig config = OnKeyword();
    config.blockTime = Nanoseconds(0);
    Rig rig(config);
    Talk(rig);
    BOOST_TEST(rig.passed.size() == 1U);
    rig.Send(1000, "RCPT TO:<c@keyword>\r\n");
    rig.Run();
    BOOST_TEST(rig.passed.size() == 2U);
}

BOOST_AUTO_TEST_CASE(its_scope_says_which_connections_it_means)
{
    const std::vector<std::pair<BlockScope, std::size_t>> cases{{BlockScope::Connection, 2},
                                                                {BlockScope::Service, 1},
                                                                {BlockScope::Hosts, 1},
                                                                {BlockScope::Client, 1}};
    for (const auto& [scope, passed] : cases)
    {
        CensorConfig config = OnKeyword();
        config.blockScope = scope;
        Rig rig(config);
        Talk(rig);
        rig.Send({2000, "", tcp::SYN, 0, 40001});
        rig.Run();
        BOOST_TEST(rig.passed.size() == passed);
    }
}

BOOST_AUTO_TEST_CASE(what_it_forges_takes_the_place_of_what_it_keeps)
{
    CensorConfig config = OnKeyword();
    ForgedPacketConfig reset;
    reset.kind = ForgedKind::Reset;
    config.volley = {ForgedPacketConfig{}, reset};
    config.volley[1].toward = ForgedToward::Server;
    Rig rig(config);
    Talk(rig);
    std::string text;
    // The server has not got the trigger: the reset that fits stands at its first octet.
    BOOST_REQUIRE_EQUAL(rig.passed.size(), 2U);
    BOOST_TEST(Rig::SegmentOf(rig.passed[1], text).sequence == 1000U);
    // The client has sent it: the reply acknowledges all of it.
    BOOST_REQUIRE_EQUAL(rig.arrived.size(), 2U);
    BOOST_TEST(rig.SegmentDraft(1, text).acknowledgment == 1021U);
    BOOST_TEST(text == "500 error\r\n");
    BOOST_TEST(provenance::OriginOf(rig.arrived[1].payload).forged);
}

BOOST_AUTO_TEST_CASE(a_servers_packet_can_turn_into_a_reset_with_its_own_header)
{
    CensorConfig config = OnKeyword();
    config.of = CensoredSide::Server;
    config.triggerPasses = true;
    ForgedPacketConfig reset;
    reset.kind = ForgedKind::ResetAck;
    reset.ttlRule = TtlRule::Trigger;
    config.instead = {reset};
    Rig rig(config);
    Talk(rig);
    rig.Answer({5000, "250 ok\r\n", tcp::ACK, 1021});
    rig.Run();
    BOOST_TEST(rig.passed.size() == 2U);
    BOOST_REQUIRE_EQUAL(rig.arrived.size(), 2U);
    std::string text;
    const TcpSegment forged = rig.SegmentDraft(1, text);
    BOOST_TEST(forged.flags == (tcp::RST | tcp::ACK));
    BOOST_TEST(forged.sequence == 5000U);
    BOOST_TEST(forged.acknowledgment == 1021U);
    BOOST_TEST(rig.arrived[1].header.GetTtl() == rig.arrived[0].header.GetTtl());
    config.action = CensorAction::Hold;
    BOOST_TEST(Faults(config).size() == 1U);
}

BOOST_AUTO_TEST_CASE(it_holds_packets_in_their_order)
{
    path::EnableChecksums();
    for (const path::PathForm form : {path::PathForm::Channel, path::PathForm::Routers})
    {
        CensorConfig config = OnKeyword();
        config.action = CensorAction::Hold;
        config.holdTime = std::chrono::milliseconds(500);
        Rig rig(config, Ipv4{CLIENT}, Ipv4{SERVER}, WallTime(), form);
        Talk(rig);
        BOOST_REQUIRE_EQUAL(rig.passed.size(), 2U);
        const std::int64_t sent = path::NowNs();
        rig.Send(1021, "DATA\r\n");
        rig.Send(1027, "x\r\n");
        rig.Run();
        BOOST_REQUIRE_EQUAL(rig.passed.size(), 4U);
        BOOST_TEST(rig.passedNs[2] - sent >= 509000000);
        BOOST_TEST(rig.passedNs[2] - sent < 509100000);
        std::string text;
        Rig::SegmentOf(rig.passed[3], text);
        BOOST_TEST(text == "x\r\n");
        BOOST_TEST(CountOf(rig, TruthEvent::Dropped) == 0U);
        BOOST_TEST(rig.line->Counts().InFlight() == 0U);
    }
}

BOOST_AUTO_TEST_CASE(it_holds_a_connection_down_to_a_rate_by_dropping_or_by_a_queue)
{
    for (const std::uint32_t queue : {0U, 100000U})
    {
        CensorConfig config = OnKeyword();
        config.action = CensorAction::Throttle;
        config.triggerPasses = true;
        config.bitsPerSecond = 80000; // 10000 octets a second
        config.burst = 2000;
        config.queue = queue;
        Rig rig(config);
        Talk(rig);
        const std::int64_t begin = path::NowNs();
        const std::string text(960, 'x'); // 1000 octets with its headers
        for (std::uint32_t i = 0; i < 50; ++i)
        {
            ns3::Simulator::Schedule(ns3::MilliSeconds(20 * i),
                                     [&rig, &text, i] { rig.Send(1021 + 960 * i, text); });
        }
        rig.Run();
        const std::size_t passed = rig.passed.size() - 2;
        if (queue == 0)
        {
            // Two at once, then one in 100 ms, for a second.
            BOOST_TEST(passed >= 11U);
            BOOST_TEST(passed <= 13U);
            BOOST_TEST(CountOf(rig, TruthEvent::Dropped) == 50 - passed);
        }
        else
        {
            BOOST_TEST(passed == 50U);
            BOOST_TEST(rig.passedNs.back() - begin > 4700000000);
            BOOST_TEST(rig.passedNs.back() - begin < 4900000000);
        }
    }
}

BOOST_AUTO_TEST_CASE(an_injector_behind_it_sees_what_it_lets_pass)
{
    CensorConfig config = OnKeyword();
    config.atHop = 3;
    Rig rig(config);
    CensorConfig second = OnKeyword();
    second.watch.trigger = TriggerKind::SynAck;
    Censor behind("behind", second, *rig.line, 1, rig.ledger);
    Talk(rig);
    // The second keeps the SYN-ACK, so that the first one sees the command only.
    BOOST_TEST(rig.arrived.empty());
    BOOST_TEST(rig.passed.size() == 1U);
    BOOST_TEST(CountOf(rig, TruthEvent::Blocked) == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

#include "models/middlebox/injector.h"

#include "tests/middlebox/device-rig.h"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::middlebox;

namespace
{

using Rig = DeviceRig<Injector, InjectorConfig>;

} // namespace

BOOST_AUTO_TEST_SUITE(injector)

BOOST_AUTO_TEST_CASE(over_ipv6_it_forges_hop_limit_and_flow_label)
{
    for (const FlowLabelRule rule : {FlowLabelRule::Zero, FlowLabelRule::Sender})
    {
        ForgedPacketConfig reply;
        reply.flowLabelRule = rule;
        reply.ttl = 60;
        InjectorConfig config;
        config.volley = {reply};
        Rig rig(config, *IpAddress::Parse("2001:db8:1::4"), *IpAddress::Parse("2001:db8:2::25"));
        rig.Send(999, "", tcp::SYN);
        ns3::Simulator::Schedule(ns3::MilliSeconds(20), [&rig] { rig.Answer(0x12345); });
        ns3::Simulator::Schedule(ns3::MilliSeconds(40),
                                 [&rig] { rig.Send(1000, "RCPT TO:<c@d>\r\n"); });
        rig.Run();
        BOOST_REQUIRE_EQUAL(rig.arrived.size(), 2U);
        const auto& header = rig.arrived[1].header;
        BOOST_TEST((header.GetSource() == rig.server));
        BOOST_TEST(header.GetTtl() == 60 - 6);
        BOOST_TEST(header.GetFlowLabel() == (rule == FlowLabelRule::Sender ? 0x12345U : 0U));
        BOOST_TEST(header.GetIdentification() == 0);
        std::string text;
        rig.SegmentDraft(1, text);
        BOOST_TEST(text == "500 error\r\n");
        BOOST_REQUIRE_EQUAL(rig.collected.actions.size(), 1U);
    }
}

BOOST_AUTO_TEST_CASE(forges_in_the_servers_name_and_lets_everything_pass)
{
    Rig rig;
    rig.Send(999, "", tcp::SYN);
    rig.Send(1000, "MAIL FROM:<a@b>\r\nRC");
    rig.Send(1019, "PT TO:<c@d>\r\n");
    rig.Run();
    BOOST_TEST(rig.passed.size() == 3U);
    BOOST_REQUIRE_EQUAL(rig.arrived.size(), 1U);
    const auto& header = rig.arrived[0].header;
    BOOST_TEST((header.GetSource() == Ipv4{SERVER}));
    BOOST_TEST(header.GetTtl() == 64 - 6);
    BOOST_TEST(header.GetIdentification() == 64);
    BOOST_TEST(!header.IsDontFragment());
    std::string text;
    const TcpSegment forged = rig.SegmentDraft(0, text);
    BOOST_TEST(text == "500 error\r\n");
    BOOST_TEST(forged.sequence == 5000U);
    BOOST_TEST(forged.acknowledgment == 1032U);
    BOOST_TEST(forged.window == 0);
    BOOST_TEST(forged.flags == (tcp::PSH | tcp::ACK));
    const auto origin = provenance::OriginOf(rig.arrived[0].payload);
    BOOST_TEST(origin.forged);
    BOOST_REQUIRE_EQUAL(rig.collected.actions.size(), 1U);
    BOOST_TEST(rig.collected.actions[0].classLabel == "forged.reply");
    BOOST_TEST(rig.collected.actions[0].cause == origin.cause);
    // 7 hops out, 4.099 ms of work, 7 hops back; the rest is sending at 1 Gbit/s.
    BOOST_TEST(rig.arrivedNs[0] >= 14000000 + 4099000);
    BOOST_TEST(rig.arrivedNs[0] < 14000000 + 4099000 + 30000);
}

BOOST_AUTO_TEST_CASE(a_repeated_trigger_draws_one_answer)
{
    Rig rig;
    rig.Send(999, "", tcp::SYN);
    rig.Send(1000, "RCPT TO:<c@d>\r\n");
    rig.Send(1000, "RCPT TO:<c@d>\r\n");
    rig.Run();
    BOOST_TEST(rig.arrived.size() == 1U);
    BOOST_TEST(rig.passed.size() == 3U);
}

BOOST_AUTO_TEST_CASE(in_a_batch_of_commands_it_acknowledges_its_own_only)
{
    Rig rig;
    rig.Send(999, "", tcp::SYN);
    rig.Send(1000, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"); // 17, 15 and 6 octets
    rig.Run();
    BOOST_REQUIRE_EQUAL(rig.arrived.size(), 1U);
    std::string text;
    BOOST_TEST(rig.SegmentDraft(0, text).acknowledgment == 1032U);
    BOOST_TEST(rig.SegmentDraft(0, text).sequence == 5000U);
    rig.Send(1038, "RCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\n");
    rig.Run();
    BOOST_REQUIRE_EQUAL(rig.arrived.size(), 3U);
    BOOST_TEST(rig.SegmentDraft(1, text).acknowledgment == 1053U);
    BOOST_TEST(rig.SegmentDraft(2, text).acknowledgment == 1068U);
}

BOOST_AUTO_TEST_CASE(a_reset_for_the_server_fits_behind_the_whole_batch)
{
    InjectorConfig config;
    config.packet.kind = ForgedKind::Reset;
    config.packet.toward = ForgedToward::Server;
    Rig rig(config);
    rig.Send(999, "", tcp::SYN);
    rig.Send(1000, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"); // 38 octets
    rig.Run();
    BOOST_REQUIRE_EQUAL(rig.passed.size(), 3U);
    std::string text;
    BOOST_TEST(Rig::SegmentOf(rig.passed[2], text).flags == tcp::RST);
    BOOST_TEST(Rig::SegmentOf(rig.passed[2], text).sequence == 1038U);
    rig.Send(1040, "PT TO:<c@d>\r\n"); // Ends at 1053, and its line begins in the next.
    rig.Send(1038, "RC");
    rig.Run();
    BOOST_REQUIRE_EQUAL(rig.passed.size(), 6U);
    BOOST_TEST(Rig::SegmentOf(rig.passed[5], text).sequence == 1053U);
}

BOOST_AUTO_TEST_CASE(only_the_pattern_and_only_flows_seen_from_the_start)
{
    InjectorConfig config;
    config.watch.pattern = "@NEPTUNE.";
    Rig rig(config);
    rig.Send(1000, "RCPT TO:<c@neptune.example>\r\n");
    rig.Run();
    BOOST_TEST(rig.arrived.empty());
    rig.Send(999, "", tcp::SYN);
    rig.Send(1000, "rcpt to:<c@saturn.example>\r\nrcpt to:<c@neptune.example>\r\n");
    rig.Run();
    BOOST_TEST(rig.arrived.size() == 1U);
}

BOOST_AUTO_TEST_CASE(its_place_decides_ttl_and_time)
{
    InjectorConfig config;
    config.atHop = 9;
    Rig rig(config);
    rig.Send(999, "", tcp::SYN);
    rig.Send(1000, "RCPT TO:<c@d>\r\n");
    rig.Run();
    BOOST_REQUIRE_EQUAL(rig.arrived.size(), 1U);
    BOOST_TEST(rig.arrived[0].header.GetTtl() == 64 - 8);
    BOOST_TEST(rig.arrivedNs[0] >= 18000000 + 4099000);
}

BOOST_AUTO_TEST_CASE(it_forgets_flows_that_end)
{
    Rig rig;
    rig.Send(999, "", tcp::SYN);
    rig.Run();
    BOOST_TEST(rig.device->FlowCount() == 1U);
    rig.Send(1000, "", tcp::FIN | tcp::ACK);
    rig.Run();
    BOOST_TEST(rig.device->FlowCount() == 0U);
}

BOOST_AUTO_TEST_CASE(a_volley_goes_to_both_sides_and_has_one_cause_a_class)
{
    InjectorConfig config;
    config.watch.trigger = TriggerKind::Line;
    ForgedPacketConfig reset;
    reset.kind = ForgedKind::Reset;
    config.volley = {reset, reset, ForgedPacketConfig{}};
    config.volley[1].toward = ForgedToward::Server;
    config.volley[1].after = Nanoseconds(50000);
    Rig rig(config);
    rig.Send(999, "", tcp::SYN);
    rig.Send(1000, "RCPT TO:<c@d>\r\n");
    rig.Run();
    BOOST_TEST(rig.passed.size() == 3U); // the reset towards the server among them
    BOOST_REQUIRE_EQUAL(rig.arrived.size(), 2U);
    BOOST_REQUIRE_EQUAL(rig.collected.actions.size(), 2U);
    BOOST_TEST(rig.collected.actions[0].classLabel == "forged.reset");
    BOOST_TEST(rig.collected.actions[1].classLabel == "forged.reply");
    BOOST_TEST(provenance::OriginOf(rig.arrived[0].payload).cause ==
               rig.collected.actions[0].cause);
    BOOST_TEST(provenance::OriginOf(rig.arrived[1].payload).cause ==
               rig.collected.actions[1].cause);
}

BOOST_AUTO_TEST_CASE(its_own_packets_are_no_triggers)
{
    InjectorConfig config;
    config.watch.trigger = TriggerKind::Segment;
    config.packet.toward = ForgedToward::Server;
    Rig rig(config);
    rig.Send(999, "", tcp::SYN);
    rig.Send(1000, "x\r\n");
    rig.Run();
    BOOST_TEST(rig.collected.actions.size() == 1U);
    BOOST_TEST(rig.passed.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_syn_is_a_trigger_where_the_config_says_so)
{
    InjectorConfig config;
    config.watch.trigger = TriggerKind::Syn;
    config.packet.kind = ForgedKind::ResetAck;
    Rig rig(config);
    rig.Send(999, "", tcp::SYN);
    rig.Run();
    BOOST_REQUIRE_EQUAL(rig.arrived.size(), 1U);
    std::string text;
    const TcpSegment reset = rig.SegmentDraft(0, text);
    BOOST_TEST(reset.sequence == 0U);
    BOOST_TEST(reset.acknowledgment == 1000U);
}

BOOST_AUTO_TEST_CASE(a_block_answers_what_comes_later_within_its_time_and_scope)
{
    InjectorConfig config;
    config.watch.pattern = "@keyword";
    config.residualTime = Nanoseconds(60000000000);
    ForgedPacketConfig reset;
    reset.kind = ForgedKind::Reset;
    config.residualVolley = {reset};
    Rig rig(config);
    rig.Send(999, "", tcp::SYN);
    rig.Send(1000, "RCPT TO:<c@keyword>\r\n");
    rig.Run();
    BOOST_TEST(rig.arrived.size() == 1U);
    rig.Send(1021, "RCPT TO:<c@other>\r\n"); // same client and service
    rig.Run();
    BOOST_REQUIRE_EQUAL(rig.arrived.size(), 2U);
    std::string text;
    BOOST_TEST(rig.SegmentDraft(1, text).Has(tcp::RST));
    rig.Send(1040, ""); // an acknowledgment draws nothing
    rig.Run();
    BOOST_TEST(rig.arrived.size() == 2U);
    ns3::Simulator::Schedule(ns3::Seconds(61), [&] { rig.Send(1040, "NOOP\r\n"); });
    rig.Run();
    BOOST_TEST(rig.arrived.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_device_may_overlook_headers_with_options_and_flows_without_a_syn)
{
    InjectorConfig config;
    config.watch.needsSyn = false;
    Rig rig(config);
    rig.Send(1000, "RCPT TO:<c@d>\r\n");
    rig.Run();
    BOOST_TEST(rig.arrived.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_share_of_the_flows_is_watched_by_addresses_and_ports)
{
    InjectorConfig config;
    config.watch.flowSharePerMillion = 300000;
    std::vector<std::size_t> answered;
    for (int run = 0; run < 2; ++run)
    {
        Rig rig(config);
        for (std::uint16_t port = 40000; port < 40200; ++port)
        {
            rig.Send({999, "", tcp::SYN, 0, port});
            rig.Send({1000, "RCPT TO:<c@d>\r\n", tcp::ACK, 5000, port});
            rig.Send({1015, "RCPT TO:<e@f>\r\n", tcp::ACK, 5000, port});
        }
        rig.Run();
        answered.push_back(rig.arrived.size());
    }
    // Each flow wholly or not at all; 60 of 200 within four standard deviations.
    BOOST_TEST(answered[0] % 2 == 0U);
    BOOST_TEST(answered[0] / 2 >= 34U);
    BOOST_TEST(answered[0] / 2 <= 86U);
    BOOST_TEST(answered[0] == answered[1]);
}

BOOST_AUTO_TEST_CASE(it_misses_by_the_hour_of_day)
{
    InjectorConfig config;
    config.watch.missByHour.assign(24, 1000000);
    config.watch.missByHour[7] = 0;
    BOOST_TEST(Faults(config).empty());
    const auto answers = [&config](std::int64_t second)
    {
        Rig rig(config,
                Ipv4{CLIENT},
                Ipv4{SERVER},
                WallTime(Nanoseconds(second * NANOSECONDS_PER_SECOND)));
        rig.Send(999, "", tcp::SYN);
        rig.Send(1000, "RCPT TO:<c@d>\r\n");
        rig.Run();
        return rig.arrived.size();
    };
    BOOST_TEST(answers(6 * 3600 + 3599 - 1) == 0U);
    BOOST_TEST(answers(7 * 3600) == 1U);
    BOOST_TEST(answers(86400 + 8 * 3600 - 2) == 1U);
    BOOST_TEST(answers(8 * 3600) == 0U);
    config.watch.missByHour.pop_back();
    BOOST_REQUIRE_EQUAL(Faults(config).size(), 1U);
    BOOST_TEST(Faults(config)[0] == "miss-per-million-by-hour: found 23 numbers, expected 24");
}

BOOST_AUTO_TEST_CASE(a_syn_ack_can_make_a_flow_known)
{
    for (const bool learns : {false, true})
    {
        InjectorConfig config;
        config.watch.learnsFromSynAck = learns;
        Rig rig(config);
        rig.Answer({4999, "", tcp::SYN | tcp::ACK, 1000});
        rig.Run();
        rig.Send(1000, "RCPT TO:<c@d>\r\n");
        rig.Run();
        BOOST_TEST(rig.arrived.size() == (learns ? 2U : 1U)); // the SYN-ACK itself is one
    }
}

BOOST_AUTO_TEST_CASE(two_of_them_on_one_path_answer_each_for_itself)
{
    InjectorConfig config;
    config.atHop = 3;
    Rig rig(config);
    InjectorConfig far;
    far.packet.kind = ForgedKind::Reset;
    Injector second("second", far, *rig.line, 1, rig.ledger);
    rig.Send(999, "", tcp::SYN);
    rig.Send(1000, "RCPT TO:<c@d>\r\n");
    rig.Run();
    BOOST_REQUIRE_EQUAL(rig.arrived.size(), 2U);
    BOOST_TEST(rig.arrived[0].header.GetTtl() == 64 - 2);
    BOOST_TEST(rig.arrived[1].header.GetTtl() == 64 - 6);
    BOOST_REQUIRE_EQUAL(rig.collected.actions.size(), 2U);
    BOOST_TEST(rig.collected.actions[0].actor != rig.collected.actions[1].actor);
}

BOOST_AUTO_TEST_CASE(without_a_trigger_it_acts_once_a_flow_and_not_at_once)
{
    InjectorConfig config;
    config.watch.trigger = TriggerKind::None;
    config.watch.actsAfter = std::chrono::milliseconds(50);
    BOOST_TEST(Faults(config).empty());
    Rig rig(config);
    rig.Send(999, "", tcp::SYN);
    const auto say = [&rig](int atMs, std::uint32_t sequence)
    {
        ns3::Simulator::Schedule(ns3::MilliSeconds(atMs),
                                 [&rig, sequence] { rig.Send(sequence, "x"); });
    };
    say(30, 1000);
    rig.RunAfter(40000000);
    BOOST_TEST(rig.arrived.empty());
    say(20, 1001);
    say(30, 1002);
    rig.Run();
    BOOST_REQUIRE_EQUAL(rig.arrived.size(), 1U);
    std::string text;
    BOOST_TEST(rig.SegmentDraft(0, text).acknowledgment == 1002U);
}

BOOST_AUTO_TEST_CASE(what_it_misses_without_a_trigger_makes_way_for_the_next_packet)
{
    InjectorConfig config;
    config.watch.trigger = TriggerKind::None;
    config.watch.missPerMillion = 900000;
    std::set<std::uint32_t> acted;
    for (std::uint16_t port = 40000; port < 40020; ++port)
    {
        Rig rig(config);
        rig.Send({999, "", tcp::SYN, 0, port});
        for (std::uint32_t i = 0; i < 100; ++i)
        {
            rig.Send({1000 + i, "x", tcp::ACK, 5000, port});
        }
        rig.Run();
        BOOST_REQUIRE_EQUAL(rig.arrived.size(), 1U);
        std::string text;
        acted.insert(rig.SegmentDraft(0, text).acknowledgment);
    }
    BOOST_TEST(*acted.begin() > 1001U);
}

BOOST_AUTO_TEST_CASE(one_direction_alone_may_pass_it)
{
    for (const WatchedDirection sees : {WatchedDirection::Outward, WatchedDirection::Inward})
    {
        InjectorConfig config;
        config.watch.trigger = TriggerKind::Segment;
        config.watch.learnsFromSynAck = true;
        config.watch.sees = sees;
        Rig rig(config);
        rig.Send(999, "", tcp::SYN);
        ns3::Simulator::Schedule(ns3::MilliSeconds(20),
                                 [&rig] {
                                     rig.Answer({4999, "", tcp::SYN | tcp::ACK, 1000});
                                 });
        ns3::Simulator::Schedule(ns3::MilliSeconds(40), [&rig] { rig.Send(1000, "EHLO a"); });
        ns3::Simulator::Schedule(ns3::MilliSeconds(60),
                                 [&rig] {
                                     rig.Answer({5000, "250 b", tcp::ACK, 1006});
                                 });
        rig.Run();
        BOOST_TEST(rig.collected.actions.size() == 1U);
        std::string text;
        const TcpSegment forged = rig.SegmentDraft(sees == WatchedDirection::Outward ? 1 : 2, text);
        BOOST_TEST(forged.sequence == (sees == WatchedDirection::Outward ? 5000U : 5005U));
    }
}

BOOST_AUTO_TEST_CASE(it_may_need_to_see_the_whole_handshake)
{
    for (const bool isAnswered : {false, true})
    {
        InjectorConfig config;
        config.watch.needsHandshake = true;
        Rig rig(config);
        rig.Send(999, "", tcp::SYN);
        if (isAnswered)
        {
            ns3::Simulator::Schedule(ns3::MilliSeconds(20),
                                     [&rig] {
                                         rig.Answer({4999, "", tcp::SYN | tcp::ACK, 1000});
                                     });
        }
        ns3::Simulator::Schedule(ns3::MilliSeconds(40),
                                 [&rig] { rig.Send(1000, "RCPT TO:<c@d>\r\n"); });
        rig.Run();
        BOOST_TEST(rig.collected.actions.size() == (isAnswered ? 1U : 0U));
    }
    InjectorConfig config;
    config.watch.needsHandshake = true;
    config.watch.sees = WatchedDirection::Inward;
    BOOST_TEST(!Faults(config).empty());
}

BOOST_AUTO_TEST_CASE(a_forged_segment_has_the_timestamps_that_its_sender_would_have)
{
    InjectorConfig config;
    config.packet.timestampRule = TimestampRule::Value;
    config.packet.timestamp = 77;
    Rig rig(config);
    rig.Send(999, "", tcp::SYN);
    rig.Send(1000, "RCPT TO:<c@d>\r\n");
    rig.Run();
    BOOST_REQUIRE_EQUAL(rig.arrived.size(), 1U);
    std::string text;
    const TcpSegment forged = rig.SegmentDraft(0, text);
    BOOST_TEST(forged.headerLength == 32);
    BOOST_TEST(forged.options.timestampValue == 77U);
    BOOST_TEST(text == "500 error\r\n");
}

BOOST_AUTO_TEST_SUITE_END()

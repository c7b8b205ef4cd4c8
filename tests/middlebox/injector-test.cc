#include "models/middlebox/injector.h"

#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"

#include <ns3/simulator.h>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::middlebox;

namespace
{

struct Collected : provenance::ActionSink
{
    void Record(const provenance::Action& action) override { actions.push_back(action); }

    std::vector<provenance::Action> actions;
};

constexpr std::uint32_t CLIENT = 0x0A040104;
constexpr std::uint32_t SERVER = 0xCB007150;

/// A path of nine hops of 1 ms with an injector, a client at the near end and nobody at the far
/// one.
struct Rig
{
    explicit Rig(InjectorConfig config = {},
                 IpAddress atNear = Ipv4{CLIENT},
                 IpAddress atFar = Ipv4{SERVER})
        : client(atNear)
        , server(atFar)
        , ledger(&collected)
    {
        path::PathSetup setup;
        setup.name = "line";
        setup.seed = 1;
        setup.hops.resize(9);
        for (std::size_t i = 0; i < setup.hops.size(); ++i)
        {
            setup.hops[i].address = Ipv4{0xC6336401U + static_cast<std::uint32_t>(i)};
            setup.hops[i].delay = Nanoseconds(1000000);
        }
        setup.hops.back().address = server;
        setup.hostAddress = server;
        setup.ledger = &ledger;
        line = path::NetworkPath::Make(path::PathForm::Channel, setup);
        injector = std::make_unique<Injector>("border", config, *line, 1, ledger);
        line->SetHandler(path::PathEnd::Near,
                         [this](const path::WirePacket& p)
                         {
                             arrivedNs.push_back(ns3::Simulator::Now().GetNanoSeconds());
                             arrived.push_back(p);
                         });
        line->SetHandler(path::PathEnd::Far, [this](const path::WirePacket&) { ++passed; });
    }

    ~Rig() { ns3::Simulator::Destroy(); }

    void Send(std::uint32_t sequence, const std::string& text, std::uint8_t flags = tcp::ACK)
    {
        TcpSegment s;
        s.sourcePort = 40000;
        s.destinationPort = 25;
        s.sequence = sequence;
        s.acknowledgment = 5000;
        s.flags = flags;
        s.payload = ViewOf(text);
        path::WirePacket p = path::PacketOf(s, {}, client, server);
        p.payload->AddPacketTag(provenance::OriginTag(ledger.Born(1)));
        p.header.SetTtl(64);
        line->Enter(path::PathEnd::Near, p);
    }

    /// The server says something, with a flow label.
    void Answer(std::uint32_t label)
    {
        TcpSegment s;
        s.sourcePort = 25;
        s.destinationPort = 40000;
        s.sequence = 4990;
        s.acknowledgment = 1000;
        s.flags = tcp::ACK;
        path::WirePacket p = path::PacketOf(s, {}, server, client);
        p.payload->AddPacketTag(provenance::OriginTag(ledger.Born(1)));
        p.header.SetTtl(64);
        p.header.SetFlowLabel(label);
        line->Enter(path::PathEnd::Far, p);
    }

    void Run() { ns3::Simulator::Run(); }

    TcpSegment SegmentDraft(std::size_t i, std::string& text) const
    {
        static std::vector<std::uint8_t> bytes;
        const auto s = *path::ReadSegment(arrived[i], bytes);
        text = s.payload.Text();
        BOOST_TEST(TransportChecksum(server, client, protocol::TCP, {bytes.data(), bytes.size()}) ==
                   0);
        return s;
    }

    IpAddress client;
    IpAddress server;
    Collected collected;
    provenance::Ledger ledger;
    std::unique_ptr<path::NetworkPath> line;
    std::unique_ptr<Injector> injector;
    std::vector<path::WirePacket> arrived;
    std::vector<std::int64_t> arrivedNs;
    int passed = 0;
};

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
    BOOST_TEST(rig.passed == 3);
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
    BOOST_TEST(rig.passed == 3);
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

BOOST_AUTO_TEST_CASE(only_the_pattern_and_only_flows_seen_from_the_start)
{
    InjectorConfig config;
    config.pattern = "@NEPTUNE.";
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
    BOOST_TEST(rig.injector->FlowCount() == 1U);
    rig.Send(1000, "", tcp::FIN | tcp::ACK);
    rig.Run();
    BOOST_TEST(rig.injector->FlowCount() == 0U);
}

BOOST_AUTO_TEST_CASE(a_volley_goes_to_both_sides_and_has_one_cause_a_class)
{
    InjectorConfig config;
    config.trigger = TriggerKind::Line;
    ForgedPacketConfig reset;
    reset.kind = ForgedKind::Reset;
    config.volley = {reset, reset, ForgedPacketConfig{}};
    config.volley[1].toward = ForgedToward::Server;
    config.volley[1].after = Nanoseconds(50000);
    Rig rig(config);
    rig.Send(999, "", tcp::SYN);
    rig.Send(1000, "RCPT TO:<c@d>\r\n");
    rig.Run();
    BOOST_TEST(rig.passed == 3); // the reset towards the server among them
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
    config.trigger = TriggerKind::Segment;
    config.packet.toward = ForgedToward::Server;
    Rig rig(config);
    rig.Send(999, "", tcp::SYN);
    rig.Send(1000, "x\r\n");
    rig.Run();
    BOOST_TEST(rig.collected.actions.size() == 1U);
    BOOST_TEST(rig.passed == 3);
}

BOOST_AUTO_TEST_CASE(a_syn_is_a_trigger_where_the_config_says_so)
{
    InjectorConfig config;
    config.trigger = TriggerKind::Syn;
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
    config.pattern = "@keyword";
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
    config.needsSyn = false;
    Rig rig(config);
    rig.Send(1000, "RCPT TO:<c@d>\r\n");
    rig.Run();
    BOOST_TEST(rig.arrived.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

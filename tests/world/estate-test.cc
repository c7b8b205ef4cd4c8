#include "lab/world/world.h"

#include "formats/packet.h"
#include "lab/scenario/topology.h"
#include "models/provenance/origin-tag.h"
#include "tests/scenario/small-scenario.h"

#include <ns3/simulator.h>

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>
#include <tuple>
#include <utility>

using namespace bouncelab;
using namespace bouncelab::world;

namespace
{

scenario::Scenario
Resolved(const std::string& variant, const std::vector<std::string>& overrides)
{
    const scenario::PersonaLibrary personas(scenario::DATA);
    return scenario::ScenarioFile::Load(tests::SourceDir().string() + "/tests/world/estate.yaml")
        .Resolve(variant, personas, overrides);
}

/// A packet or frame as it passed a place.
struct Passing
{
    std::uint16_t type = ethertype::IPV4;
    MacAddress source;
    MacAddress destination;
    IpAddress from;
    IpAddress to;
    std::uint64_t serial = 0;
    int ttl = 0;
    int id = 0; //!< IPv4 identification.
};

struct Estate
{
    explicit Estate(const std::string& variant, const std::vector<std::string>& overrides = {})
        : Estate(Resolved(variant, overrides))
    {
    }

    explicit Estate(scenario::Scenario built)
        : scenario(std::move(built))
        , world(scenario, 1, ledger, events)
    {
        events.Subscribe(
            [this](const host::Event& event)
            {
                if (const auto* message = event.As<smtp::MessageEvent>())
                {
                    taken.emplace_back(event.place,
                                       message->envelope.recipients.front().path.Mailbox());
                }
                if (const auto* packet = event.As<host::PacketFiltered>())
                {
                    BOOST_TEST(event.place == packet->gateway);
                    const bool passed = packet->action == path::FilterAction::Accept;
                    (passed ? accepted : filtered).push_back(*packet);
                    (passed ? opened : rules).emplace_back(packet->rule);
                }
            });
    }

    void Watch(const std::string& place)
    {
        std::vector<Passing>& passed = seen[place];
        const auto note = [&passed](Passing passing, const path::WirePacket& packet)
        {
            passing.from = packet.header.GetSource();
            passing.to = packet.header.GetDestination();
            passing.serial = provenance::OriginOf(packet.payload).serial;
            passing.ttl = packet.header.GetTtl();
            passing.id = packet.header.GetIdentification();
            passed.push_back(passing);
        };
        world.Observe(
            place,
            scenario::StationSide::Site,
            [note](path::Direction, const path::WirePacket& packet) { note(Passing(), packet); },
            [note](const path::EthernetFrame& frame, bool)
            {
                Passing passing;
                passing.type = frame.type;
                passing.source = frame.source;
                passing.destination = frame.destination;
                note(passing, frame.packet);
            });
    }

    bool Saw(const std::string& place, const char* address) const
    {
        const Ipv4 wanted = *Ipv4::Parse(address);
        const std::vector<Passing>& passed = seen.at(place);
        return std::any_of(passed.begin(),
                           passed.end(),
                           [wanted](const Passing& p)
                           { return p.from == wanted || p.to == wanted; });
    }

    using Taken = std::vector<std::pair<std::string, std::string>>;

    provenance::Ledger ledger;
    host::EventStream events;
    scenario::Scenario scenario;
    World world;
    Taken taken; //!< Host and recipient of each message that a server took.
    std::vector<host::PacketFiltered> filtered;
    std::vector<std::string> rules; //!< By which they were stopped.
    std::vector<host::PacketFiltered> accepted;
    std::vector<std::string> opened; //!< By which rules they were accepted.
    std::map<std::string, std::vector<Passing>> seen;
};

} // namespace

BOOST_AUTO_TEST_SUITE(estate)

BOOST_AUTO_TEST_CASE(what_outside_hosts_say_to_one_another_does_not_pass_the_site)
{
    Estate estate("outside");
    for (const char* place : {"firewall-outside", "firewall-inside", "internet-core", "lan"})
    {
        estate.Watch(place);
    }
    estate.world.Run();
    BOOST_TEST((estate.taken == Estate::Taken{{"west", "c@west.example"}}));
    BOOST_TEST(estate.seen["firewall-outside"].empty());
    BOOST_TEST(estate.seen["firewall-inside"].empty());
    BOOST_TEST(estate.seen["lan"].empty());
    BOOST_TEST(estate.Saw("internet-core", "203.0.113.25"));
}

BOOST_AUTO_TEST_CASE(a_mirror_port_shows_each_frame_of_the_lan_once_and_arp_comes_first)
{
    Estate estate("out");
    estate.Watch("lan");
    estate.Watch("firewall-outside");
    estate.world.Run();
    BOOST_TEST((estate.taken == Estate::Taken{{"east", "b@east.example"}}));
    // Of a conversation the first packet is told.
    BOOST_TEST((estate.opened == std::vector<std::string>{"mail-by-exchange"}));
    BOOST_TEST(estate.accepted.front().source.ToString() == "192.168.1.10");
    BOOST_TEST(estate.accepted.front().destinationPort == 25);
    const std::vector<Passing>& frames = estate.seen["lan"];
    BOOST_REQUIRE(frames.size() > 10U);
    const MacAddress broadcast = *MacAddress::Parse("ff:ff:ff:ff:ff:ff");
    BOOST_TEST(frames[0].type == ethertype::ARP);
    BOOST_TEST((frames[0].destination == broadcast));
    BOOST_TEST(frames[1].type == ethertype::ARP);
    BOOST_TEST((frames[1].destination == frames[0].source));
    BOOST_TEST(frames[0].source.ToString().substr(0, 8) == "00:11:0a"); // Hewlett-Packard
    BOOST_TEST(frames[1].source.ToString().substr(0, 8) == "00:06:b1"); // SonicWALL
    std::set<std::uint64_t> serials;
    for (const Passing& frame : frames)
    {
        BOOST_TEST(serials.insert(frame.serial).second);
        BOOST_TEST((frame.type == ethertype::IPV4) == (&frame > &frames[1]));
    }
    BOOST_TEST(estate.Saw("lan", "192.168.1.10"));
    // The same packets outside, under the public address.
    BOOST_TEST(estate.seen["firewall-outside"].size() == frames.size() - 2);
    BOOST_TEST(estate.Saw("firewall-outside", "198.51.100.2"));
    BOOST_TEST(!estate.Saw("firewall-outside", "192.168.1.10"));
}

BOOST_AUTO_TEST_CASE(a_host_on_a_network_sees_its_own_frames_and_broadcasts)
{
    Estate estate("out");
    estate.Watch("exchange");
    estate.Watch("dc");
    estate.Watch("firewall-inside");
    estate.world.Run();
    BOOST_TEST(estate.seen["exchange"].size() == estate.seen["firewall-inside"].size());
    BOOST_REQUIRE(estate.seen["dc"].size() == 1U);
    BOOST_TEST(estate.seen["dc"][0].type == ethertype::ARP);
}

BOOST_AUTO_TEST_CASE(mail_comes_in_through_a_forwarded_port)
{
    Estate estate("into-the-site");
    estate.Watch("firewall-inside");
    estate.world.Run();
    BOOST_TEST((estate.taken == Estate::Taken{{"exchange", "a@site.example"}}));
    BOOST_TEST((estate.opened == std::vector<std::string>{""}));
    BOOST_TEST((estate.accepted.front().direction == path::FilterDirection::Inbound));
    BOOST_TEST(estate.Saw("firewall-inside", "203.0.113.80"));
}

BOOST_AUTO_TEST_CASE(two_sites_with_a_gateway_each_exchange_mail)
{
    Estate estate("sites");
    estate.Watch("firewall-outside");
    estate.Watch("branch");
    estate.world.Run();
    BOOST_TEST((estate.taken == Estate::Taken{{"exchange", "a@site.example"}}));
    BOOST_TEST(estate.Saw("firewall-outside", "198.51.100.6"));
    BOOST_TEST(!estate.Saw("firewall-outside", "192.168.2.10"));
    BOOST_TEST(estate.Saw("branch", "192.168.2.10"));
}

BOOST_AUTO_TEST_CASE(a_gateway_sends_mail_of_its_own_from_the_address_on_the_way)
{
    Estate estate("firewall-mail");
    estate.Watch("firewall-outside");
    estate.Watch("lan");
    estate.Watch("firewall");
    estate.world.Run();
    BOOST_TEST((estate.taken ==
                Estate::Taken{{"east", "b@east.example"}, {"exchange", "a@site.example"}}));
    BOOST_TEST(estate.filtered.empty());
    BOOST_TEST(estate.accepted.empty());
    BOOST_TEST(estate.Saw("firewall-outside", "198.51.100.2"));
    BOOST_TEST(estate.Saw("lan", "192.168.1.1"));
    BOOST_TEST(!estate.Saw("lan", "198.51.100.2"));
    BOOST_TEST(estate.Saw("firewall", "203.0.113.25"));
    BOOST_TEST(estate.Saw("firewall", "192.168.1.10"));
}

BOOST_AUTO_TEST_CASE(what_a_rule_drops_is_told)
{
    Estate estate("desk-mail");
    estate.Watch("firewall-outside");
    estate.world.Run();
    BOOST_TEST(estate.seen["firewall-outside"].empty());
    // The SYN, and what of it is repeated in a minute.
    BOOST_REQUIRE(estate.filtered.size() > 1U);
    const host::PacketFiltered& first = estate.filtered.front();
    BOOST_TEST(estate.rules.front() == "no-other-mail");
    BOOST_TEST((first.action == path::FilterAction::Drop));
    BOOST_TEST((first.direction == path::FilterDirection::Outbound));
    BOOST_TEST(int(first.protocol) == 6);
    BOOST_TEST(first.source.ToString() == "192.168.1.12");
    BOOST_TEST(first.destination.ToString() == "203.0.113.25");
    BOOST_TEST(first.destinationPort == 25);
    BOOST_TEST(first.sourcePort >= 1024);
    BOOST_TEST(first.bytes >= 40U);
}

BOOST_AUTO_TEST_CASE(what_a_rule_rejects_is_answered_and_not_repeated)
{
    Estate estate("desk-mail", {"gateways.firewall.filter.2.action=reject"});
    estate.Watch("desk");
    estate.world.Run();
    BOOST_TEST(estate.filtered.size() == 1U);
    // Request, answer, SYN, and a reset in the server's name.
    BOOST_REQUIRE(estate.seen["desk"].size() == 4U);
    BOOST_TEST(estate.seen["desk"][3].from.ToString() == "203.0.113.25");
}

BOOST_AUTO_TEST_CASE(what_a_filter_says_in_anothers_name_looks_as_its_state_says)
{
    const auto reset = [](const std::vector<std::string>& overrides)
    {
        std::vector<std::string> all = overrides;
        all.emplace_back("gateways.firewall.filter.2.action=reject");
        Estate estate("desk-mail", all);
        estate.Watch("desk");
        estate.world.Run();
        BOOST_REQUIRE(estate.seen["desk"].size() == 4U);
        return std::pair(estate.seen["desk"][3].ttl, estate.seen["desk"][3].id);
    };
    BOOST_TEST((reset({}) == std::pair(255, 0)));
    const auto [ttl, id] =
        reset({"gateways.firewall.filter-state={reset-ttl: 64, numbers-resets: true}"});
    BOOST_TEST(ttl == 64);
    BOOST_TEST(id != 0);
}

BOOST_AUTO_TEST_CASE(a_route_by_hand_wins_over_the_shorter_way)
{
    for (const auto& [variant, over] : {std::pair("out", false), std::pair("by-hand", true)})
    {
        Estate estate(variant);
        estate.Watch("branch-router-outside");
        estate.world.Run();
        BOOST_TEST((estate.taken == Estate::Taken{{"east", "b@east.example"}}));
        BOOST_TEST(!estate.seen["branch-router-outside"].empty() == over);
    }
}

BOOST_AUTO_TEST_CASE(a_host_is_found_at_each_of_its_interfaces_by_who_is_near_it)
{
    for (const auto& [sender, place, address] : {std::tuple("exchange", "lan", "192.168.1.20"),
                                                 std::tuple("away", "branch", "192.168.2.20"),
                                                 std::tuple("east", "gate-modem", "198.51.100.40")})
    {
        Estate estate("two-legs",
                      {std::string("mail.messages.to-gate={from: a@site.example, to: "
                                   "g@gate.example, at: 1 s, via: ") +
                       sender + "}"});
        for (const char* watched : {"gate", "lan", "gate-back", "branch", "gate-modem"})
        {
            estate.Watch(watched);
        }
        estate.world.Run();
        BOOST_TEST((estate.taken == Estate::Taken{{"gate", "g@gate.example"}}), sender);
        for (const char* watched : {"lan", "branch", "gate-modem"})
        {
            BOOST_TEST(estate.Saw(watched, address) == (std::string(watched) == place), sender);
        }
        BOOST_TEST(estate.Saw("gate", address) == (std::string(place) == "lan"));
        BOOST_TEST(estate.Saw("gate-back", address) == (std::string(place) == "branch"));
    }
}

BOOST_AUTO_TEST_CASE(a_host_speaks_from_the_interface_by_which_its_packets_leave)
{
    Estate estate("two-legs",
                  {"mail.messages.out={from: g@gate.example, to: c@west.example, at: 1 s, "
                   "via: gate}",
                   "hosts.gate.resolver.servers=[192.168.2.53]"});
    for (const char* watched : {"lan", "gate-back", "gate-modem"})
    {
        estate.Watch(watched);
    }
    estate.world.Run();
    BOOST_TEST((estate.taken == Estate::Taken{{"west", "c@west.example"}}));
    BOOST_TEST(estate.seen["lan"].empty());
    BOOST_TEST(estate.Saw("gate-back", "192.168.2.20"));
    BOOST_TEST(estate.Saw("gate-back", "192.168.2.53"));
    BOOST_TEST(estate.Saw("gate-modem", "198.51.100.40"));
    BOOST_TEST(!estate.Saw("gate-modem", "192.168.1.20"));
}

BOOST_AUTO_TEST_CASE(a_host_with_several_interfaces_forwards_nothing)
{
    const scenario::Topology topology = scenario::TopologyOf(Resolved("two-legs", {}));
    const IpAddress away = *IpAddress::Parse("192.168.2.10");
    BOOST_TEST(topology.RoutesFrom("gate").count(away) == 1U);
    BOOST_TEST(topology.RoutesFrom("desk").count(away) == 0U);
    BOOST_TEST(topology.RoutesFrom("desk").count(*IpAddress::Parse("192.168.1.20")) == 1U);
    BOOST_TEST(topology.RoutesFrom("desk").count(*IpAddress::Parse("192.168.2.20")) == 0U);

    scenario::Scenario mistaken =
        Resolved("two-legs", {"telnets={try: {from: desk, address: 192.168.1.20, at: 1 s}}"});
    mistaken.gateways.at("firewall").routes["192.168.2.10"] = "gate";
    mistaken.programs.telnets.at("try").address = away;
    Estate estate(mistaken);
    estate.Watch("gate");
    estate.Watch("branch");
    estate.world.Run();
    BOOST_TEST(estate.Saw("gate", "192.168.2.10"));
    BOOST_TEST(!estate.Saw("branch", "192.168.1.12"));
}

BOOST_AUTO_TEST_CASE(quiet_machines_cost_nothing_however_long_a_run_is)
{
    std::vector<std::uint64_t> counts;
    for (const char* duration : {"duration=1 s", "duration=21 d"})
    {
        Estate estate("many", {duration});
        BOOST_TEST(estate.scenario.hosts.size() == 117U);
        estate.world.Run();
        counts.push_back(ns3::Simulator::GetEventCount());
    }
    BOOST_TEST(counts[0] == counts[1]);
}

BOOST_AUTO_TEST_CASE(numbered_machines_have_addresses_and_names_in_a_row)
{
    const scenario::Scenario many = Resolved("many", {});
    BOOST_TEST(many.hosts.at("workstation-1").address.ToString() == "192.168.1.50");
    BOOST_TEST(many.hosts.at("workstation-110").address.ToString() == "192.168.1.159");
    BOOST_TEST(many.hosts.at("workstation-110").hostname == "ws-110.site.example");
    BOOST_TEST(many.hosts.count("workstation") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

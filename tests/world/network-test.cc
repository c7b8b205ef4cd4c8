#include "lab/world/network.h"

#include "lab/world/world.h"
#include "models/path/tcp-packet.h"
#include "models/provenance/sim-now.h"
#include "tests/scenario/small-scenario.h"

#include <ns3/simulator.h>

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::world;

namespace
{

/// The network of the small scenario with these overrides.
struct SmallNetwork
{
    explicit SmallNetwork(const std::vector<std::string>& overrides = {})
        : scenario(scenario::ResolveSmall("control", overrides))
        , network(scenario, 1, ledger, events, {})
    {
    }

    ~SmallNetwork() { ns3::Simulator::Destroy(); }

    provenance::Ledger ledger;
    host::EventStream events;
    scenario::Scenario scenario;
    Network network;
};

/// What reaches the mail host of a device's reply: when, and with which TTL.
std::vector<std::pair<SimTime, int>>
Forgeries(std::vector<std::string> overrides, const char* form)
{
    overrides.push_back(std::string("path-form=") + form);
    const scenario::Scenario scenario = scenario::ResolveSmall("fault", overrides);
    provenance::Ledger ledger;
    host::EventStream events;
    World world(scenario, 1, ledger, events);
    std::vector<std::pair<SimTime, int>> seen;
    world.Observe("mail-host",
                  scenario::StationSide::Site,
                  [&seen](path::Direction direction, const path::WirePacket& packet)
                  {
                      const std::vector<std::uint8_t> octets = path::OctetsOf(*packet.payload);
                      const std::string text(octets.begin(), octets.end());
                      if (direction == path::Direction::Inbound &&
                          text.find("500 error") != text.npos)
                      {
                          seen.emplace_back(SimNow(), packet.header.GetTtl());
                      }
                  },
                  {});
    world.Run();
    return seen;
}

} // namespace

BOOST_AUTO_TEST_SUITE(network)

BOOST_AUTO_TEST_CASE(an_injector_stands_on_a_path_on_the_way_to_a_station_or_inside)
{
    const std::vector<std::string> behindStation{
        "stations={border: {hops: [{address: 192.0.2.8, delay: 1 ms}, {address: 192.0.2.9, delay: "
        "2 ms}]}}",
        "paths.japan.from=border",
        "injectors.device.path=border"};
    for (const auto& overrides :
         {std::vector<std::string>{},
          behindStation,
          std::vector<std::string>{"injectors.device.path=inside", "injectors.device.at-hop=1"}})
    {
        const auto forged = Forgeries(overrides, "channel");
        BOOST_TEST(!forged.empty());
        BOOST_TEST((forged == Forgeries(overrides, "routers")));
    }
}

BOOST_AUTO_TEST_CASE(a_hosts_clock_is_ahead_by_its_offset_and_local_by_the_sites_zone)
{
    SmallNetwork small({"hosts.mail-host.clock-offset=10 s",
                        "hosts.japan.clock-offset=-3 s",
                        "site.utc-offset=8 h"});
    // 2006-09-26T06:44:52Z
    BOOST_TEST(small.network.ClockOf("mail-host").ReadSeconds(SimTime{}) == 1159253092 + 10);
    BOOST_TEST(small.network.ClockOf("japan").ReadSeconds(SimTime{}) == 1159253092 - 3);
    BOOST_TEST(small.network.ClockOf("japan").ReadSeconds(SimTime(std::chrono::seconds(5))) ==
               1159253092 + 2);
    const HostClock clock = small.network.ClockOf("mail-host");
    const CivilTime local = clock.Local(clock.Read(SimTime{}));
    BOOST_TEST(local.hour == 14);
    BOOST_TEST(local.minute == 45);
    BOOST_TEST(local.second == 2);
}

BOOST_AUTO_TEST_CASE(a_scale_stretches_the_delays_of_its_path)
{
    SmallNetwork plain;
    SmallNetwork scaled({"paths.japan.delay-scale=2.5"});
    const auto& before = plain.network.FindPath("japan").Setup().hops;
    const auto& after = scaled.network.FindPath("japan").Setup().hops;
    BOOST_REQUIRE_EQUAL(before.size(), after.size());
    for (std::size_t i = 0; i < before.size(); ++i)
    {
        BOOST_TEST(after[i].delay.count() * 2 == before[i].delay.count() * 5);
    }
}

BOOST_AUTO_TEST_CASE(names_and_exchangers_are_the_scenarios)
{
    SmallNetwork small({"hosts.japan.reverse-name=mail.isp.example"});
    BOOST_TEST(small.network.ReverseNameOf(*Ipv4::Parse("203.0.113.80")) == "mail.isp.example");
    BOOST_TEST(small.network.ReverseNameOf(*Ipv4::Parse("203.0.113.81")) == "");
    BOOST_TEST(small.network.ExchangerFor("mail-host", "example.jp")->ToString() == "203.0.113.80");
    BOOST_TEST(!small.network.ExchangerFor("mail-host", "example.org"));
}

BOOST_AUTO_TEST_SUITE_END()

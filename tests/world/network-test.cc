#include "lab/world/network.h"

#include "tests/scenario/small-scenario.h"

#include <ns3/simulator.h>

#include <boost/test/unit_test.hpp>

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

} // namespace

BOOST_AUTO_TEST_SUITE(network)

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

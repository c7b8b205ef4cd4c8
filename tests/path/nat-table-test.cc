#include "models/path/nat-table.h"
#include "tests/draw-sequence.h"

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>
#include <tuple>

using namespace bouncelab;
using namespace bouncelab::path;

namespace
{

constexpr std::uint8_t Tcp = 6;
constexpr std::uint8_t Udp = 17;
const Endpoint Inside{Ipv4{0x0A010104}, 4000};
const Endpoint Remote{Ipv4{0xCB00710A}, 25};

NatConfig
SmallPool()
{
    NatConfig config;
    config.firstPort = 50000;
    config.lastPort = 50003;
    return config;
}

} // namespace

BOOST_AUTO_TEST_SUITE(nat_table)

BOOST_AUTO_TEST_CASE(live_flows_are_a_bijection_whatever_comes)
{
    for (std::uint64_t seed = 1; seed <= 60; ++seed)
    {
        tests::DrawSequence draws(seed, "nat");
        NatConfig config = SmallPool();
        config.portChoice = static_cast<PortChoice>(draws.Below(3));
        config.lastPort = static_cast<std::uint16_t>(50000 + draws.Below(20));
        config.maximumFlows = static_cast<std::uint32_t>(draws.Between(1, 60));
        config.tcpTransitoryTimeout = config.udpTimeout = Nanoseconds(500);
        config.tcpTimeout = Nanoseconds(3000);
        NatTable table(config, seed, "nat");
        std::map<std::tuple<int, int, int>, std::uint16_t> shown;
        std::int64_t now = 0;
        for (int i = 0; i < 2000; ++i)
        {
            now += draws.Between(0, 40);
            const std::uint8_t protocol = draws.Chance(700000) ? Tcp : Udp;
            const Endpoint inside{Ipv4{0x0A010100 + static_cast<std::uint32_t>(draws.Below(4))},
                                  static_cast<std::uint16_t>(50000 + draws.Below(6))};
            const Endpoint remote{Ipv4{0xCB007100 + static_cast<std::uint32_t>(draws.Below(3))},
                                  static_cast<std::uint16_t>(25 + draws.Below(2))};
            NatFlow* flow = table.FindInside(protocol, inside, remote, now);
            if (!flow)
            {
                flow = table.Open(protocol, inside, remote, 0, now);
            }
            if (flow)
            {
                const std::uint16_t port = flow->publicPort;
                if (protocol == Tcp)
                {
                    table.NoteTcp(*flow,
                                  draws.Chance(500000) ? Direction::Outbound : Direction::Inbound,
                                  static_cast<std::uint8_t>(draws.Below(8)));
                }
                const NatFlow* back = table.FindPublic(protocol, port, remote, now);
                BOOST_REQUIRE(back);
                BOOST_REQUIRE((back->inside == inside));
            }
            std::set<std::tuple<int, std::uint32_t, int, int>> publicSides;
            for (const NatFlow& live : table.Live(now))
            {
                BOOST_REQUIRE(publicSides
                                  .insert({live.protocol,
                                           live.remote.address.AsIpv4().value,
                                           live.remote.port,
                                           live.publicPort})
                                  .second);
                BOOST_REQUIRE(now - live.usedNs < 3000);
            }
            BOOST_REQUIRE(publicSides.size() == table.Size());
            BOOST_REQUIRE(table.Size() <= config.maximumFlows);
        }
    }
}

BOOST_AUTO_TEST_CASE(ports_are_chosen_as_configured)
{
    NatConfig config = SmallPool();
    NatTable keep(config, 1, "nat");
    BOOST_TEST(keep.Open(Tcp, Inside, Remote, 0, 0)->publicPort == 4000);
    const Endpoint twin{Ipv4{0x0A010105}, 4000};
    BOOST_TEST(keep.Open(Tcp, twin, Remote, 0, 0)->publicPort >= 50000);
    config.portChoice = PortChoice::Sequential;
    NatTable inOrder(config, 1, "nat");
    inOrder.Reserve(Tcp, 50001);
    for (const std::uint16_t expected : {50000, 50002, 50003})
    {
        const Endpoint host{Ipv4{0x0A020000U + expected}, 4000};
        BOOST_TEST(inOrder.Open(Tcp, host, Remote, 0, 0)->publicPort == expected);
    }
    BOOST_TEST(!inOrder.Open(Tcp, Inside, Remote, 0, 0)); // the pool is empty
    const Endpoint elsewhere{Remote.address, 26};
    BOOST_TEST(inOrder.Open(Tcp, Inside, elsewhere, 0, 0)); // not for another remote end
}

BOOST_AUTO_TEST_CASE(a_tcp_flow_lives_as_long_as_its_state_allows)
{
    NatConfig config;
    const std::int64_t transitory = config.tcpTransitoryTimeout.count();
    NatTable table(config, 1, "nat");
    NatFlow* flow = table.Open(Tcp, Inside, Remote, 0, 0);
    table.NoteTcp(*flow, Direction::Outbound, 2);
    BOOST_TEST(!table.FindInside(Tcp, Inside, Remote, transitory));

    flow = table.Open(Tcp, Inside, Remote, 0, transitory);
    table.NoteTcp(*flow, Direction::Outbound, 2);
    table.NoteTcp(*flow, Direction::Inbound, 2 | 16);
    std::int64_t now = transitory + config.tcpTimeout.count() - 1;
    flow = table.FindInside(Tcp, Inside, Remote, now);
    BOOST_REQUIRE(flow);
    table.NoteTcp(*flow, Direction::Outbound, 1 | 16);
    BOOST_REQUIRE(table.FindInside(Tcp, Inside, Remote, now += transitory)); // half closed
    table.NoteTcp(*table.FindInside(Tcp, Inside, Remote, now), Direction::Inbound, 1 | 16);
    BOOST_TEST(table.FindInside(Tcp, Inside, Remote, now + transitory - 1));
    BOOST_TEST(!table.FindInside(Tcp, Inside, Remote, now + 2 * transitory));
    BOOST_TEST(table.Size() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

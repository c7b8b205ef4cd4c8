#include "models/path/gateway.h"
#include "models/path/hop-line.h"
#include "models/path/router-chain.h"
#include "models/provenance/origin-tag.h"
#include "tests/path/path-rig.h"

#include <ns3/simulator.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace bouncelab;
using namespace bouncelab::path;

namespace
{

struct Taped
{
    std::vector<std::string> records;
    PathCounts chain;
};

/// Random flows between the mail host and two servers, an injector on each chain, in one form.
Taped
RunRandomWorld(PathForm form, std::uint64_t seed)
{
    Taped taped;
    Tape tape;
    provenance::Ledger ledger;
    RandomStream shape(seed, "shape");
    const bool lossy = shape.Chance(500000);
    std::vector<HopConfig> inside = RandomHops(shape, 2, lossy);
    inside.front().address = Ipv4{GatewayInside.value + 1};
    inside.back().address = GatewayInside;
    Gateway gateway({"gateway", seed, form, MailHost, inside, GatewayOutside, &ledger});

    const auto mail = ledger.RegisterActor("mail-host");
    const auto injector = ledger.RegisterActor("injector");
    std::vector<Ipv4> servers;
    for (std::uint32_t s = 0; s < 2; ++s)
    {
        const auto count = 2 + static_cast<std::uint32_t>(shape.Below(14));
        auto hops = RandomHops(shape, count, lossy);
        const Ipv4 server{Server.value + s};
        hops.back().address = server;
        servers.push_back(server);
        Path& chain = gateway.AddServer("server-" + std::to_string(s), hops);
        const WireHandler write = tape.Handler("server-" + std::to_string(s));
        chain.SetHandler(End::Far,
                         [&, write, server](const WirePacket& packet)
                         {
                             write(packet);
                             const Ipv4 peer{packet.header.GetSource().Get()};
                             if (packet.header.GetProtocol() == 6)
                             {
                                 chain.Enter(End::Far,
                                             MakePacket(ledger, mail, server, peer, 6, 200, 64));
                             }
                         });
        const auto at = 1 + static_cast<std::uint32_t>(shape.Below(count));
        RandomStream moods(seed, "injector-" + std::to_string(s));
        chain.ObserveAt(at, tape.Observer("tap-" + std::to_string(s)));
        chain.ObserveAt(
            at,
            [&, at, server, moods](Heading heading, const WirePacket& packet) mutable
            {
                if (heading == Heading::Inward || packet.header.GetProtocol() != 6 ||
                    moods.Chance(500000))
                {
                    return;
                }
                const bool spoofClient = moods.Chance(300000);
                const auto ttl =
                    static_cast<std::uint8_t>(moods.Chance(500000) ? 64 : 1 + moods.Below(9));
                const Heading way = spoofClient ? Heading::Outward : Heading::Inward;
                const auto forge = [&, at, way, spoofClient, server, ttl]
                {
                    chain.InsertAt(at,
                                   way,
                                   MakePacket(ledger,
                                              injector,
                                              spoofClient ? MailHost : server,
                                              spoofClient ? server : MailHost,
                                              6,
                                              31,
                                              ttl));
                };
                if (moods.Chance(300000))
                {
                    forge();
                }
                else
                {
                    ns3::Simulator::Schedule(ns3::NanoSeconds(moods.Between(0, 4000000)), forge);
                }
            });
    }
    gateway.ObserveInside(tape.Observer("gateway-inside"));
    gateway.AddLocalHandler(tape.Handler("gateway"));
    gateway.Inside().SetHandler(End::Near, tape.Handler("mail-host"));

    RandomStream traffic(seed, "traffic");
    for (int i = 0; i < 120; ++i)
    {
        const auto at = ns3::NanoSeconds(traffic.Between(0, 80000000));
        const Ipv4 server = servers[traffic.Below(2)];
        const bool outward = traffic.Chance(600000);
        const auto protocol = static_cast<std::uint8_t>(traffic.Chance(600000)   ? 6
                                                        : traffic.Chance(800000) ? 17
                                                                                 : 1);
        const auto ttl =
            static_cast<std::uint8_t>(traffic.Chance(600000) ? 64 : 1 + traffic.Below(17));
        const auto bytes = static_cast<std::uint32_t>(8 + traffic.Below(1200));
        const bool fromGateway = traffic.Chance(200000);
        const bool fragment = traffic.Chance(50000);
        ns3::Simulator::Schedule(at,
                                 [&, server, outward, protocol, ttl, bytes, fromGateway, fragment]
                                 {
                                     const Ipv4 local = fromGateway ? GatewayOutside : MailHost;
                                     WirePacket packet = MakePacket(ledger,
                                                                    mail,
                                                                    outward ? local : server,
                                                                    outward ? server : local,
                                                                    protocol,
                                                                    bytes,
                                                                    ttl);
                                     if (fragment)
                                     {
                                         packet.header.SetFragmentOffset(1480);
                                     }
                                     if (!outward)
                                     {
                                         gateway.ChainTo(server)->Enter(End::Far, packet);
                                     }
                                     else if (fromGateway)
                                     {
                                         gateway.Send(packet);
                                     }
                                     else
                                     {
                                         gateway.Inside().Enter(End::Near, packet);
                                     }
                                 });
    }
    ns3::Simulator::Run();
    for (const Ipv4 server : servers)
    {
        const PathCounts& counts = gateway.ChainTo(server)->Counts();
        BOOST_TEST(counts.InFlight() == 0);
        taped.chain.icmp += counts.icmp;
        taped.chain.lost += counts.lost;
        taped.chain.expired += counts.expired;
        taped.chain.inserted += counts.inserted;
        taped.chain.delivered += counts.delivered;
    }
    ns3::Simulator::Destroy();
    taped.records = tape.Records();
    return taped;
}

} // namespace

BOOST_AUTO_TEST_SUITE(form_identity)

BOOST_AUTO_TEST_CASE(random_worlds_are_the_same_bytes_in_both_forms)
{
    EnableChecksums();
    PathCounts sum;
    for (std::uint64_t seed = 1; seed <= 60; ++seed)
    {
        const Taped channel = RunRandomWorld(PathForm::Channel, seed);
        const Taped routers = RunRandomWorld(PathForm::Routers, seed);
        BOOST_TEST(channel.chain.icmp == routers.chain.icmp);
        BOOST_TEST(channel.chain.lost == routers.chain.lost);
        BOOST_TEST(channel.chain.expired == routers.chain.expired);
        const auto common = std::min(channel.records.size(), routers.records.size());
        for (std::size_t i = 0; i < common; ++i)
        {
            BOOST_REQUIRE_MESSAGE(channel.records[i] == routers.records[i],
                                  "seed " << seed << " record " << i << "\nchannel "
                                          << channel.records[i] << "\nrouters "
                                          << routers.records[i]);
        }
        BOOST_REQUIRE(channel.records.size() == routers.records.size());
        sum.icmp += channel.chain.icmp;
        sum.lost += channel.chain.lost;
        sum.expired += channel.chain.expired;
        sum.inserted += channel.chain.inserted;
    }
    // The worlds were eventful enough to tell the forms apart.
    BOOST_TEST(sum.icmp > 500);
    BOOST_TEST(sum.lost > 50);
    BOOST_TEST(sum.expired > sum.icmp);
    BOOST_TEST(sum.inserted > 500);
}

BOOST_AUTO_TEST_SUITE_END()

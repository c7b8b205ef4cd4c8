#include "models/path/hop-line.h"
#include "models/provenance/origin-tag.h"
#include "tests/draw-sequence.h"
#include "tests/path/naive-line.h"
#include "tests/path/path-rig.h"

#include <ns3/simulator.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>

using namespace bouncelab;
using namespace bouncelab::path;

namespace
{

constexpr std::uint8_t Icmp = 1; // nobody answers about it

std::vector<LinkModel>
Links(const PathSetup& setup, Direction direction)
{
    auto links = MakeLinks(setup.seed, setup.name, direction, setup.hops);
    if (direction == Direction::Inbound)
    {
        std::reverse(links.begin(), links.end());
    }
    return links;
}

struct Arrived
{
    std::int64_t timeNs;
    int ttl;
    std::size_t order;
};

/// A line, random births on it, and the naive line's answer to the same.
struct LineComparison
{
    explicit LineComparison(std::uint64_t seed)
        : draws(seed, "hop-line-test")
        , hops(1 + static_cast<std::uint32_t>(draws.Below(17)))
        , setup{"line", seed, RandomHops(draws, hops, true), Server, PathEnd::Far, &ledger}
        , line(setup)
    {
        for (const PathEnd end : {PathEnd::Near, PathEnd::Far})
        {
            line.SetHandler(end,
                            [this](const WirePacket& packet)
                            {
                                const auto order = arrived.size();
                                arrived[provenance::OriginOf(packet.payload).serial] = {
                                    ns3::Simulator::Now().GetNanoSeconds(),
                                    packet.header.GetTtl(),
                                    order};
                            });
        }
        for (std::uint32_t hop = 1; hop <= hops; ++hop)
        {
            if (draws.Chance(150000))
            {
                line.ObserveAt(hop, [](Direction, const WirePacket&) {});
            }
        }
    }

    void Run(std::size_t packets, std::int64_t spanNs)
    {
        std::vector<std::int64_t> times(packets);
        for (auto& time : times)
        {
            time = draws.Between(0, spanNs);
        }
        std::sort(times.begin(), times.end());
        for (const std::int64_t time : times)
        {
            ns3::Simulator::Schedule(ns3::NanoSeconds(time), [this] { Birth(); });
        }
        ns3::Simulator::Run();
        ns3::Simulator::Destroy();
    }

    void Birth()
    {
        const auto direction = draws.Chance(500000) ? Direction::Outbound : Direction::Inbound;
        const bool outbound = direction == Direction::Outbound;
        const auto ttl = static_cast<std::uint8_t>(draws.Chance(700000) ? 64 : 1 + draws.Below(20));
        const WirePacket packet = MakePacket(ledger,
                                             1,
                                             outbound ? MailHost : Server,
                                             outbound ? Server : MailHost,
                                             Icmp,
                                             static_cast<std::uint32_t>(draws.Below(1400)),
                                             ttl);
        NaiveBirth birth;
        birth.timeNs = ns3::Simulator::Now().GetNanoSeconds();
        birth.serial = provenance::OriginOf(packet.payload).serial;
        birth.bytes = packet.payload->GetSize() + 20;
        if (draws.Chance(500000))
        {
            birth.ttlBase = ttl + 1;
            line.Enter(outbound ? PathEnd::Near : PathEnd::Far, packet);
        }
        else
        {
            const auto hop = 1 + static_cast<std::uint32_t>(draws.Below(hops));
            birth.position = outbound ? hop : hops - hop;
            birth.ttlBase = ttl + birth.position + (outbound ? 0 : 1);
            line.InsertAt(hop, direction, packet);
        }
        births[outbound ? 0 : 1].push_back(birth);
    }

    tests::DrawSequence draws;
    provenance::Ledger ledger;
    std::uint32_t hops;
    PathSetup setup;
    HopLine line;
    std::map<std::uint64_t, Arrived> arrived; //!< By serial.
    std::vector<NaiveBirth> births[2];
};

} // namespace

BOOST_AUTO_TEST_SUITE(hop_line)

BOOST_AUTO_TEST_CASE(matches_one_event_a_hop)
{
    std::size_t contested = 0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed)
    {
        LineComparison comparison(seed);
        // Dense traffic: queues build up, and insertions meet reservations.
        comparison.Run(200, comparison.draws.Between(1000000, 60000000));
        std::uint64_t delivered = 0;
        std::uint64_t expired = 0;
        std::uint64_t lost = 0;
        for (const Direction direction : {Direction::Outbound, Direction::Inbound})
        {
            const auto& births = comparison.births[static_cast<int>(direction)];
            const auto ends = RunNaiveLine(Links(comparison.setup, direction), births);
            std::map<std::size_t, std::size_t> order; // the naive line's to ours
            for (std::size_t i = 0; i < births.size(); ++i)
            {
                const auto found = comparison.arrived.find(births[i].serial);
                BOOST_TEST((ends[i].ending == 'A') == (found != comparison.arrived.end()));
                expired += ends[i].ending == 'X';
                lost += ends[i].ending == 'L';
                if (ends[i].ending == 'A')
                {
                    ++delivered;
                    BOOST_TEST_REQUIRE(found->second.timeNs == ends[i].timeNs,
                                       "seed " << seed << " packet " << births[i].serial);
                    BOOST_TEST(found->second.ttl == births[i].ttlBase - comparison.hops);
                    order.emplace(ends[i].order, found->second.order);
                }
                contested += births[i].position > 0;
            }
            BOOST_TEST(std::is_sorted(order.begin(),
                                      order.end(),
                                      [](const auto& a, const auto& b)
                                      { return a.second < b.second; }));
        }
        BOOST_TEST(comparison.line.Counts().delivered == delivered);
        BOOST_TEST(comparison.line.Counts().expired == expired);
        BOOST_TEST(comparison.line.Counts().lost == lost);
        BOOST_TEST(comparison.line.Counts().InFlight() == 0);
        BOOST_TEST(comparison.line.InFlight() == 0);
    }
    BOOST_TEST(contested > 5000);
}

BOOST_AUTO_TEST_CASE(one_event_for_an_undisturbed_packet)
{
    provenance::Ledger ledger;
    HopLine line({"line", 1, MakeHops(15), Server, PathEnd::Far, &ledger});
    std::int64_t arrivedNs = 0;
    line.SetHandler(PathEnd::Far,
                    [&](const WirePacket&) { arrivedNs = ns3::Simulator::Now().GetNanoSeconds(); });
    line.Enter(PathEnd::Near, MakePacket(ledger, 1, MailHost, Server, 6, 480, 64));
    const std::uint64_t before = ns3::Simulator::GetEventCount();
    ns3::Simulator::Run();
    BOOST_TEST(ns3::Simulator::GetEventCount() - before == 1);
    // 500 octets and two of framing at 1 Gb/s, 15 times, and 15 ms
    BOOST_TEST(arrivedNs == 15 * (502 * 8 + 1000000));
    ns3::Simulator::Destroy();
}

BOOST_AUTO_TEST_CASE(stations_see_the_segment_before_their_hop)
{
    provenance::Ledger ledger;
    HopLine line({"line", 1, MakeHops(15), Server, PathEnd::Far, &ledger});
    std::vector<std::pair<Direction, int>> seen;
    line.ObserveAt(7,
                   [&](Direction direction, const WirePacket& packet)
                   { seen.emplace_back(direction, packet.header.GetTtl()); });
    std::vector<int> near;
    std::vector<int> far;
    line.SetHandler(PathEnd::Near, [&](const WirePacket& p) { near.push_back(p.header.GetTtl()); });
    line.SetHandler(PathEnd::Far, [&](const WirePacket& p) { far.push_back(p.header.GetTtl()); });

    line.Enter(PathEnd::Near, MakePacket(ledger, 1, MailHost, Server, 6, 40, 126));
    ns3::Simulator::Run();
    line.Enter(PathEnd::Far, MakePacket(ledger, 1, Server, MailHost, 6, 40, 64));
    ns3::Simulator::Run();
    line.InsertAt(7, Direction::Inbound, MakePacket(ledger, 1, Server, MailHost, 6, 40, 64));
    ns3::Simulator::Run();
    line.InsertAt(7, Direction::Outbound, MakePacket(ledger, 1, MailHost, Server, 6, 40, 64));
    ns3::Simulator::Run();
    ns3::Simulator::Destroy();

    // Six routers lie before the segment to hop 7, eight behind it.
    BOOST_REQUIRE(seen.size() == 4);
    BOOST_TEST((seen[0].first == Direction::Outbound && seen[0].second == 126 - 6));
    BOOST_TEST((seen[1].first == Direction::Inbound && seen[1].second == 64 - 8));
    BOOST_TEST((seen[2].first == Direction::Inbound && seen[2].second == 64));
    BOOST_TEST((seen[3].first == Direction::Outbound && seen[3].second == 64));
    BOOST_REQUIRE(near.size() == 2);
    BOOST_TEST(near[0] == 64 - 14);
    BOOST_TEST(near[1] == 64 - 6);
    BOOST_REQUIRE(far.size() == 2);
    BOOST_TEST(far[0] == 126 - 14);
    BOOST_TEST(far[1] == 64 - 8);
}

BOOST_AUTO_TEST_CASE(an_insertion_delays_only_what_is_behind_it)
{
    provenance::Ledger ledger;
    auto hops = MakeHops(4);
    for (HopConfig& hop : hops)
    {
        hop.bitsPerSecond = 1000000; // 1000 octets and framing take 8.016 ms
    }
    HopLine line({"line", 1, hops, Server, PathEnd::Far, &ledger});
    std::vector<std::pair<std::uint64_t, std::int64_t>> arrived;
    line.SetHandler(PathEnd::Far,
                    [&](const WirePacket& packet)
                    {
                        arrived.emplace_back(provenance::OriginOf(packet.payload).serial,
                                             ns3::Simulator::Now().GetNanoSeconds());
                    });
    line.Enter(PathEnd::Near, MakePacket(ledger, 1, MailHost, Server, 6, 980, 64));
    ns3::Simulator::Schedule(ns3::MilliSeconds(20),
                             [&]
                             {
                                 // Packet 1 arrives at hop 3 at 27.048 ms: the newcomer is sent
                                 // there until 28.016 ms.
                                 line.InsertAt(3,
                                               Direction::Outbound,
                                               MakePacket(ledger, 1, MailHost, Server, 6, 980, 64));
                             });
    ns3::Simulator::Run();
    ns3::Simulator::Destroy();
    BOOST_REQUIRE(arrived.size() == 2);
    BOOST_TEST(arrived[0].first == 2);
    BOOST_TEST(arrived[0].second == 20000000 + 8016000 + 1000000);
    BOOST_TEST(arrived[1].first == 1);
    BOOST_TEST(arrived[1].second == 28016000 + 8016000 + 1000000);
}

BOOST_AUTO_TEST_SUITE_END()

#include "models/path/icmp-responder.h"
#include "models/path/link-limit.h"
#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"
#include "tests/path/path-rig.h"

#include <ns3/simulator.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <set>

using namespace bouncelab;
using namespace bouncelab::path;

namespace
{

constexpr std::uint8_t Tcp = 6;
constexpr std::uint32_t ALL = 1000000;

/// What arrives at an end.
struct Arrival
{
    std::uint64_t serial;
    std::int64_t timeNs;
    WirePacket packet;
};

/// A line in one form. Each link takes 1 ms and 8 us for each 1000 octets.
struct Line
{
    Line(PathForm form, std::vector<HopConfig> hops)
        : path(NetworkPath::Make(form, {"line", 1, std::move(hops), Server, PathEnd::Far, &ledger}))
    {
        path->SetHandler(PathEnd::Near, Into(near));
        path->SetHandler(
            PathEnd::Far,
            [record = recorder.Handler("far"), take = Into(far)](const WirePacket& packet)
            {
                record(packet);
                take(packet);
            });
    }

    static WireHandler Into(std::vector<Arrival>& arrivals)
    {
        return [&arrivals](const WirePacket& packet)
        {
            arrivals.push_back({provenance::OriginOf(packet.payload).serial,
                                ns3::Simulator::Now().GetNanoSeconds(),
                                packet});
        };
    }

    WirePacket Outbound(std::uint32_t bytes = 480, std::uint8_t ttl = 64)
    {
        return MakePacket(ledger, 1, MailHost, Server, Tcp, bytes, ttl);
    }

    void Send(const WirePacket& packet, std::int64_t atNs = 0)
    {
        ns3::Simulator::Schedule(ns3::NanoSeconds(atNs),
                                 [this, packet] { path->Enter(PathEnd::Near, packet); });
    }

    void Run() const
    {
        ns3::Simulator::Run();
        ns3::Simulator::Destroy();
        BOOST_TEST(path->Counts().InFlight() == 0U);
    }

    provenance::Ledger ledger;
    std::unique_ptr<NetworkPath> path;
    std::vector<Arrival> near;
    std::vector<Arrival> far;
    PacketRecorder recorder;
};

/// The same in both forms, down to the bytes.
void
InBothForms(const std::vector<HopConfig>& hops, const std::function<void(Line&)>& test)
{
    EnableChecksums();
    Line channel(PathForm::Channel, hops);
    test(channel);
    Line routers(PathForm::Routers, hops);
    test(routers);
    BOOST_TEST((channel.recorder.Records() == routers.recorder.Records()));
}

/// A SYN that offers a maximum segment size.
WirePacket
Syn(Line& line, std::uint16_t mss)
{
    TcpSegment segment;
    segment.sourcePort = 1025;
    segment.destinationPort = 25;
    segment.flags = tcp::SYN;
    segment.options.mss = mss;
    WirePacket packet = PacketOf(segment, {TcpOptionKind::Mss}, MailHost, Server);
    packet.header.SetTtl(64);
    provenance::SetOrigin(packet.payload, line.ledger.Born(1));
    return packet;
}

std::uint16_t
PortOf(const WirePacket& packet)
{
    std::vector<std::uint8_t> octets;
    return ReadSegment(packet, octets)->sourcePort;
}

} // namespace

BOOST_AUTO_TEST_SUITE(disturbed_link)

BOOST_AUTO_TEST_CASE(a_copy_arrives_behind_its_packet_or_later)
{
    for (const std::int64_t later : {0, 3000000})
    {
        auto hops = MakeHops(5);
        hops[2].duplicatePerMillion = ALL;
        hops[2].duplicateDelay = Nanoseconds(later);
        InBothForms(hops,
                    [later](Line& line)
                    {
                        line.Send(line.Outbound());
                        line.Run();
                        BOOST_REQUIRE(line.far.size() == 2);
                        const std::int64_t first = 5 * (502 * 8 + 1000000);
                        BOOST_TEST(line.far[0].timeNs == first);
                        // The copy waits until its packet has been sent.
                        BOOST_TEST(line.far[1].timeNs ==
                                   first + std::max<std::int64_t>(later, 4016));
                        BOOST_TEST((Bytes(line.far[0].packet) == Bytes(line.far[1].packet)));
                        BOOST_TEST(line.path->Counts().copied == 1U);
                    });
    }
}

BOOST_AUTO_TEST_CASE(a_link_that_sleeps_holds_what_comes_until_it_is_awake)
{
    constexpr std::int64_t SLEEPS = 1000000000;
    constexpr std::int64_t WAKES = 400000000;
    auto hops = MakeHops(5);
    hops[2].sleepsAfter = Nanoseconds(SLEEPS);
    hops[2].wakeDelay = Nanoseconds(WAKES);
    // The second waits with the first; then silences of just as long and longer, from the moment
    // on at which the link is awake.
    const std::int64_t second = 100000000;
    const std::int64_t just = WAKES + SLEEPS;
    const std::int64_t longer = just + SLEEPS + 1;
    InBothForms(hops,
                [&](Line& line)
                {
                    for (const std::int64_t at : {std::int64_t{0}, second, just, longer})
                    {
                        line.Send(line.Outbound(), at);
                    }
                    line.Run();
                    const std::int64_t way = 5 * (502 * 8 + 1000000);
                    BOOST_REQUIRE(line.far.size() == 4);
                    BOOST_TEST(line.far[0].timeNs == WAKES + way);
                    BOOST_TEST(line.far[0].serial < line.far[1].serial);
                    // Behind it at its rate.
                    BOOST_TEST(line.far[1].timeNs == WAKES + way + 502 * 8);
                    BOOST_TEST(line.far[2].timeNs == just + way);
                    BOOST_TEST(line.far[3].timeNs == longer + WAKES + way);
                });
}

BOOST_AUTO_TEST_CASE(who_is_held_back_is_overtaken)
{
    auto hops = MakeHops(5);
    hops[4].reorderPerMillion = 300000;
    hops[4].reorderDelay = Nanoseconds(2500000);
    InBothForms(hops,
                [](Line& line)
                {
                    for (int i = 0; i < 100; ++i)
                    {
                        line.Send(line.Outbound(), i * 1000000);
                    }
                    line.Run();
                    BOOST_REQUIRE(line.far.size() == 100);
                    std::size_t late = 0;
                    for (const Arrival& arrival : line.far)
                    {
                        const std::int64_t sent =
                            static_cast<std::int64_t>(arrival.serial - 1) * 1000000;
                        const std::int64_t held = arrival.timeNs - sent - 5 * (502 * 8 + 1000000);
                        BOOST_TEST((held == 0 || held == 2500000));
                        late += held > 0 ? 1 : 0;
                    }
                    BOOST_TEST(late > 15U);
                    BOOST_TEST(late < 45U);
                    BOOST_TEST(!std::is_sorted(line.far.begin(),
                                               line.far.end(),
                                               [](const Arrival& a, const Arrival& b)
                                               { return a.serial < b.serial; }));
                });
}

BOOST_AUTO_TEST_CASE(a_full_queue_drops_what_comes_last)
{
    for (const bool byPackets : {true, false})
    {
        auto hops = MakeHops(5);
        hops[2].bitsPerSecond = 1000000; // 500 octets and framing take 4.016 ms
        hops[2].queuePackets = byPackets ? 3 : 0;
        hops[2].queueBytes = byPackets ? 0 : 1999;
        InBothForms(hops,
                    [](Line& line)
                    {
                        for (int i = 0; i < 10; ++i)
                        {
                            line.Send(line.Outbound());
                        }
                        line.Send(line.Outbound(), 30000000);
                        line.Run();
                        std::vector<std::uint64_t> arrived;
                        for (const Arrival& arrival : line.far)
                        {
                            arrived.push_back(arrival.serial);
                        }
                        // One is being sent, three wait; the queue is empty when the last comes.
                        const std::vector<std::uint64_t> expected{1, 2, 3, 4, 11};
                        BOOST_TEST(arrived == expected);
                        BOOST_TEST(line.path->Counts().dropped == 6U);
                    });
    }
}

BOOST_AUTO_TEST_CASE(a_limit_counts_who_waits)
{
    HopConfig hop;
    hop.bitsPerSecond = 8000000; // an octet a microsecond, and two of framing
    hop.queuePackets = 1;
    const LinkModel link(1,
                         "line",
                         1,
                         Direction::Outbound,
                         hop,
                         std::make_shared<TransmissionTime>(hop.bitsPerSecond));
    LinkLimit limit(hop, link);
    using Verdict = LinkLimit::Verdict;
    BOOST_TEST((limit.Take(998, 0) == Verdict::Takes));
    BOOST_TEST((limit.Take(998, 1) == Verdict::Takes));
    BOOST_TEST((limit.Take(998, 2) == Verdict::Full));
    BOOST_TEST((limit.Take(998, 999999) == Verdict::Full));
    BOOST_TEST((limit.Take(998, 1000000) == Verdict::Takes)); // the second begins to be sent
    BOOST_TEST((limit.Take(998, 1000000) == Verdict::Full));
    BOOST_TEST((limit.Take(998, 3000000) == Verdict::Takes)); // the third has just been sent
}

BOOST_AUTO_TEST_CASE(a_narrow_link_says_so_or_is_silent)
{
    for (const bool tells : {true, false})
    {
        auto hops = MakeHops(5);
        hops[2].mtu = 900;
        hops[2].icmpTooBig = tells;
        InBothForms(hops,
                    [tells](Line& line)
                    {
                        line.Send(line.Outbound(880));
                        const WirePacket large = line.Outbound(881);
                        line.Send(large);
                        line.Run();
                        BOOST_REQUIRE(line.far.size() == 1);
                        BOOST_TEST(line.far[0].serial == 1U);
                        BOOST_TEST(line.path->Counts().dropped == 1U);
                        BOOST_REQUIRE(line.near.size() == (tells ? 1U : 0U));
                        if (tells)
                        {
                            const WirePacket& error = line.near[0].packet;
                            BOOST_TEST((error.header.GetSource() == IpAddress(Ipv4{0xC0000202})));
                            BOOST_TEST(NextMtuOf(error).value_or(0) == 900U);
                            // The header as it came to the second router, and eight octets.
                            WirePacket arrived = large;
                            arrived.header.SetTtl(63);
                            BOOST_TEST((Bytes(error).substr(28) == Bytes(arrived).substr(0, 28)));
                        }
                    });
    }
}

BOOST_AUTO_TEST_CASE(a_station_does_not_see_what_a_limit_drops)
{
    auto hops = MakeHops(5);
    hops[2].mtu = 900;
    InBothForms(hops,
                [](Line& line)
                {
                    std::size_t seen = 0;
                    line.path->ObserveAt(3,
                                         [&seen](Direction direction, const WirePacket&)
                                         { seen += direction == Direction::Inbound ? 1 : 0; });
                    for (const std::uint32_t bytes : {100, 1000})
                    {
                        const WirePacket packet =
                            MakePacket(line.ledger, 1, Server, MailHost, Tcp, bytes, 64);
                        ns3::Simulator::ScheduleNow([&line, packet]
                                                    { line.path->Enter(PathEnd::Far, packet); });
                    }
                    line.Run();
                    BOOST_TEST(seen == 1U);
                    BOOST_TEST(line.near.size() == 1U);
                });
}

BOOST_AUTO_TEST_CASE(segment_sizes_of_syns_are_lowered)
{
    auto hops = MakeHops(3);
    hops[1].mssLimit = 1300;
    InBothForms(hops,
                [](Line& line)
                {
                    line.Send(Syn(line, 1460));
                    line.Send(Syn(line, 1200));
                    line.Run();
                    BOOST_REQUIRE(line.far.size() == 2);
                    for (std::size_t i = 0; i < 2; ++i)
                    {
                        const WirePacket& packet = line.far[i].packet;
                        std::vector<std::uint8_t> octets;
                        const auto syn = ReadSegment(packet, octets);
                        BOOST_REQUIRE(syn);
                        BOOST_TEST(syn->options.mss.value_or(0) == (i == 0 ? 1300 : 1200));
                        BOOST_TEST(TransportChecksum(packet.header.GetSource(),
                                                     packet.header.GetDestination(),
                                                     Tcp,
                                                     {octets.data(), octets.size()}) == 0);
                    }
                });
}

BOOST_AUTO_TEST_CASE(a_detour_costs_ttl_by_flow_or_by_packet)
{
    for (const DetourUnit by : {DetourUnit::Flow, DetourUnit::Packet})
    {
        auto hops = MakeHops(4);
        DetourConfig& detour = hops[1].detour.emplace();
        detour.hops = 2;
        detour.perMillion = 500000;
        detour.by = by;
        InBothForms(hops,
                    [by](Line& line)
                    {
                        for (int i = 0; i < 200; ++i)
                        {
                            TcpSegment segment;
                            segment.sourcePort = static_cast<std::uint16_t>(2000 + i % 20);
                            segment.destinationPort = 25;
                            WirePacket packet = PacketOf(segment, {}, MailHost, Server);
                            packet.header.SetTtl(64);
                            provenance::SetOrigin(packet.payload, line.ledger.Born(1));
                            line.Send(packet, i * 1000);
                        }
                        line.Run();
                        BOOST_REQUIRE(line.far.size() == 200);
                        std::set<std::pair<int, int>> ways; // ports and TTLs
                        std::size_t detours = 0;
                        for (const Arrival& arrival : line.far)
                        {
                            const int ttl = arrival.packet.header.GetTtl();
                            BOOST_TEST((ttl == 61 || ttl == 59));
                            detours += ttl == 59 ? 1 : 0;
                            ways.emplace(PortOf(arrival.packet), ttl);
                        }
                        BOOST_TEST(detours > 40U);
                        BOOST_TEST(detours < 160U);
                        BOOST_TEST((ways.size() == 20) == (by == DetourUnit::Flow));
                    });
    }
}

BOOST_AUTO_TEST_CASE(a_detour_may_lead_one_way_alone)
{
    for (const DetourDirection direction : {DetourDirection::Outward, DetourDirection::Inward})
    {
        auto hops = MakeHops(4);
        DetourConfig& detour = hops[1].detour.emplace();
        detour.hops = 3;
        detour.direction = direction;
        InBothForms(hops,
                    [direction](Line& line)
                    {
                        const bool isOutward = direction == DetourDirection::Outward;
                        line.Send(line.Outbound());
                        line.path->Enter(
                            PathEnd::Far,
                            MakePacket(line.ledger, 1, Server, MailHost, Tcp, 480, 64));
                        line.Run();
                        BOOST_REQUIRE(line.far.size() == 1);
                        BOOST_REQUIRE(line.near.size() == 1);
                        BOOST_TEST(line.far[0].packet.header.GetTtl() == (isOutward ? 58 : 61));
                        BOOST_TEST(line.near[0].packet.header.GetTtl() == (isOutward ? 61 : 58));
                    });
    }
}

BOOST_AUTO_TEST_CASE(a_route_changes_for_a_time_and_ends_a_ttl_unseen)
{
    auto hops = MakeHops(4);
    DetourConfig& detour = hops[1].detour.emplace();
    detour.hops = 2;
    detour.delay = Nanoseconds(700000);
    detour.from = Nanoseconds(10000000);
    detour.until = Nanoseconds(20000000);
    InBothForms(hops,
                [](Line& line)
                {
                    for (const std::int64_t at : {0, 9000000, 19000000})
                    {
                        line.Send(line.Outbound(), at);
                    }
                    line.Send(line.Outbound(480, 3), 10000000); // dies on the detour, unanswered
                    line.Run();
                    BOOST_REQUIRE(line.far.size() == 3);
                    BOOST_TEST(line.far[0].packet.header.GetTtl() == 61);
                    BOOST_TEST(line.far[1].packet.header.GetTtl() == 59);
                    BOOST_TEST(line.far[1].timeNs == 9000000 + 4 * (502 * 8 + 1000000) + 700000);
                    BOOST_TEST(line.far[2].packet.header.GetTtl() == 61);
                    BOOST_TEST(line.path->Counts().expired == 1U);
                    BOOST_TEST(line.near.empty());
                });
}

BOOST_AUTO_TEST_SUITE_END()

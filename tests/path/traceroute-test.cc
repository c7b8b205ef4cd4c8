#include "models/path/traceroute.h"
#include "models/provenance/origin-tag.h"
#include "tests/path/traceroute-rig.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace bouncelab;
using namespace bouncelab::path;

namespace
{

TracerouteConfig
To(IpAddress target)
{
    TracerouteConfig config;
    config.target = target;
    return config;
}

std::int64_t
Minimum(const TracerouteHop& hop)
{
    std::int64_t minimum = INT64_MAX;
    for (const TracerouteProbe& probe : hop.probes)
    {
        if (probe.answer)
        {
            minimum = std::min(minimum, (probe.answer->received - probe.sent).count());
        }
    }
    return minimum;
}

/// S003's path with draws about as wide as the document's: the first links and the routers' slow
/// paths spread, no three equal times in a row.
std::vector<HopConfig>
LivelyHops()
{
    auto hops = FittedHops();
    for (HopConfig& hop : hops)
    {
        hop.jitter = Nanoseconds(4000);
        hop.icmpJitter = Nanoseconds(130000);
        hop.icmpSlowPerMillion = 60000;
        hop.icmpSlow = Nanoseconds(1500000);
    }
    return hops;
}

} // namespace

BOOST_AUTO_TEST_SUITE(traceroute)

BOOST_AUTO_TEST_CASE(text_is_that_of_the_program)
{
    TracerouteResult result;
    result.config = To(*Ipv4::Parse("203.131.198.80"));
    const Ipv4 first = *Ipv4::Parse("210.83.214.161");
    const Ipv4 second = *Ipv4::Parse("210.83.193.49");
    const auto answer =
        [](IpAddress from, std::int64_t ns, int type = 11, int code = 0, int ttl = 250)
    {
        return TracerouteAnswer{from,
                                SimTime(Nanoseconds(ns)),
                                static_cast<std::uint8_t>(type),
                                static_cast<std::uint8_t>(code),
                                static_cast<std::uint8_t>(ttl)};
    };
    result.hops.push_back({1,
                           {{SimTime{}, answer(first, 722000)},
                            {SimTime(Nanoseconds(5000)), answer(first, 704000)},
                            {SimTime{}, answer(first, 612999)}}});
    result.hops.push_back({2,
                           {{SimTime{}, std::nullopt},
                            {SimTime{}, answer(second, 1234567000)},
                            {SimTime{}, std::nullopt}}});
    result.hops.push_back({3,
                           {{SimTime{}, answer(first, 1000)},
                            {SimTime{}, answer(second, 2000)},
                            {SimTime{}, answer(second, 3000)}}});
    result.hops.push_back({10,
                           {{SimTime{}, answer(second, 1000, 3, 1)},
                            {SimTime{}, answer(second, 1000, 3, 13)},
                            {SimTime{}, answer(second, 1000, 3, 40)}}});
    result.hops.push_back(
        {11,
         {{SimTime{}, answer(second, 1000, 3, 3)}, {SimTime{}, answer(second, 1000, 3, 3, 1)}}});
    BOOST_TEST(TracerouteText(result) ==
               "traceroute to 203.131.198.80 (203.131.198.80), 64 hops max, 40 byte packets\n"
               " 1  210.83.214.161  0.722 ms  0.699 ms  0.612 ms\n"
               " 2  * 210.83.193.49  1234.567 ms *\n"
               " 3  210.83.214.161  0.001 ms\n"
               "    210.83.193.49  0.002 ms  0.003 ms\n"
               "10  210.83.193.49  0.001 ms !H  0.001 ms !X  0.001 ms !<40>\n"
               "11  210.83.193.49  0.001 ms  0.001 ms !\n");
}

BOOST_AUTO_TEST_CASE(fitted_path_has_the_documented_minima)
{
    TracerouteRig rig(PathForm::Channel, 1, FittedHops());
    const TracerouteResult result = rig.Run(To(rig.chain.Setup().hostAddress));
    const auto minima = DocumentedMinima();
    const auto hops = FittedHops();
    BOOST_TEST(result.finished);
    BOOST_REQUIRE(result.hops.size() == 15);
    for (std::size_t i = 0; i < 15; ++i)
    {
        BOOST_TEST((result.hops[i].probes.front().answer->from == hops[i].address));
        BOOST_TEST(std::abs(Minimum(result.hops[i]) - minima[i]) < 130000, "hop " << i + 1);
    }
}

BOOST_AUTO_TEST_CASE(lively_path_keeps_the_documented_minima)
{
    const auto minima = DocumentedMinima();
    int flat = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed)
    {
        TracerouteRig rig(PathForm::Channel, seed, LivelyHops());
        const TracerouteResult result = rig.Run(To(rig.chain.Setup().hostAddress));
        BOOST_REQUIRE(result.hops.size() == 15);
        for (std::size_t i = 0; i < 15; ++i)
        {
            BOOST_TEST(std::abs(Minimum(result.hops[i]) - minima[i]) <= 200000,
                       "seed " << seed << " hop " << i + 1 << ": " << Minimum(result.hops[i]));
            std::set<Nanoseconds> micros;
            for (const TracerouteProbe& probe : result.hops[i].probes)
            {
                micros.insert(
                    std::chrono::floor<std::chrono::microseconds>(probe.answer->received) -
                    std::chrono::floor<std::chrono::microseconds>(probe.sent));
            }
            flat += micros.size() == 1;
        }
    }
    BOOST_TEST(flat == 0);
}

BOOST_AUTO_TEST_CASE(both_forms_write_the_same_text)
{
    EnableChecksums();
    for (std::uint64_t seed = 1; seed <= 10; ++seed)
    {
        auto hops = LivelyHops();
        hops[4].lossPerMillion = 40000;
        TracerouteRig channel(PathForm::Channel, seed, hops);
        const std::string text = TracerouteText(channel.Run(To(hops.back().address)));
        TracerouteRig routers(PathForm::Routers, seed, hops);
        BOOST_TEST(text == TracerouteText(routers.Run(To(hops.back().address))));
        if (seed == 1)
        {
            BOOST_TEST_MESSAGE(text);
        }
    }
}

BOOST_AUTO_TEST_CASE(probes_are_forty_octets_with_good_checksums)
{
    TracerouteRig rig(PathForm::Channel, 1, MakeHops(3));
    std::vector<std::string> probes;
    rig.chain.ObserveAt(
        1,
        [&](Direction direction, const WirePacket& packet)
        {
            if (direction == Direction::Outbound)
            {
                probes.push_back(Bytes(packet));
                BOOST_TEST(rig.ledger.ActorName(provenance::OriginOf(packet.payload).actor) ==
                           "operator/traceroute");
            }
        });
    rig.Run(To(Server));
    BOOST_REQUIRE(probes.size() == 9);
    for (std::size_t i = 0; i < probes.size(); ++i)
    {
        const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(probes[i][at]); };
        BOOST_TEST(probes[i].size() == 40);
        BOOST_TEST(unsigned(byte(8)) == i / 3 + 1);
        BOOST_TEST(unsigned(byte(22) << 8 | byte(23)) == 33435 + i);
        BOOST_TEST((byte(20) & 0x80) != 0);
        BOOST_TEST(unsigned(byte(28)) == i + 1);
        BOOST_TEST(unsigned(byte(29)) == i / 3 + 1);
        std::uint32_t sum = 17 + 20;
        for (std::size_t at = 12; at < 40; at += 2)
        {
            sum += static_cast<std::uint32_t>(byte(at) << 8 | byte(at + 1));
        }
        BOOST_TEST(((sum & 0xFFFF) + (sum >> 16)) % 0xFFFF == 0);
    }
}

BOOST_AUTO_TEST_CASE(silence_is_a_star_and_late_answers_are_not_taken)
{
    auto hops = MakeHops(4);
    hops[1].lossPerMillion = 1000000;
    TracerouteConfig config = To(Server);
    config.maxHops = 3;
    TracerouteRig lossy(PathForm::Channel, 1, hops);
    const TracerouteResult silent = lossy.Run(config);
    BOOST_TEST(silent.finished);
    const std::string text = TracerouteText(silent);
    BOOST_TEST(text.find("\n 2  * * *\n 3  * * *\n") != std::string::npos);

    hops[1].lossPerMillion = 0;
    hops[0].icmpDelay = Nanoseconds(5000000000);
    TracerouteRig slow(PathForm::Channel, 1, hops);
    const TracerouteResult late = slow.Run(To(Server));
    BOOST_REQUIRE(late.hops.size() == 4);
    BOOST_TEST(std::none_of(late.hops[0].probes.begin(),
                            late.hops[0].probes.end(),
                            [](const TracerouteProbe& probe) { return probe.answer.has_value(); }));
    // The answers to the first hop's last probe come while the second hop is asked.
    BOOST_TEST((late.hops[1].probes[0].answer->from == hops[1].address));
}

BOOST_AUTO_TEST_SUITE_END()

#include "detectors/analysis/location.h"
#include "made-capture.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

namespace
{

Surroundings
WithRoute()
{
    Surroundings surroundings;
    surroundings.routes.push_back(DocumentedRoute());
    return surroundings;
}

} // namespace

BOOST_AUTO_TEST_SUITE(hop_locator)

BOOST_AUTO_TEST_CASE(PlacesTheDocumentedForger)
{
    const auto alerts = DocumentedSession().Judge("hop-locator", WithRoute());
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_REQUIRE(alerts[0].where.hops);
    BOOST_TEST(alerts[0].where.hops->after == 6);
    BOOST_TEST(alerts[0].where.hops->to == 7);
    BOOST_TEST(
        (alerts[0].where.assuming == std::vector<std::string>{"initial TTL 64", "symmetric path"}));
    BOOST_TEST((alerts[0].verdict == Verdict::Fault));
}

BOOST_AUTO_TEST_CASE(MovesWithTheInjector)
{
    SessionKnobs knobs;
    knobs.forgedTtl = 55;
    knobs.forgedDelayNs = 103650000;
    const auto alerts = DocumentedSession(knobs).Judge("hop-locator", WithRoute());
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_REQUIRE(alerts[0].where.hops);
    BOOST_TEST(alerts[0].where.hops->after == 8);
    BOOST_TEST(alerts[0].where.hops->to == 9);
}

BOOST_AUTO_TEST_CASE(FollowsTheVantage)
{
    // Outside the gateway nothing has been lowered by it yet: all TTLs are one higher.
    SessionKnobs knobs;
    knobs.serverTtl = 50;
    knobs.forgedTtl = 58;
    const auto alerts = DocumentedSession(knobs).Judge("hop-locator", WithRoute());
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_REQUIRE(alerts[0].where.hops);
    BOOST_TEST(alerts[0].where.hops->after == 6);
    BOOST_TEST(alerts[0].where.hops->to == 7);
}

BOOST_AUTO_TEST_CASE(LeavesItOpenWhereTheTtlIsCopied)
{
    SessionKnobs knobs;
    for (const int off : {-1, 0, 1})
    {
        knobs.forgedTtl = knobs.serverTtl + off;
        const auto alerts = DocumentedSession(knobs).Judge("hop-locator", WithRoute());
        BOOST_REQUIRE_EQUAL(alerts.size(), 1);
        BOOST_TEST(!alerts[0].where.hops);
        BOOST_TEST((alerts[0].verdict == Verdict::Inconclusive));
    }
}

BOOST_AUTO_TEST_CASE(LeavesItOpenWhereTheTtlIsCopiedAndTheTimeSeparatesNothing)
{
    SessionKnobs knobs;
    knobs.forgedTtl = knobs.serverTtl;
    knobs.forgedDelayNs = 103650000;
    const auto alerts = DocumentedSession(knobs).Judge("hop-locator", WithRoute());
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST(!alerts[0].where.hops);
    BOOST_TEST(alerts[0].dottedClass == "insufficient");
    BOOST_TEST((alerts[0].verdict == Verdict::Inconclusive));
}

BOOST_AUTO_TEST_CASE(GivesAWiderIntervalWithoutATraceroute)
{
    const auto alerts = DocumentedSession().Judge("hop-locator");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_REQUIRE(alerts[0].where.hops);
    BOOST_TEST(alerts[0].where.hops->after == 6);
    BOOST_TEST(alerts[0].where.hops->to == 8);
    BOOST_TEST(alerts[0].where.assuming.size() == 3);
}

BOOST_AUTO_TEST_CASE(SilentWithoutAnAccusation)
{
    SessionKnobs knobs;
    knobs.forged = false;
    BOOST_TEST(DocumentedSession(knobs).Judge("hop-locator", WithRoute()).empty());
}

BOOST_AUTO_TEST_CASE(TtlsThatScatterSayNothing)
{
    // Two forgeries against one server, 57 and 60: drawn, or from two places.
    SessionKnobs knobs;
    std::string pcap = DocumentedSession(knobs).Pcap();
    knobs.forgedTtl = 60;
    MadeCapture second = DocumentedSession(knobs);
    second.clientPort = 60662;
    constexpr std::size_t FILE_HEADER = 24;
    pcap += second.Pcap().substr(FILE_HEADER);
    const auto alerts = JudgeCapture(pcap, "hop-locator", WithRoute());
    BOOST_REQUIRE_EQUAL(alerts.size(), 2);
    for (const Alert& alert : alerts)
    {
        BOOST_REQUIRE(alert.where.hops);
        BOOST_TEST(alert.where.hops->after == 0);
        BOOST_TEST(alert.where.hops->to == 8);
    }
    for (const Alert& alert : JudgeCapture(pcap, "hop-locator"))
    {
        BOOST_TEST((alert.verdict == Verdict::Inconclusive));
        BOOST_TEST(alert.evidence.explanation.find("scatter from 57 to 60") != std::string::npos,
                   alert.evidence.explanation);
    }
}

BOOST_AUTO_TEST_CASE(AHighTtlIsNoDistance)
{
    // A device that draws its TTL: 128 - 128 = 0 hops is no place.
    const Location location = Locate({45, 128, std::nullopt, 0, false}, nullptr);
    BOOST_TEST(!location.place.hops);
}

BOOST_AUTO_TEST_CASE(StaysOpenWhereTheTtlPutsTheSenderTooFarForItsTime)
{
    // TTL 53 would be hop 11, but 54 ms exclude everything behind hop 8.
    const Route route = DocumentedRoute();
    const Location location = Locate({49, 53, 54053000, 0, false}, &route);
    BOOST_TEST(!location.place.hops);
    BOOST_TEST(location.reason.find("further away than its time allows") != std::string::npos,
               location.reason);
}

BOOST_AUTO_TEST_CASE(ATracerouteThatWasSlowDoesNotExcludeTheTruePlace)
{
    // Hop 7 lies 50 ms away, but the probes to it and to all behind it waited 8 ms longer.
    Route route = DocumentedRoute();
    for (std::size_t i = 6; i < route.hops.size(); ++i)
    {
        *route.hops[i].minimumNs += 8 * MS;
    }
    *route.hops[5].minimumNs += 20 * MS;
    for (const bool drawn : {false, true})
    {
        const Location location = Locate({49, 57, 54053000, 0, drawn}, &route);
        if (location.place.hops)
        {
            BOOST_TEST(location.place.hops->after < 7);
            BOOST_TEST(location.place.hops->to >= 7);
        }
    }
    // Nor does a clock that ticks every 100 ms.
    route = DocumentedRoute();
    const Location coarse = Locate({49, 57, 0, 200 * MS, false}, &route);
    BOOST_REQUIRE(coarse.place.hops);
    BOOST_TEST(coarse.place.hops->after == 6);
}

BOOST_AUTO_TEST_CASE(ARouterThatAnswersLateIsNotFurtherAway)
{
    const Route route = DocumentedRoute();
    BOOST_TEST(*route.PathNs(9) == 99676000);
    BOOST_TEST(*route.PathNs(7) == 50081000);
    BOOST_TEST(*route.Length() == 15);
}

BOOST_AUTO_TEST_SUITE_END()

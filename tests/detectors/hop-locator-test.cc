#include "detectors/analysis/sender-location.h"
#include "sessions.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

BOOST_AUTO_TEST_SUITE(hop_locator)

BOOST_AUTO_TEST_CASE(AHighTtlIsNoDistance)
{
    // A device that draws its TTL: 128 - 128 = 0 hops is no place.
    const SenderLocation location = Locate({45, 128, std::nullopt, 0, false}, nullptr);
    BOOST_TEST(!location.place.hops);
}

BOOST_AUTO_TEST_CASE(TheWayBackMayDifferByTwoHops)
{
    // The genuine host is hop 15: 64 - 15 = 49 is what it shows where both ways are alike.
    const TracedRoute route = DocumentedRoute();
    const auto place = [&](int genuineTtl) {
        return *Locate({genuineTtl, 57, std::nullopt, 0, false}, &route).place.hops;
    };
    BOOST_TEST(place(49).after == 6);
    BOOST_TEST(place(49).to == 7);
    BOOST_TEST(place(47).after == 4);
    BOOST_TEST(place(47).to == 5);
    BOOST_TEST(place(51).after == 8);
    BOOST_TEST(place(51).to == 9);
    for (const int further : {46, 52})
    {
        const SenderLocation open = Locate({further, 57, std::nullopt, 0, false}, &route);
        BOOST_TEST(!open.place.hops, further);
        BOOST_TEST(open.reason.find("initial TTL 64, hop 7") != std::string::npos, open.reason);
    }
}

BOOST_AUTO_TEST_CASE(ATtlTwoAwayFromTheGenuineHostsIsNoCopy)
{
    const TracedRoute route = DocumentedRoute();
    BOOST_TEST(!Locate({49, 50, std::nullopt, 0, false}, &route).place.hops);
    BOOST_TEST(Locate({49, 51, std::nullopt, 0, false}, &route).place.hops->to == 13);
}

BOOST_AUTO_TEST_CASE(StaysOpenWhereTheTtlPutsTheSenderTooFarForItsTime)
{
    // TTL 53 would be hop 11, but 54 ms exclude everything behind hop 8.
    const TracedRoute route = DocumentedRoute();
    const SenderLocation location = Locate({49, 53, 54053000, 0, false}, &route);
    BOOST_TEST(!location.place.hops);
    BOOST_TEST(location.reason.find("further away than its time allows") != std::string::npos,
               location.reason);
}

BOOST_AUTO_TEST_CASE(ALoneTtlIsAPlaceOnlyWhereTheTimeFits)
{
    const TracedRoute route = DocumentedRoute();
    Sighting sighting{49, 57, 54053000, 0, false};
    sighting.isLone = true;
    const SenderLocation fits = Locate(sighting, &route);
    BOOST_TEST(fits.place.hops->after == 6);
    BOOST_TEST(fits.place.hops->to == 7);
    // 252 would be hop 3 of a device that starts at 255, and may be drawn; so may 53, which cannot
    // be hop 11.
    for (const int ttl : {252, 53})
    {
        sighting.forgedTtl = ttl;
        const SenderLocation open = Locate(sighting, &route);
        BOOST_TEST(open.place.hops->after == 0, ttl);
        BOOST_TEST(open.place.hops->to == 8, ttl);
    }
    // Several packets with the same TTL did not draw it.
    sighting.isLone = false;
    BOOST_TEST(!Locate(sighting, &route).place.hops);
    sighting.forgedTtl = 252;
    BOOST_TEST(Locate(sighting, &route).place.hops->to == 3);
}

BOOST_AUTO_TEST_CASE(ATracerouteThatWasSlowDoesNotExcludeTheTruePlace)
{
    // Hop 7 lies 50 ms away, but the probes to it and to all behind it waited 8 ms longer.
    TracedRoute route = DocumentedRoute();
    for (std::size_t i = 6; i < route.hops.size(); ++i)
    {
        *route.hops[i].minimumNs += 8 * MS;
    }
    *route.hops[5].minimumNs += 20 * MS;
    for (const bool drawn : {false, true})
    {
        const SenderLocation location = Locate({49, 57, 54053000, 0, drawn}, &route);
        if (location.place.hops)
        {
            BOOST_TEST(location.place.hops->after < 7);
            BOOST_TEST(location.place.hops->to >= 7);
        }
    }
    // Nor does a clock that ticks every 100 ms.
    route = DocumentedRoute();
    const SenderLocation coarse = Locate({49, 57, 0, 200 * MS, false}, &route);
    BOOST_REQUIRE(coarse.place.hops);
    BOOST_TEST(coarse.place.hops->after == 6);
}

BOOST_AUTO_TEST_CASE(ARouterThatAnswersLateIsNotFurtherAway)
{
    const TracedRoute route = DocumentedRoute();
    BOOST_TEST(*route.PathNs(9) == 99676000);
    BOOST_TEST(*route.PathNs(7) == 50081000);
    BOOST_TEST(*route.Length() == 15);
}

BOOST_AUTO_TEST_SUITE_END()

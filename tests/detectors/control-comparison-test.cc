#include "detectors/analysis/control-comparison.h"

#include "sessions.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

namespace
{

TcpOpening
Answering(std::int64_t ns, int ttl = 56)
{
    TcpOpening opening;
    opening.handshakeNs = ns;
    opening.ttl = ttl;
    opening.serverPort = 587;
    return opening;
}

ControlComparison
CompareTimes(std::int64_t ownNs, std::vector<std::int64_t> controlNs)
{
    std::vector<TcpOpening> controls;
    for (const std::int64_t ns : controlNs)
    {
        controls.push_back(Answering(ns));
    }
    std::vector<const TcpOpening*> all;
    for (const TcpOpening& control : controls)
    {
        all.push_back(&control);
    }
    return Compare(Answering(ownNs), all, nullptr);
}

TracedRoute
RouteOf(int hops, std::int64_t ns)
{
    TracedRoute route;
    route.destination = Ipv4{0xCB00710A};
    for (int i = 1; i <= hops; ++i)
    {
        const HostAddress address = i == hops ? route.destination : Ipv4{0xC6336400};
        route.hops.push_back({i, address, ns * i / hops});
    }
    return route;
}

} // namespace

BOOST_AUTO_TEST_SUITE(control_comparison)

BOOST_AUTO_TEST_CASE(NearerByMoreThanTwoMillisecondsOrByWhatControlsDiffer)
{
    BOOST_TEST(!CompareTimes(100 * MS, {102 * MS}).isNearer);
    BOOST_TEST(CompareTimes(100 * MS, {102 * MS + 1}).isNearer);
    BOOST_TEST(!CompareTimes(98 * MS, {104 * MS, 110 * MS}).isNearer);
    BOOST_TEST(CompareTimes(98 * MS - 1, {104 * MS, 110 * MS}).isNearer);
}

BOOST_AUTO_TEST_CASE(FarNearerFromSevenTenthsAndTenMillisecondsOn)
{
    BOOST_TEST(!CompareTimes(70 * MS, {100 * MS}).isFarNearer);
    BOOST_TEST(CompareTimes(70 * MS - 1, {100 * MS}).isFarNearer);
    BOOST_TEST(!CompareTimes(20 * MS, {30 * MS}).isFarNearer);
    BOOST_TEST(CompareTimes(20 * MS - 1, {30 * MS}).isFarNearer);
}

BOOST_AUTO_TEST_CASE(ATracerouteCountsRoutersFromThreeTooFewOn)
{
    const TracedRoute route = RouteOf(12, 150 * MS);
    // Eleven routers: 64 - 56 are three less, 64 - 55 two.
    BOOST_TEST(Compare(Answering(50 * MS, 56), {}, &route).reasons.size() == 2);
    BOOST_TEST(Compare(Answering(50 * MS, 55), {}, &route).reasons.size() == 1);
    BOOST_TEST(!Compare(Answering(105 * MS), {}, &route).isNearer);
    BOOST_TEST(Compare(Answering(105 * MS - 1), {}, &route).isNearer);
}

BOOST_AUTO_TEST_CASE(TtlsOfOnePlaceDifferByTwoAtMost)
{
    BOOST_TEST(TtlDifference(Answering(1, 60), Answering(1, 58)) == "");
    BOOST_TEST(TtlDifference(Answering(1, 60), Answering(1, 57)) == "TTL 60 against 57");
    BOOST_TEST(TtlDifference(Answering(1, 64), Answering(1, 128)) == "TTL 64 against 128");
}

BOOST_AUTO_TEST_SUITE_END()

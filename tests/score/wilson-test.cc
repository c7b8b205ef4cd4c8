#include "lab/score/wilson.h"

#include <boost/test/unit_test.hpp>

namespace
{

using namespace bouncelab::score;

BOOST_AUTO_TEST_SUITE(wilson)

/// Values of Newcombe 1998 (Statistics in Medicine 17, table I, method 3).
BOOST_AUTO_TEST_CASE(PublishedValues)
{
    const auto check = [](std::uint64_t hits, std::uint64_t trials, double low, double high)
    {
        const Interval i = WilsonInterval(hits, trials);
        BOOST_CHECK_SMALL(i.low - low, 0.00005);
        BOOST_CHECK_SMALL(i.high - high, 0.00005);
    };
    check(81, 263, 0.2553, 0.3662);
    check(15, 148, 0.0624, 0.1605);
    check(1, 29, 0.0061, 0.1718);
}

BOOST_AUTO_TEST_CASE(EndsStayInside)
{
    BOOST_TEST(WilsonInterval(0, 20).low == 0.0);
    BOOST_TEST(WilsonInterval(0, 20).high > 0.1);
    BOOST_TEST(WilsonInterval(20, 20).high == 1.0);
    BOOST_TEST(WilsonInterval(0, 0).high == 1.0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

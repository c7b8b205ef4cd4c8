#include "detectors/analysis/path-timing.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab::detectors;

namespace
{

constexpr std::int64_t US = 1000;
constexpr std::int64_t MS = 1000 * US;

/// Eight round trips, of 100 ms and more.
RoundTripBound
BoundOf(std::int64_t spreadNs)
{
    RoundTripBound bound;
    bound.minimumNs = 100 * MS;
    bound.marginNs = 5 * MS;
    bound.spreadNs = spreadNs;
    bound.samples = bound.prompt = 8;
    return bound;
}

} // namespace

BOOST_AUTO_TEST_SUITE(path_timing)

BOOST_AUTO_TEST_CASE(what_is_not_below_the_margin_may_be_jitter)
{
    BOOST_TEST(BoundOf(0).Excludes(95 * MS - 1));
    BOOST_TEST(!BoundOf(0).Excludes(95 * MS));
}

BOOST_AUTO_TEST_CASE(time_alone_convicts_a_fifth_below_the_quickest)
{
    BOOST_TEST(BoundOf(US).ExcludesByItself(80 * MS - 1));
    BOOST_TEST(!BoundOf(US).ExcludesByItself(80 * MS));
}

BOOST_AUTO_TEST_CASE(time_alone_convicts_three_spreads_below_the_quickest)
{
    BOOST_TEST(BoundOf(20 * MS).ExcludesByItself(40 * MS - 1));
    BOOST_TEST(!BoundOf(20 * MS).ExcludesByItself(40 * MS));
}

BOOST_AUTO_TEST_CASE(time_alone_convicts_with_four_prompt_answers)
{
    for (int samples : {3, 4, 5})
    {
        for (int prompt : {3, 4, 5})
        {
            RoundTripBound bound = BoundOf(US);
            bound.samples = samples;
            bound.prompt = prompt;
            BOOST_TEST(bound.ExcludesByItself(50 * MS) == (samples >= 4 && prompt >= 4));
        }
    }
}

/// With four round trips that are spread by 2 ms: (1 + gap / 2 ms)^3, which is 10,000 at 41.089 ms.
BOOST_AUTO_TEST_CASE(time_alone_convicts_where_jitter_does_it_once_in_ten_thousand)
{
    RoundTripBound bound = BoundOf(2 * MS);
    bound.samples = 4;
    BOOST_TEST(bound.ExcludesByItself(100 * MS - 41089 * US));
    BOOST_TEST(!bound.ExcludesByItself(100 * MS - 41088 * US));
    bound.samples = 5;
    BOOST_TEST(bound.ExcludesByItself(100 * MS - 41088 * US));
}

BOOST_AUTO_TEST_SUITE_END()

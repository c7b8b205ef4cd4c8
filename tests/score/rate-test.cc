#include "lab/score/rate.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

namespace
{

using namespace bouncelab::score;

Rate
RateOf(const std::vector<std::pair<std::uint64_t, std::uint64_t>>& runs)
{
    Rate rate;
    for (const auto& [hits, trials] : runs)
    {
        rate.Add(hits, trials);
    }
    return rate;
}

BOOST_AUTO_TEST_SUITE(rate)

/// 0 of 10 and 20 of 20 in Clopper and Pearson's tables, however many trials a run had.
BOOST_AUTO_TEST_CASE(NoneAndAllHaveTheExactBoundsOfTheRuns)
{
    const Interval none =
        RateOf(std::vector(10, std::pair<std::uint64_t, std::uint64_t>(0, 7))).Bounds().value();
    BOOST_TEST(none.low == 0.0);
    BOOST_CHECK_SMALL(none.high - 0.3085, 0.00005);
    const Interval all =
        RateOf(std::vector(20, std::pair<std::uint64_t, std::uint64_t>(90, 90))).Bounds().value();
    BOOST_CHECK_SMALL(all.low - 0.8316, 0.00005);
    BOOST_TEST(all.high == 1.0);
}

/// One run has no spread that would tell of others.
BOOST_AUTO_TEST_CASE(OneRunHasNoBounds)
{
    BOOST_TEST(!RateOf({{1, 2}}).Bounds().has_value());
    BOOST_TEST(!RateOf({{1, 2}, {0, 0}}).Bounds().has_value());
    BOOST_TEST(ToJson(RateOf({{1, 2}})).dump() == R"({"hits":1,"of":2,"low":null,"high":null})");
    BOOST_CHECK_CLOSE(RateOf({{2, 2}}).Bounds()->low, 0.025, 1e-9);
}

BOOST_AUTO_TEST_CASE(RunsWithoutTrialsSayNothing)
{
    const Interval nothing = RateOf({{0, 0}, {0, 0}}).Bounds().value();
    BOOST_TEST(nothing.low == 0.0);
    BOOST_TEST(nothing.high == 1.0);
    BOOST_TEST(RateOf({{3, 3}, {0, 0}}).Bounds()->low == RateOf({{3, 3}}).Bounds()->low);
}

/// Half of the runs found all, half nothing: trials of one run are no evidence of their own.
BOOST_AUTO_TEST_CASE(TheRunIsTheUnit)
{
    std::vector<std::pair<std::uint64_t, std::uint64_t>> runs;
    for (int i = 0; i < 20; ++i)
    {
        runs.emplace_back(i % 2 == 0 ? 100 : 0, 100);
    }
    const Interval wide = RateOf(runs).Bounds().value();
    // Binomial of 20 runs: 2.5 % of resamples have at most 6, and as many at least 14.
    BOOST_CHECK_SMALL(wide.low - 0.30, 0.051);
    BOOST_CHECK_SMALL(wide.high - 0.70, 0.051);
    // With the same rate in every run there is no doubt that the runs could tell of.
    const Interval narrow =
        RateOf(std::vector(20, std::pair<std::uint64_t, std::uint64_t>(1, 2))).Bounds().value();
    BOOST_TEST(narrow.low == 0.5);
    BOOST_TEST(narrow.high == 0.5);
}

/// A run with many trials weighs as much as its trials.
BOOST_AUTO_TEST_CASE(TheRateIsOfAllTrials)
{
    const Rate rate = RateOf({{1, 1}, {0, 9}, {5, 10}});
    BOOST_TEST(rate.Hits() == 6u);
    BOOST_TEST(rate.Trials() == 20u);
    BOOST_TEST(!rate.IsFull());
    const Interval bounds = rate.Bounds().value();
    BOOST_TEST(bounds.low == 0.0);
    BOOST_TEST(bounds.high == 1.0);
    BOOST_TEST(rate.Bounds()->low == bounds.low);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

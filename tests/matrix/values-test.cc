#include "lab/matrix/values.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace
{

using namespace bouncelab::matrix;
using Texts = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(values)

void
CheckExpands(const std::string& written, const Texts& wanted)
{
    const Texts values = ExpandValue(written);
    BOOST_TEST_CONTEXT(written)
    {
        BOOST_TEST(values == wanted, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(RangesAreExact)
{
    CheckExpands("4..7", {"4", "5", "6", "7"});
    CheckExpands("7..7", {"7"});
    CheckExpands("-1..1", {"-1", "0", "1"});
    CheckExpands("0.5..2:0.5", {"0.5", "1", "1.5", "2"});
    CheckExpands("1..2:0.3", {"1", "1.3", "1.6", "1.9"});
    CheckExpands("5 ms..20 ms:7.5 ms", {"5 ms", "12.5 ms", "20 ms"});
    CheckExpands("5..20 ms:7.5", {"5 ms", "12.5 ms", "20 ms"});
    CheckExpands("1..3s", {"1s", "2s", "3s"});
    CheckExpands("100..300:100", {"100", "200", "300"});
    // A sum of tenths in binary would not reach the end.
    const Texts tenths = ExpandValue("0..1:0.1");
    BOOST_TEST(tenths.size() == 11);
    BOOST_TEST(tenths.back() == "1");
}

BOOST_AUTO_TEST_CASE(WhatIsNoRangeStandsForItself)
{
    for (const char* text : {"7", "a..b", "linux-2.4", "", "~", "[1, 2]", "10.0.0.1", "..", "..5"})
    {
        CheckExpands(text, {text});
    }
}

BOOST_AUTO_TEST_CASE(BadRangesAreRefused)
{
    for (const char* text : {"9..7",
                             "1..2:0",
                             "1..2:-1",
                             "1..x",
                             "1..",
                             "1..2:",
                             "1 ms..2 s",
                             "1..2 ms:1 s",
                             "0.5..2",
                             "0..99999999:1",
                             "1..9999999999"})
    {
        BOOST_CHECK_THROW(ExpandValue(text), std::invalid_argument);
    }
}

BOOST_AUTO_TEST_CASE(CommasInBracketsAndQuotesSeparateNothing)
{
    const Texts plain{"1", "2", "a b"};
    BOOST_TEST(SplitValues("1,2,a b") == plain, boost::test_tools::per_element());
    const Texts nested{"[a,b]", "{x: 1,y: [2,3]}", "\"q,r\"", "don't", "5"};
    BOOST_TEST(SplitValues("[a,b],{x: 1,y: [2,3]},\"q,r\",don't,5") == nested,
               boost::test_tools::per_element());
    BOOST_TEST(SplitValues("1,,2").size() == 3);
}

/// How many samples each stratum of so many values has.
std::vector<std::size_t>
PerStratum(std::size_t values, std::size_t samples, std::uint64_t seed, const char* axis)
{
    std::vector<std::size_t> counts(samples);
    for (const std::size_t value : LatinHypercubeAxis(values, samples, seed, axis))
    {
        BOOST_REQUIRE(value < values);
        ++counts[value * samples / values];
    }
    return counts;
}

BOOST_AUTO_TEST_CASE(EachStratumHasOneSample)
{
    for (const std::size_t samples : {1, 2, 7, 100})
    {
        for (const std::size_t factor : {1, 3, 10})
        {
            const auto counts = PerStratum(samples * factor, samples, 5, "a");
            BOOST_TEST(std::count(counts.begin(), counts.end(), 1U) ==
                       static_cast<std::ptrdiff_t>(samples));
        }
    }
}

BOOST_AUTO_TEST_CASE(FewValuesAreTakenEquallyOften)
{
    std::vector<std::size_t> counts(3);
    for (const std::size_t value : LatinHypercubeAxis(3, 9, 1, "a"))
    {
        ++counts.at(value);
    }
    BOOST_TEST(counts == std::vector<std::size_t>(3, 3), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(AxesAndSeedsAreDrawnForThemselves)
{
    const auto draw = LatinHypercubeAxis(50, 50, 1, "a");
    BOOST_TEST(draw == LatinHypercubeAxis(50, 50, 1, "a"), boost::test_tools::per_element());
    BOOST_TEST((draw != LatinHypercubeAxis(50, 50, 1, "b")));
    BOOST_TEST((draw != LatinHypercubeAxis(50, 50, 2, "a")));
    BOOST_TEST(!std::is_sorted(draw.begin(), draw.end()));
    BOOST_TEST(std::set<std::size_t>(draw.begin(), draw.end()).size() == 50);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

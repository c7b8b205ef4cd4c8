#include "lab/score/measured-value.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab::score;

BOOST_AUTO_TEST_SUITE(measured_value)

BOOST_AUTO_TEST_CASE(OneValueOrAllOfAMeasurement)
{
    BOOST_TEST(ParseMeasuredValues("harvester-learned").size() == 2u);
    BOOST_REQUIRE(ParseMeasuredValues("session-time/nine in ten").size() == 1u);
    BOOST_TEST(ParseMeasuredValues("session-time/nine in ten")[0].fact == "nine in ten");
    for (const char* wrong : {"", "/", "session-tim", "session-time/", "session-time/mean"})
    {
        BOOST_CHECK_EXCEPTION(
            ParseMeasuredValues(wrong),
            std::invalid_argument,
            [](const std::invalid_argument& e)
            { return std::string(e.what()).find("expected one of") != std::string::npos; });
    }
}

BOOST_AUTO_TEST_CASE(NumbersAreOrderedByValue)
{
    const MeasuredSample sample{{"10.5 s", "9 s", "100 s", "11 s"}};
    BOOST_TEST(sample.IsNumeric());
    BOOST_TEST(sample.Least() == "9 s");
    BOOST_TEST(sample.Median() == "10.5 s");
    BOOST_TEST(sample.Most() == "100 s");
}

BOOST_AUTO_TEST_CASE(TextAndMixedUnitsAreNoNumbers)
{
    BOOST_TEST(!(MeasuredSample{{"yes", "no"}}.IsNumeric()));
    BOOST_TEST(!(MeasuredSample{{"1 s", "1 ms"}}.IsNumeric()));
    BOOST_CHECK_THROW(MeasuredSample().Median(), std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()

#include "lab/score/measured-value.h"
#include "tests/score/scenario-measures.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab::score;

BOOST_AUTO_TEST_SUITE(measured_value)

BOOST_AUTO_TEST_CASE(OneValueOrAllOfAMeasurement)
{
    const bouncelab::scenario::Expectations measures = MeasuresOf("recipient-lookup");
    BOOST_TEST(ParseMeasuredValues("harvester-learned", measures).size() == 2u);
    const auto values = ParseMeasuredValues("session-time/nine in ten", measures);
    BOOST_REQUIRE(values.size() == 1u);
    BOOST_TEST(values[0].fact == "nine in ten");
    BOOST_TEST(ParseMeasuredValues("server/value", measures).size() == 1u);
    for (const char* wrong : {"", "/", "session-tim", "session-time/", "session-time/mean"})
    {
        BOOST_CHECK_EXCEPTION(ParseMeasuredValues(wrong, measures),
                              std::invalid_argument,
                              [](const std::invalid_argument& e)
                              {
                                  const std::string text = e.what();
                                  return text.find("expected one of") != std::string::npos ||
                                         text.find("did you mean") != std::string::npos ||
                                         text.find("list measurements") != std::string::npos;
                              });
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

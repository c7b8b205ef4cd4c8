#include "lab/score/fidelity/facts.h"
#include "lab/score/fidelity/table.h"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

namespace
{

using namespace bouncelab::score;

const Facts MEASURED{{"t", "54.053 ms"}, {"TTL", "57"}, {"text", "500 error"}};

BOOST_AUTO_TEST_SUITE(facts)

BOOST_AUTO_TEST_CASE(EqualValuesHold)
{
    const ClaimComparison c = Compare("TTL: 57 | text: 500 error", "", MEASURED);
    BOOST_TEST(c.held);
    BOOST_TEST(c.simulated == "TTL: 57 | text: 500 error");
}

BOOST_AUTO_TEST_CASE(AMissNamesWhatMissed)
{
    const ClaimComparison c = Compare("TTL: 56 | t: 54.053 ms | text: 550", "", MEASURED);
    BOOST_TEST(!c.held);
    BOOST_TEST(c.missed == "TTL, text");
}

BOOST_AUTO_TEST_CASE(ToleranceIncludesItsEnds)
{
    BOOST_TEST(Compare("t: 54.553 ms", "t: 0.5 ms", MEASURED).held);
    BOOST_TEST(!Compare("t: 54.554 ms", "t: 0.5 ms", MEASURED).held);
    BOOST_TEST(Compare("t: 53.553 ms | TTL: 57", "t: 0.5 ms", MEASURED).held);
    BOOST_TEST(!Compare("t: 53.552 ms", "0.5", MEASURED).held);
}

BOOST_AUTO_TEST_CASE(TrailingZerosAndUnitsAreUnderstood)
{
    BOOST_TEST(Compare("54.0530 ms", "", Facts{{"gap", "54.053 ms"}}).held);
    BOOST_TEST(!Compare("54.053 s", "", Facts{{"gap", "54.053 ms"}}).held);
    BOOST_TEST(!Compare("54.054 ms", "", Facts{{"gap", "54.053 ms"}}).held);
    BOOST_TEST(!Compare("54.053 ms", "", Facts{{"gap", "54.053001 ms"}}).held);
}

BOOST_AUTO_TEST_CASE(BoundsAreBounds)
{
    BOOST_TEST(Compare("t: < 54.054 ms", "", MEASURED).held);
    BOOST_TEST(!Compare("t: < 54.053 ms", "", MEASURED).held);
    BOOST_TEST(Compare("t: <= 54.053 ms", "", MEASURED).held);
    BOOST_TEST(Compare("TTL: > 50", "", MEASURED).held);
    BOOST_TEST(!Compare("TTL: >= 58", "", MEASURED).held);
    BOOST_TEST(!Compare("text: < 5", "", MEASURED).held);
    BOOST_TEST(Compare("<a@b.example>:", "", Facts{{"to", "<a@b.example>:"}}).held);
}

BOOST_AUTO_TEST_CASE(UnreadableClaimsAreRefused)
{
    BOOST_CHECK_THROW(Compare("54.053 ms", "", MEASURED), std::invalid_argument);
    BOOST_CHECK_THROW(Compare("hops: 7", "", MEASURED), std::invalid_argument);
    BOOST_CHECK_THROW(Compare("text: 500 error", "text: 1", MEASURED), std::invalid_argument);
    BOOST_CHECK_THROW(Compare("t: 54 ms", "t: some", MEASURED), std::invalid_argument);
    BOOST_CHECK_THROW(Compare("t: 54 ms", "t: 1 s", MEASURED), std::invalid_argument);
    BOOST_CHECK_THROW(Compare("t: < x", "", MEASURED), std::invalid_argument);
    BOOST_CHECK_THROW(Compare("t: 54 ms", "ttl: 1", MEASURED), std::invalid_argument);
    BOOST_TEST(!Compare("", "", MEASURED).held);
}

BOOST_AUTO_TEST_CASE(TimesAreExact)
{
    BOOST_TEST(DurationValue(54053000).text == "54.053 ms");
    BOOST_TEST(DurationValue(54053001).text == "54.053001 ms");
    BOOST_TEST(DurationValue(-500).text == "-0.0005 ms");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

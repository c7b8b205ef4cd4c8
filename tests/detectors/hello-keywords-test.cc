#include "detectors/analysis/hello-keywords.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab::detectors;

BOOST_AUTO_TEST_SUITE(hello_keywords)

BOOST_AUTO_TEST_CASE(AMaskIsAsLongAsTheShortestWord)
{
    BOOST_TEST(!IsMaskedWord("XXX"));
    BOOST_TEST(IsMaskedWord("XXXX"));
    BOOST_TEST(IsMaskedWord("XXXXX"));
    BOOST_TEST(!IsMaskedWord("XXXA"));
    BOOST_TEST(IsMaskedWord("XXXXA"));
    BOOST_TEST(!IsMaskedWord("XXXXB"));
}

BOOST_AUTO_TEST_CASE(AGreetingOfStars)
{
    BOOST_TEST(!IsMaskedGreeting("220 *******"));
    BOOST_TEST(IsMaskedGreeting("220 ********"));
    BOOST_TEST(IsMaskedGreeting("220 ****0*2**** 200"));
    BOOST_TEST(!IsMaskedGreeting("220 ******** mx"));
}

BOOST_AUTO_TEST_SUITE_END()

#include "formats/vocabulary.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;

BOOST_AUTO_TEST_SUITE(vocabulary)

BOOST_AUTO_TEST_CASE(TheFirstWordIsTheFamily)
{
    BOOST_TEST(FamilyOf("forged.reply") == "forged");
    BOOST_TEST(FamilyOf("tarpit") == "tarpit");
}

BOOST_AUTO_TEST_CASE(KnownClassesHaveAKnownFamily)
{
    for (const char* good : {"forged", "forged.reply", "auth.clock-skew", "relay.open.percent"})
    {
        BOOST_TEST(IsKnownClass(good), good);
    }
    for (const char* bad : {"",
                            ".",
                            "weather",
                            "forged.",
                            "forged..reply",
                            "Forged.reply",
                            "forged.re ply",
                            ".forged"})
    {
        BOOST_TEST(!IsKnownClass(bad), bad);
    }
}

BOOST_AUTO_TEST_CASE(VerdictsHaveNames)
{
    BOOST_TEST(NameOf(Verdict::Fault) == "fault");
    BOOST_TEST(NameOf(Verdict::Inconclusive) == "inconclusive");
}

BOOST_AUTO_TEST_SUITE_END()

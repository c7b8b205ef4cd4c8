#include "run-detector.h"
#include "sessions.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

/// A client's content of so many octets that nobody acknowledges, sent again after these pauses.
struct VanishingSegment
{
    int octets = 1400;
    std::vector<int> pausesMs{1000, 2000, 4000};
    bool otherLives = true;
    int passed = 500; //!< The largest segment that got through.
};

std::vector<Alert>
Judge(const VanishingSegment& sent)
{
    std::string script = fmt::format("client 10.4.1.4:60661\nserver 198.51.100.25:25\n"
                                     "0 client > server S <mss 1460>\n"
                                     "+20ms server > client S. <mss 1460>\n+1ms client > server .\n"
                                     "+20ms server > client \"220 mx.goal.example ESMTP\\r\\n\"\n"
                                     "+1ms client > server \"EHLO \" {}*\"a\" \"\\r\\n\"\n"
                                     "+20ms server > client \"250 mx.goal.example\\r\\n\"\n"
                                     "+1ms client > server {}*\"x\"\n",
                                     sent.passed - 7,
                                     sent.octets);
    for (std::size_t i = 0; i < sent.pausesMs.size(); ++i)
    {
        if (sent.otherLives && i == 0)
        {
            script += fmt::format("+1ms server > client . ack {}\n", sent.passed + 1);
        }
        script += fmt::format("+{}ms client > server {}*\"x\" seq {}\n",
                              sent.pausesMs[i] - (sent.otherLives && i == 0 ? 1 : 0),
                              sent.octets,
                              sent.passed + 1);
    }
    return test::Judge(ScriptOf(script), "path-mtu");
}

} // namespace

BOOST_AUTO_TEST_SUITE(path_mtu)

BOOST_AUTO_TEST_CASE(LargeSegmentsThatVanish)
{
    const auto alerts = Judge({});
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST((alerts[0].verdict == Verdict::Fault), alerts[0].evidence.explanation);
    BOOST_TEST(alerts[0].dottedClass == "unreachable.path-mtu");
    VanishingSegment dead;
    dead.otherLives = false;
    const auto doubts = Judge(dead);
    BOOST_REQUIRE_EQUAL(doubts.size(), 1);
    BOOST_TEST((doubts[0].verdict == Verdict::Inconclusive));
}

BOOST_AUTO_TEST_CASE(FromAThousandOctetsOn)
{
    VanishingSegment sent;
    sent.octets = 999;
    BOOST_TEST(Judge(sent).empty());
    sent.octets = 1000;
    BOOST_TEST(Judge(sent).size() == 1);
    sent.passed = 999;
    BOOST_TEST(Judge(sent).size() == 1);
    sent.passed = 1000; // a packet of that size got through
    BOOST_TEST(Judge(sent).empty());
}

BOOST_AUTO_TEST_CASE(FromThreeRepetitionsOnWhosePausesGrow)
{
    VanishingSegment sent;
    sent.pausesMs = {1000, 2000};
    BOOST_TEST(Judge(sent).empty());
    sent.pausesMs = {1000, 1501, 2253};
    BOOST_TEST(Judge(sent).size() == 1);
    sent.pausesMs = {1000, 1500, 2251};
    BOOST_TEST(Judge(sent).empty());
    sent.pausesMs = {1000, 1500, 2251, 3500};
    BOOST_TEST(Judge(sent).size() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

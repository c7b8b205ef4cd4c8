#include "run-detector.h"
#include "tests/skip.h"

#include <algorithm>

using namespace bouncelab;
using namespace bouncelab::test;

/// The first real input: an article with packets, a traceroute and log lines in its prose.
BOOST_AUTO_TEST_SUITE(document,
                      *boost::unit_test::precondition(tests::IfShared{"documents/S003.txt"}))

BOOST_AUTO_TEST_CASE(EveryDetectorConvictsTheSeventhPacket)
{
    const auto path = tests::SharedPath("documents/S003.txt");
    for (const char* detector :
         {"early-reply", "overlap-conflict", "header-outlier", "phantom-ack", "hop-locator"})
    {
        const auto alerts = JudgePath(path, detector);
        BOOST_REQUIRE_EQUAL(alerts.size(), 1);
        BOOST_TEST((alerts[0].verdict == Verdict::Fault), detector);
        BOOST_TEST(alerts[0].frame == 7, detector);
        BOOST_TEST(alerts[0].dottedClass == "forged.reply", detector);
        BOOST_TEST(alerts[0].source.ToString() == "203.131.198.80");
    }
    BOOST_TEST(JudgePath(path, "forged-reset").empty());
}

BOOST_AUTO_TEST_CASE(ItsSenderStandsBehindHopSix)
{
    const auto alerts = JudgePath(tests::SharedPath("documents/S003.txt"), "hop-locator");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_REQUIRE(alerts[0].where.hops);
    BOOST_TEST(alerts[0].where.hops->after == 6);
    BOOST_TEST(alerts[0].where.hops->to == 7);
}

BOOST_AUTO_TEST_CASE(TheExplanationHasTheFigures)
{
    const auto alerts = JudgePath(tests::SharedPath("documents/S003.txt"), "early-reply");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    const std::string& text = alerts[0].evidence.explanation;
    for (const char* figure : {"54.053 ms", "99.926 ms", "100.783 ms", "50.975 ms", "RCPT TO"})
    {
        BOOST_TEST(text.find(figure) != std::string::npos, text);
    }
    BOOST_TEST((alerts[0].evidence.frames == std::vector<std::uint64_t>{6, 7, 8}));
    BOOST_TEST(alerts[0].evidence.lines.size() == 3);
    // The article's year stands in the mail log only, and so does the zone of its stamps.
    BOOST_TEST(FormatEveTime(alerts[0].time) == "2006-09-26T06:44:53.103763+0000");
    BOOST_TEST(alerts[0].evidence.log.size() == 2);
}

BOOST_AUTO_TEST_SUITE_END()

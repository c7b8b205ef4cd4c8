#include "run-detector.h"
#include "sessions.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

BOOST_AUTO_TEST_SUITE(stripped_keywords)

BOOST_AUTO_TEST_CASE(CutEvidenceIsSurvived)
{
    const std::string whole = PcapOf(ReadSession("no-server-answers-so", "stripped-keywords.txt"));
    for (std::size_t length = 24; length < whole.size(); length += 31)
    {
        JudgeCapture(whole.substr(0, length), "stripped-keywords");
    }
    BOOST_TEST(CountFaults(JudgeCapture(whole + std::string(11, '\x7E'), "stripped-keywords")) ==
               1);
}

BOOST_AUTO_TEST_SUITE_END()

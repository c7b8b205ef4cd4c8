#include "detectors/readers/report-dates-reader.h"
#include "tests/detectors/run-detector.h"
#include "tests/evidence/scratch-folder.h"
#include "tests/skip.h"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <string>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

/// A report as it lies in a mailbox.
std::string
Report(const std::string& sent, const std::string& failed)
{
    return "From - Fri Mar 22 17:47:14 2002\nDelivered-To: a@b\nMessage-ID: <1@x>\n\n"
           "Your message did not reach some or all of the intended recipients.\n\n      "
           "Subject:\tHi\n"
           "      Sent:\t" +
           sent + "\n\nThe following recipient(s) could not be reached:\n\n      c@d on " + failed +
           "\n            The e-mail account does not exist.\n";
}

std::vector<Alert>
JudgeText(const std::string& text)
{
    const ScratchFolder scratch;
    std::ofstream(scratch / "a.mbox", std::ios::binary) << text;
    return JudgePath(scratch / "a.mbox", "report-dates");
}

} // namespace

BOOST_AUTO_TEST_SUITE(report_dates)

BOOST_AUTO_TEST_CASE(AFailureBeforeTheSendingIsImpossible)
{
    const auto alerts = JudgeText(Report("3/22/2002 5:47 PM", "3/12/2002 12:30 PM"));
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST(alerts[0].dottedClass == "inconsistent.dates");
    BOOST_TEST((alerts[0].verdict == Verdict::Fault));
    BOOST_TEST(alerts[0].evidence.explanation.find("10 d 5 h 17 min earlier") != std::string::npos);
    BOOST_REQUIRE_EQUAL(alerts[0].evidence.log.size(), 1);
    BOOST_TEST(alerts[0].evidence.log[0].text == "c@d on 3/12/2002 12:30 PM");
    BOOST_TEST(alerts[0].evidence.log[0].line == 12);
}

BOOST_AUTO_TEST_CASE(ClocksThatDifferALittleAreNothing)
{
    BOOST_TEST(JudgeText(Report("3/22/2002 5:47 PM", "3/22/2002 5:47 PM")).empty());
    BOOST_TEST(JudgeText(Report("3/22/2002 5:47 PM", "3/22/2002 5:37 PM")).empty());
    BOOST_TEST(JudgeText(Report("3/22/2002 5:47 PM", "3/22/2002 5:36 PM")).size() == 1);
    BOOST_TEST(JudgeText(Report("12/31/2001 11:59 PM", "1/1/2002 12:01 AM")).empty());
    BOOST_TEST(JudgeText(Report("3/22/2002 12:10 AM", "3/22/2002 12:30 PM")).empty());
    BOOST_TEST(JudgeText(Report("22/3/2002 5:47 PM", "3/12/2002 12:30 PM")).empty());
}

BOOST_AUTO_TEST_CASE(AReportInSeveralMailboxesIsToldOnce)
{
    const std::string report = Report("3/22/2002 5:47 PM", "3/12/2002 12:30 PM");
    BOOST_TEST(JudgeText(report + "\n" + report).size() == 1);
}

/// S004-16: test 6 failed on 3/12 and was sent on 3/22; test 7's dates are the same.
BOOST_AUTO_TEST_CASE(TheDocumentsDates,
                     *boost::unit_test::precondition(tests::IfShared{"documents/S004.txt"}))
{
    const auto alerts = JudgePath(tests::SharedPath("documents/S004.txt"), "report-dates");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST(alerts[0].evidence.explanation.find("sent on 3/22/2002 5:47 PM and failed on "
                                                   "3/12/2002 12:30 PM, 10 d 5 h 17 min earlier") !=
               std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

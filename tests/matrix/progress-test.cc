#include "lab/matrix/progress.h"

#include <boost/test/unit_test.hpp>

namespace
{

using namespace bouncelab::matrix;
using std::chrono::milliseconds;

BOOST_AUTO_TEST_SUITE(progress)

BOOST_AUTO_TEST_CASE(SpansAreInThePartsThatMatter)
{
    BOOST_TEST(FormatSpan(milliseconds(4249)) == "4.2 s");
    BOOST_TEST(FormatSpan(milliseconds(111000)) == "1 min 51 s");
    BOOST_TEST(FormatSpan(milliseconds(3780000)) == "1 h 3 min");
}

BOOST_AUTO_TEST_CASE(TheTimeLeftFollowsFromWhatWasMade)
{
    const Progress::Clock::time_point start;
    Progress progress(20, start);
    BOOST_TEST(progress.Text(start + milliseconds(500)) == "0 of 20 runs, 0.5 s");
    for (int i = 0; i < 4; ++i)
    {
        progress.Add();
    }
    BOOST_TEST(progress.Text(start + milliseconds(2000)) ==
               "4 of 20 runs, 2.0 a second, 8.0 s left");
    // What stood already makes the rest less, and the rate no better.
    for (int i = 0; i < 12; ++i)
    {
        progress.Add(true);
    }
    BOOST_TEST(progress.Text(start + milliseconds(2000)) ==
               "16 of 20 runs, 2.0 a second, 2.0 s left");
    BOOST_TEST(progress.Text(start + milliseconds(60000)) ==
               "16 of 20 runs, 4.0 a minute, 1 min 0 s left");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

#include "formats/calendar.h"
#include "models/mail/daily-schedule.h"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace bouncelab;
using namespace bouncelab::mail;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace
{

WallTime
Utc(int month, int day, int hour, int minute = 0)
{
    return WallTime(seconds(DaysFromCivil(2010, month, day) * SECONDS_PER_DAY) + hours(hour) +
                    minutes(minute));
}

/// US Eastern time of 2010.
const LocalZone EASTERN(hours(-5),
                        {{Utc(3, 14, 7), seconds(hours(-4))}, {Utc(11, 7, 6), seconds(hours(-5))}});

/// The next times of day after a moment.
std::vector<WallTime>
Next(WallTime after, Nanoseconds ofDay, int count)
{
    std::vector<WallTime> times;
    for (int i = 0; i < count; ++i)
    {
        after = EASTERN.NextDaily(after, ofDay);
        times.push_back(after);
    }
    return times;
}

} // namespace

BOOST_AUTO_TEST_SUITE(daily_schedule)

BOOST_AUTO_TEST_CASE(midnight_is_at_four_in_summer_and_at_five_in_winter)
{
    BOOST_TEST((Next(Utc(7, 1, 12), Nanoseconds(0), 2) ==
                std::vector<WallTime>{Utc(7, 2, 4), Utc(7, 3, 4)}));
    BOOST_TEST((Next(Utc(1, 1, 12), Nanoseconds(0), 2) ==
                std::vector<WallTime>{Utc(1, 2, 5), Utc(1, 3, 5)}));
}

BOOST_AUTO_TEST_CASE(the_moment_itself_is_not_after_it)
{
    BOOST_TEST((EASTERN.NextDaily(Utc(7, 2, 4), Nanoseconds(0)) == Utc(7, 3, 4)));
    BOOST_TEST((EASTERN.NextDaily(Utc(7, 2, 4) - Nanoseconds(1), Nanoseconds(0)) == Utc(7, 2, 4)));
}

BOOST_AUTO_TEST_CASE(nights_of_clock_changes)
{
    BOOST_TEST((Next(Utc(11, 5, 12), Nanoseconds(0), 4) ==
                std::vector<WallTime>{Utc(11, 6, 4), Utc(11, 7, 4), Utc(11, 8, 5), Utc(11, 9, 5)}));
    BOOST_TEST((Next(Utc(3, 12, 12), Nanoseconds(0), 4) ==
                std::vector<WallTime>{Utc(3, 13, 5), Utc(3, 14, 5), Utc(3, 15, 4), Utc(3, 16, 4)}));
}

/// 02:30 does not exist on 14 March, and 01:30 exists twice on 7 November.
BOOST_AUTO_TEST_CASE(an_hour_left_out_and_an_hour_that_comes_twice)
{
    BOOST_TEST((Next(Utc(3, 12, 12), Nanoseconds(hours(2)) + minutes(30), 3) ==
                std::vector<WallTime>{Utc(3, 13, 7, 30), Utc(3, 14, 7), Utc(3, 15, 6, 30)}));
    BOOST_TEST((Next(Utc(11, 5, 12), Nanoseconds(hours(1)) + minutes(30), 3) ==
                std::vector<WallTime>{Utc(11, 6, 5, 30), Utc(11, 7, 5, 30), Utc(11, 8, 6, 30)}));
}

BOOST_AUTO_TEST_CASE(zones_east_of_greenwich)
{
    const LocalZone china(hours(8));
    BOOST_TEST((china.NextDaily(Utc(7, 1, 12), Nanoseconds(0)) == Utc(7, 1, 16)));
    BOOST_TEST((china.NextDaily(Utc(7, 1, 16), Nanoseconds(0)) == Utc(7, 2, 16)));
}

BOOST_AUTO_TEST_SUITE_END()

#include "detectors/analysis/hello-name.h"
#include "detectors/analysis/send-rhythm.h"
#include "formats/calendar.h"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace bouncelab;
using namespace bouncelab::detectors;

namespace
{

constexpr std::int64_t HOUR = 3600;

/// Moments from 2010-07-01 00:00 on. \param seconds since then
std::vector<WallTime>
Moments(const std::vector<std::int64_t>& seconds)
{
    std::vector<WallTime> moments;
    for (const std::int64_t second : seconds)
    {
        moments.emplace_back(
            std::chrono::seconds(DaysFromCivil(2010, 7, 1) * SECONDS_PER_DAY + second));
    }
    return moments;
}

std::int64_t
Day(std::int64_t day, std::int64_t second = 0)
{
    return day * SECONDS_PER_DAY + second;
}

} // namespace

BOOST_AUTO_TEST_SUITE(send_rhythm)

BOOST_AUTO_TEST_CASE(a_day_is_a_rhythm_from_three_times_on)
{
    BOOST_TEST(!RhythmOf(Moments({Day(0), Day(1)})).isDaily);
    const SendRhythm rhythm = RhythmOf(Moments({Day(2, 4), Day(0), Day(1, 9)}));
    BOOST_TEST(rhythm.isDaily);
    BOOST_TEST(rhythm.secondOfDay == 4);
    BOOST_TEST(rhythm.jitterSeconds == 5);
    BOOST_TEST(!rhythm.change);
}

BOOST_AUTO_TEST_CASE(what_is_close_together_is_one_time)
{
    BOOST_TEST(RhythmOf(Moments({Day(0), Day(0, 600), Day(0, 1200), Day(1), Day(2)})).isDaily);
    const SendRhythm twice = RhythmOf(Moments({Day(0), Day(0, 601), Day(1), Day(2)}));
    BOOST_TEST(twice.times == 4);
    BOOST_TEST(!twice.isDaily);
}

BOOST_AUTO_TEST_CASE(most_days_have_to_be_there)
{
    BOOST_TEST(RhythmOf(Moments({Day(0), Day(2), Day(4)})).isDaily);
    BOOST_TEST(RhythmOf(Moments({Day(0), Day(2), Day(5)})).isDaily); // Three of six.
    BOOST_TEST(!RhythmOf(Moments({Day(0), Day(3), Day(6)})).isDaily);
    BOOST_TEST(!RhythmOf(Moments({Day(0), Day(7), Day(14)})).isDaily);
}

BOOST_AUTO_TEST_CASE(twice_a_day_and_each_hour_are_none)
{
    BOOST_TEST(!RhythmOf(Moments({Day(0), Day(0, 12 * HOUR), Day(1), Day(1, 12 * HOUR)})).isDaily);
    std::vector<std::int64_t> hourly;
    for (int hour = 0; hour < 72; ++hour)
    {
        hourly.push_back(hour * HOUR);
    }
    const SendRhythm rhythm = RhythmOf(Moments(hourly));
    BOOST_TEST(!rhythm.isDaily);
    BOOST_TEST(rhythm.hours == 24);
}

BOOST_AUTO_TEST_CASE(midnight_may_fall_on_either_side)
{
    const SendRhythm rhythm = RhythmOf(Moments({Day(1, -3), Day(2, 2), Day(3, -1), Day(4, 1)}));
    BOOST_TEST(rhythm.isDaily);
    BOOST_TEST(rhythm.jitterSeconds <= 4);
}

BOOST_AUTO_TEST_CASE(clocks_change_twice_a_year_by_an_hour_and_stay)
{
    const SendRhythm autumn = RhythmOf(Moments({Day(0), Day(1), Day(2, HOUR), Day(3, HOUR)}));
    BOOST_TEST(autumn.isDaily);
    BOOST_TEST(autumn.changeSeconds == HOUR);
    BOOST_TEST((autumn.change == Moments({Day(2, HOUR)}).front()));
    BOOST_TEST(autumn.secondOfDay == 0);
    BOOST_TEST(RhythmOf(Moments({Day(0), Day(1, HOUR), Day(2, HOUR), Day(3), Day(4)})).isDaily);
    BOOST_TEST(!RhythmOf(Moments({Day(0), Day(1, HOUR), Day(2), Day(3)})).isDaily);
    BOOST_TEST(!RhythmOf(Moments({Day(0), Day(1), Day(2, 2 * HOUR), Day(3, 2 * HOUR)})).isDaily);
    BOOST_TEST(
        !RhythmOf(
             Moments(
                 {Day(0), Day(1, HOUR), Day(2, HOUR), Day(3), Day(4), Day(5, HOUR), Day(6, HOUR)}))
             .isDaily);
}

BOOST_AUTO_TEST_CASE(names_that_are_none)
{
    const HostAddress client = *HostAddress::Parse("203.0.113.5");
    for (const char* name : {"127.0.0.1",
                             "127.1.2.3",
                             "[127.0.0.1]",
                             "localhost",
                             "LOCALHOST.",
                             "localhost.localdomain",
                             "::1",
                             "[IPv6:::1]"})
    {
        BOOST_TEST((CheckHello(name, client) == HelloFault::Loopback), name);
        BOOST_TEST(IsImplausible(CheckHello(name, client)));
    }
    BOOST_TEST((CheckHello("203.0.113.5", client) == HelloFault::BareAddress));
    BOOST_TEST((CheckHello("[203.0.113.5]", client) == HelloFault::None));
    BOOST_TEST((CheckHello("[192.168.1.5]", client) == HelloFault::OtherAddress));
    BOOST_TEST((CheckHello("[192.168.1.5]", {}) == HelloFault::None));
    BOOST_TEST((CheckHello("EXCHANGE", client) == HelloFault::SingleLabel));
    BOOST_TEST((CheckHello("ex.site.local", client) == HelloFault::PrivateName));
    BOOST_TEST((CheckHello("mail.site.example", client) == HelloFault::None));
    BOOST_TEST((CheckHello("localhost-7.site.example", client) == HelloFault::None));
    BOOST_TEST((CheckHello("", client) == HelloFault::None));
    BOOST_TEST(!IsImplausible(HelloFault::OtherAddress));
    BOOST_TEST(!IsImplausible(HelloFault::SingleLabel));
}

BOOST_AUTO_TEST_SUITE_END()

#include "detectors/analysis/clock-offset.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::detectors;
using std::chrono::minutes;

namespace
{

constexpr std::int64_t HOUR = 3600;

/// From one host. \param seconds since 2010-07-02
std::vector<Stamped>
From(const char* host, const std::vector<std::int64_t>& seconds, std::int64_t ahead = 0)
{
    std::vector<Stamped> all;
    for (const std::int64_t second : seconds)
    {
        all.push_back({*HostAddress::Parse(host),
                       WallTime(std::chrono::seconds(1278028800 + second + ahead))});
    }
    return all;
}

const std::vector<std::int64_t> TIMES{9 * HOUR, 9 * HOUR + 700, 14 * HOUR + 5, 30 * HOUR};

} // namespace

BOOST_AUTO_TEST_SUITE(clock_offset)

BOOST_AUTO_TEST_CASE(zones_are_told_by_what_both_logs_have)
{
    const auto reference = From("198.51.100.7", TIMES);
    for (const std::int64_t quarters : {0, -16, 22, 23, 56, -48})
    {
        const auto offset =
            OffsetBetween(reference, From("198.51.100.7", TIMES, quarters * 900 + 3));
        BOOST_REQUIRE(offset.has_value());
        BOOST_TEST(offset->count() == quarters * 15);
    }
}

BOOST_AUTO_TEST_CASE(clocks_that_are_set_agree_to_twenty_seconds)
{
    const auto reference = From("198.51.100.7", TIMES);
    BOOST_TEST((OffsetBetween(reference, From("198.51.100.7", TIMES, HOUR + 20)) == minutes(60)));
    BOOST_TEST((OffsetBetween(reference, From("198.51.100.7", TIMES, HOUR - 20)) == minutes(60)));
    BOOST_TEST(!OffsetBetween(reference, From("198.51.100.7", TIMES, HOUR + 21)));
    BOOST_TEST(!OffsetBetween(reference, From("198.51.100.7", TIMES, HOUR - 21)));
}

BOOST_AUTO_TEST_CASE(half_of_what_both_have_is_not_enough)
{
    const std::vector<std::int64_t> later{200 * HOUR, 203 * HOUR + 77, 210 * HOUR + 9, 230 * HOUR};
    auto reference = From("198.51.100.7", TIMES);
    auto other = From("198.51.100.7", TIMES, HOUR);
    for (const std::int64_t time : later)
    {
        BOOST_TEST((OffsetBetween(reference, other) == minutes(60)));
        reference.push_back(From("198.51.100.7", {time}).front());
        other.push_back(From("198.51.100.7", {time}, 400).front());
    }
    BOOST_TEST(!OffsetBetween(reference, other)); // Four of eight.
}

BOOST_AUTO_TEST_CASE(what_only_one_log_has_does_not_matter)
{
    auto other = From("198.51.100.7", TIMES, -4 * HOUR);
    const auto more = From("192.0.2.1", {1, 2, 3, 4, 5, 6, 7, 8, 9});
    other.insert(other.end(), more.begin(), more.end());
    BOOST_TEST((OffsetBetween(From("198.51.100.7", TIMES), other) == minutes(-240)));
}

BOOST_AUTO_TEST_CASE(two_connections_are_not_enough)
{
    BOOST_TEST(!OffsetBetween(From("198.51.100.7", {HOUR, 9 * HOUR}),
                              From("198.51.100.7", {HOUR, 9 * HOUR})));
    BOOST_TEST(!OffsetBetween({}, From("198.51.100.7", TIMES)));
}

BOOST_AUTO_TEST_CASE(other_hosts_and_odd_distances_tell_nothing)
{
    BOOST_TEST(!OffsetBetween(From("198.51.100.7", TIMES), From("192.0.2.1", TIMES)));
    BOOST_TEST(!OffsetBetween(From("198.51.100.7", TIMES), From("198.51.100.7", TIMES, 400)));
    BOOST_TEST(!OffsetBetween(From("198.51.100.7", TIMES), From("198.51.100.7", TIMES, 20 * HOUR)));
}

BOOST_AUTO_TEST_CASE(what_happens_each_hour_fits_every_zone)
{
    std::vector<std::int64_t> hourly;
    for (int hour = 0; hour < 48; ++hour)
    {
        hourly.push_back(hour * HOUR);
    }
    BOOST_TEST(!OffsetBetween(From("198.51.100.7", hourly), From("198.51.100.7", hourly, HOUR)));
}

BOOST_AUTO_TEST_CASE(a_clock_that_changes_has_no_one_distance)
{
    auto other = From("198.51.100.7", TIMES, -4 * HOUR);
    const std::vector<std::int64_t> later{200 * HOUR, 203 * HOUR + 77, 210 * HOUR + 9, 230 * HOUR};
    const auto changed = From("198.51.100.7", later, -5 * HOUR);
    other.insert(other.end(), changed.begin(), changed.end());
    auto reference = From("198.51.100.7", TIMES);
    const auto more = From("198.51.100.7", later);
    reference.insert(reference.end(), more.begin(), more.end());
    BOOST_TEST(!OffsetBetween(reference, other));
}

BOOST_AUTO_TEST_SUITE_END()

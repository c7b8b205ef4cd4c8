#include "models/path/lane.h"
#include "tests/path/path-rig.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace bouncelab;
using namespace bouncelab::path;

namespace
{

constexpr std::uint32_t Length = 4;

struct Rig
{
    Rig()
        : lane(MakeLinks(1, "lane", Direction::Outbound, MakeHops(Length)),
               [this](Lane::Handle handle, bool again) { calls.emplace_back(handle, again); })
    {
    }

    Lane::Handle Insert(std::uint32_t position, std::int64_t nowNs, std::uint8_t ttl = 64)
    {
        lane.Insert(position,
                    ttl + position + 1,
                    position,
                    nowNs,
                    MakePacket(ledger, 1, MailHost, Server, 6, 980, ttl));
        const auto born = std::find_if(calls.rbegin(),
                                       calls.rend(),
                                       [](const auto& call) { return !call.second; });
        return born->first;
    }

    provenance::Ledger ledger;
    std::vector<std::pair<Lane::Handle, bool>> calls;
    Lane lane;
};

} // namespace

BOOST_AUTO_TEST_SUITE(lane)

BOOST_AUTO_TEST_CASE(memory_follows_the_packets_in_flight)
{
    Rig rig;
    std::set<Lane::Handle> used;
    std::int64_t now = 0;
    for (int i = 0; i < 10000; ++i)
    {
        const Lane::Handle first = rig.Insert(0, now);
        const Lane::Handle second = rig.Insert(2, now);
        BOOST_TEST_REQUIRE(rig.lane.InFlight() == 2U);
        used.insert({first, second});
        now = rig.lane.DueNs(first);
        rig.lane.Remove(second);
        rig.lane.Remove(first);
    }
    BOOST_TEST(rig.lane.InFlight() == 0U);
    BOOST_TEST(used.size() == 2U);
}

BOOST_AUTO_TEST_CASE(only_packets_whose_times_change_are_called_again)
{
    Rig rig;
    // Each takes 8.016 us on a link and 1 ms to the next node.
    const Lane::Handle first = rig.Insert(0, 0);
    const Lane::Handle close = rig.Insert(0, 1);
    const Lane::Handle later = rig.Insert(0, 500000);
    const std::int64_t firstDue = rig.lane.DueNs(first);
    const std::int64_t closeDue = rig.lane.DueNs(close);
    const std::int64_t laterDue = rig.lane.DueNs(later);
    BOOST_TEST(firstDue == Length * 1008016);
    BOOST_TEST(closeDue == firstDue + 8016);
    BOOST_TEST(laterDue == firstDue + 500000);

    // Born at position 2, 5 us before the first arrives there.
    rig.calls.clear();
    const Lane::Handle forged = rig.Insert(2, 2 * 1008016 - 5000);
    BOOST_TEST(rig.lane.DueNs(forged) == 4 * 1008016 - 5000);
    BOOST_TEST(rig.lane.DueNs(first) == firstDue + 3016);
    BOOST_TEST(rig.lane.DueNs(close) == closeDue + 3016);
    BOOST_TEST(rig.lane.DueNs(later) == laterDue);
    const std::vector<std::pair<Lane::Handle, bool>> expected = {{forged, false},
                                                                 {first, true},
                                                                 {close, true}};
    BOOST_TEST((rig.calls == expected));
}

BOOST_AUTO_TEST_CASE(ties_are_served_from_ahead)
{
    Rig rig;
    const Lane::Handle behind = rig.Insert(0, 0);
    BOOST_TEST(rig.lane.TiedAhead(behind) == Lane::None);
    // The clamp of order can make two packets due in one nanosecond; equal figures do so at once.
    const Lane::Handle ahead = rig.Insert(Length, rig.lane.DueNs(behind));
    BOOST_TEST(rig.lane.TiedAhead(ahead) == behind);
    BOOST_TEST(rig.lane.TiedAhead(behind) == Lane::None);
    rig.lane.Remove(behind);
    BOOST_TEST(rig.lane.TiedAhead(ahead) == Lane::None);
}

BOOST_AUTO_TEST_CASE(ttl_ends_where_the_arithmetic_says)
{
    Rig rig;
    const Lane::Handle handle = rig.Insert(0, 0, 3);
    BOOST_TEST((rig.lane.At(handle).ending == Lane::Ending::Expire));
    BOOST_TEST(rig.lane.At(handle).reach == 3U);
    BOOST_TEST(rig.lane.IsAtLastStop(handle));
    const Lane::Handle far = rig.Insert(0, 0, 4);
    BOOST_TEST((rig.lane.At(far).ending == Lane::Ending::Arrive));
}

BOOST_AUTO_TEST_SUITE_END()

#include "tests/run/run-fixture.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab::run;

namespace
{

constexpr std::int64_t SECOND = 1000000000;

/// When the frames of a vantage are stamped, in a minute without a fault.
std::vector<std::int64_t>
Stamps(const std::string& vantage, std::vector<std::string> overrides = {})
{
    Runs runs;
    overrides.insert(overrides.end(), {"duration=60 s", "vantages.mail-host.capture=true"});
    for (const char* station :
         {"outward-source", "outward-destination", "inward-source", "inward-destination"})
    {
        overrides.push_back(std::string("vantages.mail-host.") + station + "=0:E0:FC:34:C0:86");
    }
    std::vector<std::int64_t> stamps;
    for (const RecordedFrame& frame :
         ReadCapture(runs.Run("control", overrides) / "evidence" / vantage / "capture.pcap"))
    {
        stamps.push_back(frame.ns);
    }
    BOOST_TEST(stamps.size() > 20U);
    return stamps;
}

std::vector<std::int64_t>
Moved(std::vector<std::int64_t> stamps, std::int64_t ns)
{
    for (std::int64_t& stamp : stamps)
    {
        stamp += ns;
    }
    return stamps;
}

} // namespace

BOOST_AUTO_TEST_SUITE(vantage_clock)

BOOST_AUTO_TEST_CASE(a_vantage_is_ahead_by_its_offset_whatever_the_hosts_clocks_say)
{
    const auto plain = Stamps("gateway-inside");
    const std::string offset = "vantages.gateway-inside.clock-offset=";
    BOOST_TEST((Stamps("gateway-inside", {offset + "10 s"}) == Moved(plain, 10 * SECOND)));
    BOOST_TEST((Stamps("gateway-inside", {offset + "-2 s", "hosts.mail-host.clock-offset=7 s"}) ==
                Moved(plain, -2 * SECOND)));
}

BOOST_AUTO_TEST_CASE(on_a_host_both_clocks_count)
{
    const auto plain = Stamps("mail-host", {"hosts.mail-host.clock-offset=0 s"});
    BOOST_TEST((Stamps("mail-host",
                       {"hosts.mail-host.clock-offset=-2 s",
                        "vantages.mail-host.clock-offset=10 s"}) == Moved(plain, 8 * SECOND)));
}

BOOST_AUTO_TEST_CASE(stamps_are_cut_to_the_clocks_step)
{
    auto plain = Stamps("gateway-inside");
    for (std::int64_t& stamp : plain)
    {
        stamp -= stamp % (SECOND / 100);
    }
    BOOST_TEST(
        (Stamps("gateway-inside", {"vantages.gateway-inside.clock-resolution=10 ms"}) == plain));
}

BOOST_AUTO_TEST_SUITE_END()

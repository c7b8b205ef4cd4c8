#include "models/host/ip-identification.h"

#include <boost/test/unit_test.hpp>

using bouncelab::DrawKey;
using bouncelab::host::IpIdentification;

BOOST_AUTO_TEST_SUITE(ip_identification)

BOOST_AUTO_TEST_CASE(a_quiet_host_counts_by_one)
{
    IpIdentification id(65534, 0, DrawKey(1, "t"));
    BOOST_TEST(id.Next(0) == 65534);
    BOOST_TEST(id.Next(1000000000) == 65535);
    BOOST_TEST(id.Next(2000000000) == 0);
}

BOOST_AUTO_TEST_CASE(a_busy_host_advances_by_its_other_packets)
{
    IpIdentification id(1000, 280, DrawKey(7, "t"));
    BOOST_TEST(id.Next(5000000000) == 1000);
    std::uint16_t last = 1000;
    for (int i = 1; i <= 50; ++i)
    {
        const std::uint16_t next = id.Next(5000000000 + i * 100000000LL);
        BOOST_TEST(next > last);
        last = next;
    }
    BOOST_TEST(last - 1000 > 5 * 280 - 150);
    BOOST_TEST(last - 1000 < 5 * 280 + 50 + 150);
}

BOOST_AUTO_TEST_SUITE_END()

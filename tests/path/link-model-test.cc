#include "models/path/link-model.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>

using namespace bouncelab;
using namespace bouncelab::path;

namespace
{

constexpr std::uint64_t PACKETS = 200000;

LinkModel
Link(const HopConfig& hop)
{
    return LinkModel(7,
                     "line",
                     1,
                     Direction::Outbound,
                     hop,
                     std::make_shared<TransmissionTime>(hop.bitsPerSecond));
}

} // namespace

BOOST_AUTO_TEST_SUITE(link_model)

BOOST_AUTO_TEST_CASE(it_loses_the_share_that_is_configured)
{
    for (const std::uint32_t perMillion : {0U, 1000U, 20000U, 250000U, 1000000U})
    {
        HopConfig hop;
        hop.lossPerMillion = perMillion;
        const LinkModel link = Link(hop);
        double lost = 0;
        for (std::uint64_t serial = 1; serial <= PACKETS; ++serial)
        {
            lost += link.Loses(LinkModel::MixSerial(serial)) ? 1 : 0;
        }
        const double share = perMillion / 1e6;
        // Five standard deviations of a binomial count.
        BOOST_TEST(std::abs(lost - PACKETS * share) <= 5 * std::sqrt(PACKETS * share * (1 - share)),
                   lost << " of " << PACKETS << " at " << perMillion);
        BOOST_TEST(link.MayLose() == (perMillion > 0));
    }
}

BOOST_AUTO_TEST_CASE(its_jitter_is_added_and_reaches_both_ends)
{
    HopConfig hop;
    hop.delay = Nanoseconds(5000);
    hop.jitter = Nanoseconds(9);
    const LinkModel link = Link(hop);
    std::int64_t least = INT64_MAX;
    std::int64_t most = 0;
    for (std::uint64_t serial = 1; serial <= 1000; ++serial)
    {
        const std::int64_t time = link.Propagation(LinkModel::MixSerial(serial));
        least = std::min(least, time);
        most = std::max(most, time);
    }
    BOOST_TEST(least == 5000);
    BOOST_TEST(most == 5009);
}

BOOST_AUTO_TEST_CASE(sending_takes_the_packets_octets_and_two_of_framing)
{
    HopConfig hop;
    hop.bitsPerSecond = 8000000; // an octet a microsecond
    BOOST_TEST(Link(hop).Transmission(998) == 1000000);
}

BOOST_AUTO_TEST_SUITE_END()

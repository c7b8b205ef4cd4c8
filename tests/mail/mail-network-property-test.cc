#include "tests/mail/mail-network.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

constexpr std::uint64_t NETWORKS = 10; //!< In each of rapidcheck's 100 rounds.

std::uint32_t
EndsOf(const ExpectedOutcome& expected)
{
    return expected.delivered + expected.bounced + expected.doubled + expected.discarded;
}

/// Runs a thousand networks and judges each expected outcome in them. \param judge called with it.
template <class Judge>
bool
HoldsInNetworks(bool lostReplies, std::uint32_t& looped, Judge&& judge)
{
    return rc::check(
        [&](std::uint64_t seed)
        {
            for (std::uint64_t part = 0; part < NETWORKS; ++part)
            {
                MailNetwork network(seed * NETWORKS + part, lostReplies);
                network.Run();
                for (const ExpectedOutcome& expected : network.Destinies())
                {
                    // The null sender hears of nothing.
                    RC_ASSERT((expected.sender.empty() ? expected.bounced : expected.doubled) ==
                              0U);
                    judge(expected);
                }
                RC_ASSERT(network.MostHops() <= network.HighestLimit() + 1);
                looped += network.MostHops() >= network.HighestLimit() ? 1 : 0;
            }
        });
}

} // namespace

BOOST_AUTO_TEST_SUITE(mail_network_property)

BOOST_AUTO_TEST_CASE(what_is_accepted_is_delivered_or_bounced_once)
{
    std::uint32_t delivered = 0;
    std::uint32_t bounced = 0;
    std::uint32_t looped = 0;
    BOOST_TEST(HoldsInNetworks(false,
                               looped,
                               [&](const ExpectedOutcome& expected)
                               {
                                   RC_ASSERT(EndsOf(expected) == 1U);
                                   if (!expected.ofBounce && !expected.sender.empty() &&
                                       !expected.unreported)
                                   {
                                       RC_ASSERT(expected.delivered + expected.bounced == 1U);
                                   }
                                   delivered += expected.delivered;
                                   bounced += expected.bounced;
                               }));
    // That the networks are worth looking at.
    BOOST_TEST(delivered > 500U);
    BOOST_TEST(bounced > 500U);
    BOOST_TEST(looped > 20U);
}

BOOST_AUTO_TEST_CASE(a_lost_reply_makes_copies_but_loses_nothing)
{
    std::uint32_t copied = 0;
    std::uint32_t looped = 0;
    BOOST_TEST(HoldsInNetworks(true,
                               looped,
                               [&](const ExpectedOutcome& expected)
                               {
                                   RC_ASSERT(EndsOf(expected) >= 1U);
                                   RC_ASSERT(EndsOf(expected) <= 1U + expected.copied);
                                   copied += expected.copied;
                               }));
    BOOST_TEST(copied > 100U);
}

BOOST_AUTO_TEST_SUITE_END()

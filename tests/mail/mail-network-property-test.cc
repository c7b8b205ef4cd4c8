#include "tests/mail/mail-network.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

constexpr std::uint64_t NETWORKS = 10; //!< In each of rapidcheck's 100 rounds.

std::uint32_t
EndsOf(const Destiny& destiny)
{
    return destiny.delivered + destiny.bounced + destiny.doubled + destiny.discarded;
}

/// Runs a thousand networks and judges each destiny in them. \param judge called with it.
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
                for (const Destiny& destiny : network.Destinies())
                {
                    // The null sender hears of nothing.
                    RC_ASSERT((destiny.sender.empty() ? destiny.bounced : destiny.doubled) == 0U);
                    judge(destiny);
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
                               [&](const Destiny& destiny)
                               {
                                   RC_ASSERT(EndsOf(destiny) == 1U);
                                   if (!destiny.ofBounce && !destiny.sender.empty() &&
                                       !destiny.unreported)
                                   {
                                       RC_ASSERT(destiny.delivered + destiny.bounced == 1U);
                                   }
                                   delivered += destiny.delivered;
                                   bounced += destiny.bounced;
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
                               [&](const Destiny& destiny)
                               {
                                   RC_ASSERT(EndsOf(destiny) >= 1U);
                                   RC_ASSERT(EndsOf(destiny) <= 1U + destiny.copied);
                                   copied += destiny.copied;
                               }));
    BOOST_TEST(copied > 100U);
}

BOOST_AUTO_TEST_SUITE_END()

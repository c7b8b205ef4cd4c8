#include "tests/mail/mail-network.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

BOOST_AUTO_TEST_SUITE(mail_network_property)

BOOST_AUTO_TEST_CASE(what_is_accepted_is_delivered_or_bounced_once)
{
    std::uint64_t delivered = 0;
    std::uint64_t bounced = 0;
    std::uint64_t looped = 0;
    const bool held = rc::check(
        [&](std::uint64_t seed)
        {
            MailNetwork network(seed, false);
            network.Run();
            for (const Destiny& destiny : network.Destinies())
            {
                const std::uint32_t ends =
                    destiny.delivered + destiny.bounced + destiny.doubled + destiny.discarded;
                // A report may have two readers, its sender and the one who gets a copy; here none.
                RC_ASSERT(ends == 1U);
                RC_ASSERT((destiny.sender.empty() ? destiny.bounced : destiny.doubled) == 0U);
                if (!destiny.ofBounce && !destiny.sender.empty() && !destiny.unreported)
                {
                    RC_ASSERT(destiny.delivered + destiny.bounced == 1U);
                }
                delivered += destiny.delivered;
                bounced += destiny.bounced;
            }
            RC_ASSERT(network.MostHops() <= network.HighestLimit() + 1);
            looped += network.MostHops() >= network.HighestLimit() ? 1 : 0;
        });
    BOOST_TEST(held);
    // That the worlds are worth looking at.
    BOOST_TEST(delivered > 50U);
    BOOST_TEST(bounced > 50U);
    BOOST_TEST(looped > 2U);
}

BOOST_AUTO_TEST_CASE(a_lost_reply_makes_copies_but_loses_nothing)
{
    std::uint64_t copied = 0;
    const bool held = rc::check(
        [&](std::uint64_t seed)
        {
            MailNetwork network(seed, true);
            network.Run();
            for (const Destiny& destiny : network.Destinies())
            {
                const std::uint32_t ends =
                    destiny.delivered + destiny.bounced + destiny.doubled + destiny.discarded;
                RC_ASSERT(ends >= 1U);
                RC_ASSERT(ends <= 1U + destiny.copied);
                RC_ASSERT(!destiny.sender.empty() || destiny.bounced == 0U);
                copied += destiny.copied;
            }
            RC_ASSERT(network.MostHops() <= network.HighestLimit() + 1);
        });
    BOOST_TEST(held);
    BOOST_TEST(copied > 10U);
}

BOOST_AUTO_TEST_SUITE_END()

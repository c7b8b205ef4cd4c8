#include "tests/world/mail-mesh.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

using namespace bouncelab::test;

BOOST_AUTO_TEST_SUITE(mail_mesh_property)

BOOST_AUTO_TEST_CASE(what_is_accepted_ends_once_whatever_happens_to_the_network)
{
    constexpr std::uint64_t MESHES = 15; // In each of rapidcheck's 100 rounds.
    std::uint32_t delivered = 0;
    std::uint32_t bounced = 0;
    std::uint32_t copies = 0;
    std::uint32_t looped = 0;
    std::uint32_t lost = 0;
    std::uint32_t resets = 0;
    std::uint32_t restarts = 0;
    std::uint32_t refusals = 0;
    std::uint32_t failovers = 0;
    BOOST_TEST(rc::check(
        [&](std::uint64_t seed)
        {
            for (std::uint64_t part = 0; part < MESHES; ++part)
            {
                MailMesh mesh(seed * MESHES + part);
                mesh.Run();
                RC_ASSERT(mesh.Queued() == 0U);
                RC_ASSERT(mesh.MostHops() <= mesh.HighestLimit() + 1);
                for (const MailFate& fate : mesh.Fates())
                {
                    RC_ASSERT(fate.Fault() == "");
                    delivered += fate.delivered;
                    bounced += fate.bounced;
                    copies += fate.Copies();
                }
                looped += mesh.MostHops() >= mesh.HighestLimit() ? 1 : 0;
                lost += mesh.Lost();
                resets += mesh.Resets();
                restarts += mesh.Restarts();
                refusals += mesh.Refusals();
                failovers += mesh.Failovers();
            }
        }));
    // That the networks are worth looking at.
    BOOST_TEST(delivered > 500U);
    BOOST_TEST(bounced > 500U);
    BOOST_TEST(copies > 20U);
    BOOST_TEST(looped > 20U);
    BOOST_TEST(lost > 1000U);
    BOOST_TEST(resets > 100U);
    BOOST_TEST(restarts > 500U);
    BOOST_TEST(refusals > 50U);
    BOOST_TEST(failovers > 10U);
    BOOST_TEST_MESSAGE("delivered " << delivered << ", bounced " << bounced << ", copies " << copies
                                    << ", looped " << looped << ", lost " << lost << ", resets "
                                    << resets << ", restarts " << restarts << ", refusals "
                                    << refusals << ", failovers " << failovers);
}

BOOST_AUTO_TEST_SUITE_END()

#include "tests/kerberos/domain-rig.h"

#include <boost/test/unit_test.hpp>

#include <rapidcheck.h>

#include <algorithm>

namespace bouncelab::kerberos
{

namespace
{

using std::chrono::minutes;
using std::chrono::seconds;

std::uint32_t
VersionAt(const Domain& domain, const std::string& controller)
{
    return domain.At(controller).Find("HUB2$")->secret.value.version;
}

} // namespace

BOOST_AUTO_TEST_SUITE(domain)

BOOST_AUTO_TEST_CASE(ChangesArriveAfterIntervalAndLag)
{
    DomainConfig config = TwoControllers();
    config.replication[0].lag = minutes(2);
    Domain domain(config, DrawKey(1, "domain"));
    domain.ChangeSecret("dc1", "HUB2$", minutes(1));
    BOOST_TEST(VersionAt(domain, "dc1") == 2u);
    domain.Advance(minutes(17) - Nanoseconds(1));
    BOOST_TEST(VersionAt(domain, "dc2") == 1u);
    domain.Advance(minutes(17));
    BOOST_TEST(VersionAt(domain, "dc2") == 2u);
    BOOST_TEST((domain.Neighbors()[0].lastSuccess == Nanoseconds(minutes(17))));
    // What is written while a transfer is under way waits for the next one.
    domain.Advance(minutes(30));
    domain.ChangeSecret("dc1", "HUB2$", minutes(31));
    domain.Advance(minutes(46));
    BOOST_TEST(VersionAt(domain, "dc2") == 2u);
    domain.Advance(minutes(47));
    BOOST_TEST(VersionAt(domain, "dc2") == 3u);
}

BOOST_AUTO_TEST_CASE(StoppedConnectionFailsUntilItRuns)
{
    DomainConfig config = TwoControllers();
    config.replication[0].stopped = true;
    Domain domain(config, DrawKey(1, "domain"));
    domain.ChangeSecret("dc1", "HUB2$", seconds(0));
    domain.Advance(minutes(60));
    BOOST_TEST(VersionAt(domain, "dc2") == 1u);
    BOOST_TEST(domain.Neighbors()[0].failures == 4u);
    BOOST_TEST(!domain.Neighbors()[0].lastSuccess.has_value());
    BOOST_TEST(domain.Neighbors()[1].failures == 0u);
    domain.ReplicateAll(minutes(60));
    BOOST_TEST(VersionAt(domain, "dc2") == 1u);
    domain.SetReplication(0, true);
    domain.ReplicateAll(minutes(61));
    BOOST_TEST(VersionAt(domain, "dc2") == 2u);
    BOOST_TEST((*domain.NextTimer() == Nanoseconds(minutes(75))));
}

BOOST_AUTO_TEST_CASE(OfTwoWritesTheOneWithTheHigherCountWinsThenTheLater)
{
    Domain domain(TwoControllers(), DrawKey(1, "domain"));
    domain.ChangeSecret("dc1", "HUB2$", seconds(5));
    domain.ChangeSecret("dc1", "HUB2$", seconds(6));
    domain.ChangeSecret("dc2", "HUB2$", seconds(7));
    domain.At("dc2").SetDisabled("jia", true, seconds(8));
    domain.At("dc1").SetDisabled("jia", false, seconds(9));
    domain.ReplicateAll(seconds(10));
    for (const char* controller : {"dc1", "dc2"})
    {
        BOOST_TEST(VersionAt(domain, controller) == 3u);
        BOOST_TEST(!domain.At(controller).Find("JIA")->disabled.value);
    }
}

BOOST_AUTO_TEST_CASE(NameThatTwoControllersGaveIsDoubleWhenTheyMeet)
{
    Domain domain(TwoControllers(), DrawKey(1, "domain"));
    domain.At("dc1").SetServiceNames("HUB1$", {"SMTP/alias"}, seconds(1));
    domain.At("dc2").SetServiceNames("HUB3$", {"smtp/ALIAS"}, seconds(1));
    BOOST_TEST(domain.At("dc1").HoldersOf("SMTP/Alias").size() == 1u);
    domain.Advance(minutes(15));
    BOOST_TEST(domain.At("dc1").HoldersOf("SMTP/Alias").size() == 2u);
    BOOST_TEST(domain.At("dc2").HoldersOf("SMTP/Alias").size() == 2u);
}

BOOST_AUTO_TEST_CASE(HostsAskTheControllersOfTheirSiteFirst)
{
    DomainConfig config = TwoControllers();
    for (const char* name : {"dc3", "dc4", "dc5"})
    {
        config.controllers[name].site = "near";
    }
    const Domain domain(config, DrawKey(1, "domain"));
    std::set<std::string> firsts;
    for (std::uint64_t host = 0; host < 100; ++host)
    {
        const auto order = domain.OrderFor("near", DrawKey(host, "hub"));
        BOOST_TEST(order.size() == 5u);
        BOOST_TEST(order.back() == "dc2");
        firsts.insert(order.front());
    }
    BOOST_TEST(firsts.size() == 4u);
    BOOST_TEST(domain.OrderFor("far", DrawKey(1, "hub")).front() == "dc2");
    BOOST_TEST(domain.OrderFor("nowhere", DrawKey(1, "hub")).size() == 5u);
}

BOOST_AUTO_TEST_CASE(FaultsOfADomainAreNamed)
{
    BOOST_TEST(CheckDomain(TwoControllers()).empty());
    DomainConfig config = TwoControllers();
    config.replication[0].to = "dc9";
    config.replication[1].to = config.replication[1].from;
    BOOST_TEST(CheckDomain(config) ==
                   (std::vector<std::string>{
                       "replication: found dc9, expected one of the controllers",
                       "replication: found dc2 on both ends, expected two controllers"}),
               boost::test_tools::per_element());
    BOOST_TEST(CheckDomain({}).size() == 1u);
}

/// Whatever is changed where and carried when: a ticket is refused with 41 exactly if the key that
/// it was sealed with is another version than the service's.
BOOST_AUTO_TEST_CASE(RefusalFollowsFromTheVersionsAlone)
{
    std::size_t refused = 0;
    std::size_t taken = 0;
    const bool held = rc::check(
        [&](std::uint64_t seed, const std::vector<std::uint8_t>& steps)
        {
            DomainConfig config = TwoControllers();
            const Draw draw = DrawKey(seed, "schedule")("links");
            for (std::size_t i = 0; i < 2; ++i)
            {
                config.replication[i].interval = seconds(draw.At(i).Between(1, 2000));
                config.replication[i].lag = seconds(draw.At(i + 2).Between(0, 2000));
                config.replication[i].stopped = draw.At(i + 4).Below(3) == 0;
            }
            DomainRig rig(config);
            for (std::size_t i = 0; i < std::min<std::size_t>(steps.size(), 8); ++i)
            {
                const std::uint8_t step = steps[i];
                const std::string controller = step & 1 ? "dc1" : "dc2";
                const auto& newest = rig.hub2.NewestFirst()[0];
                rig.Wait(seconds(step));
                // A machine changes its password only where it can log on with the last one.
                if (step & 2 && VersionAt(rig.domain, controller) == newest.version)
                {
                    rig.ChangeHub2(controller);
                }
                if (step & 4)
                {
                    rig.domain.SetReplication(step >> 3 & 1, step & 16);
                }
                rig.client.ForgetAll();
                rig.client.SetControllers({controller});
                const Attempt attempt = rig.Authenticate();
                RC_ASSERT(attempt.client == ErrorCode::None);
                const auto reply = std::get<KdcReply>(*ParseMessage(rig.wire.back().octets));
                const bool same = reply.ticket.part.keyVersion == rig.hub2.NewestFirst()[0].version;
                RC_ASSERT(attempt.service == (same ? ErrorCode::None : ErrorCode::Modified));
                ++(same ? taken : refused);
            }
        });
    BOOST_TEST(held);
    BOOST_TEST(refused > 100u);
    BOOST_TEST(taken > 100u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::kerberos

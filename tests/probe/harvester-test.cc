#include "tests/probe/campaign-rig.h"
#include "tests/probe/relay-policies.h"

#include "models/probe/harvester.h"

#include <boost/test/unit_test.hpp>

#include <set>

namespace
{

using namespace bouncelab;
using namespace bouncelab::probe;
using namespace std::chrono_literals;
using Words = std::vector<std::string>;

/// Knows its users, and can be made to mind those who ask for others.
struct KnowsUsers : smtp::ServerPolicy
{
    smtp::Decision OnRecipient(const smtp::ServerFacts&,
                               const smtp::EnvelopeEntry& recipient) override
    {
        const bool known = users.count(recipient.path.localPart) > 0;
        smtp::Decision decision;
        unknown += known ? 0 : 1;
        if (bansAfter > 0 && unknown >= bansAfter)
        {
            decision.reply = "550 5.2.1 Mailbox unavailable";
        }
        else if (greylists && seen.insert(recipient.path.localPart).second)
        {
            decision.reply = "451 4.7.1 Try again later";
        }
        else if (!known)
        {
            decision.reply = "550 5.1.1 User unknown";
        }
        return decision;
    }

    Nanoseconds DelayReply(const smtp::ServerFacts&, const smtp::ReplyDraft& draft) override
    {
        return draft.code >= 500 ? tarpit : Nanoseconds(0);
    }

    std::set<std::string> users{"anna", "bruno", "carla", "info7"};
    std::set<std::string> seen;
    int unknown = 0;
    int bansAfter = 0;
    bool greylists = false;
    Nanoseconds tarpit{0};
};

struct Fixture : CampaignRig,
                 HarvestObserver
{
    Fixture()
    {
        config.domain = "example.org";
        config.words = {"alfred", "anna", "bert", "bruno", "carl", "carla", "info", "sales"};
        config.numbers = 9;
        policy = &knowsUsers;
    }

    const HarvestReport& Harvest()
    {
        BOOST_TEST(CheckHarvester(config).empty());
        harvester = std::make_unique<Harvester>(config, *this, DrawKey(1, "harvester"));
        Run(*harvester);
        BOOST_TEST(harvester->Over());
        BOOST_TEST(done == 1);
        return harvester->Report();
    }

    void OnGuess(Nanoseconds, std::string_view, std::uint32_t, Nanoseconds) override { ++guesses; }

    void OnDone(Nanoseconds, const HarvestReport&) override { ++done; }

    HarvesterConfig config;
    KnowsUsers knowsUsers;
    std::unique_ptr<Harvester> harvester;
    std::uint64_t guesses = 0;
    int done = 0;
};

const Words ALL{"anna@example.org", "bruno@example.org", "carla@example.org", "info7@example.org"};

BOOST_AUTO_TEST_SUITE(harvester)

BOOST_FIXTURE_TEST_CASE(FindsWhoExists, Fixture)
{
    config.guessesPerConnection = 30;
    config.recipientsPerMessage = 10;
    const HarvestReport& report = Harvest();
    BOOST_TEST((report.end == HarvestEnd::DictionaryDone));
    BOOST_TEST(report.found == ALL, boost::test_tools::per_element());
    BOOST_TEST(report.refused == 76u);
    BOOST_TEST(report.unknown == 0u);
    BOOST_TEST(report.connections == 3u);
    BOOST_TEST(report.guesses == guesses);
    BOOST_TEST(report.guesses >= 81u); // The dictionary and a nonsense name.
    BOOST_TEST((report.TimePerGuess() < 100ms));
    BOOST_TEST(heard.messages.empty());
}

BOOST_FIXTURE_TEST_CASE(ItLeavesAfterSoManyGuesses, Fixture)
{
    config.guessesPerConnection = 1;
    const HarvestReport& report = Harvest();
    BOOST_TEST(report.connections == report.guesses + 1); // in the last one nothing is left to ask
}

BOOST_FIXTURE_TEST_CASE(ATarpitMakesGuessesDear, Fixture)
{
    const Nanoseconds fast = Harvest().TimePerGuess();
    done = 0;
    guesses = 0;
    now = {};
    knowsUsers.tarpit = 5s;
    const HarvestReport& report = Harvest();
    BOOST_TEST(report.found == ALL, boost::test_tools::per_element());
    BOOST_TEST(report.slow >= 77u);
    BOOST_TEST((report.TimePerGuess() > 100 * fast));
    BOOST_TEST_MESSAGE("ns per guess: " << fast.count() << " without, "
                                        << report.TimePerGuess().count() << " with tarpit");
}

BOOST_FIXTURE_TEST_CASE(ATarpitIsLeft, Fixture)
{
    knowsUsers.tarpit = 5s;
    config.whenSlow = SlowServerPolicy::Reconnect;
    config.patience = 4;
    const HarvestReport& report = Harvest();
    BOOST_TEST((report.end == HarvestEnd::Tarpitted));
    BOOST_TEST(report.connections == 3u);
    BOOST_TEST(report.guesses < 20u);
    BOOST_TEST(std::count(heard.ends.begin(), heard.ends.end(), smtp::EndReason::PeerClosed) == 3);
}

BOOST_FIXTURE_TEST_CASE(ATarpitMakesItGiveUp, Fixture)
{
    knowsUsers.tarpit = 5s;
    config.whenSlow = SlowServerPolicy::GiveUp;
    const HarvestReport& report = Harvest();
    BOOST_TEST((report.end == HarvestEnd::Tarpitted));
    BOOST_TEST(report.connections == 1u);
    BOOST_TEST((heard.ends.back() == smtp::EndReason::Quit));
}

/// The mailboxes that it would have found under the ban are not believed to be missing.
BOOST_FIXTURE_TEST_CASE(ABanIsNoticedByWhoIsKnown, Fixture)
{
    knowsUsers.bansAfter = 3;
    config.suspicion = 5;
    const HarvestReport& report = Harvest();
    BOOST_TEST((report.end == HarvestEnd::Banned));
    BOOST_TEST(report.found == (Words{"anna@example.org"}), boost::test_tools::per_element());
    BOOST_TEST(report.refused == 1u);
    BOOST_TEST(report.unknown == 5u);
}

BOOST_FIXTURE_TEST_CASE(ABanIsWaitedOut, Fixture)
{
    knowsUsers.bansAfter = 3;
    config.suspicion = 5;
    config.banPause = 1h;
    config.bans = 2;
    const HarvestReport& report = Harvest();
    BOOST_TEST((report.end == HarvestEnd::Banned));
    BOOST_TEST(report.bans == 2u);
    BOOST_TEST((now > 1h));
}

BOOST_FIXTURE_TEST_CASE(ACatchAllTellsNothing, Fixture)
{
    policy = &acceptsAll;
    const HarvestReport& report = Harvest();
    BOOST_TEST((report.end == HarvestEnd::AcceptsAll));
    BOOST_TEST(report.found.empty());
    BOOST_TEST(report.guesses == 1u);
}

BOOST_FIXTURE_TEST_CASE(WithoutTheCheckACatchAllIsBelieved, Fixture)
{
    policy = &acceptsAll;
    config.checksForCatchAll = false;
    BOOST_TEST(Harvest().found.size() == 80u);
}

BOOST_FIXTURE_TEST_CASE(GreylistingIsAskedAgain, Fixture)
{
    knowsUsers.greylists = true;
    const HarvestReport& report = Harvest();
    BOOST_TEST((report.end == HarvestEnd::DictionaryDone));
    BOOST_TEST(report.found == ALL, boost::test_tools::per_element());
    BOOST_TEST(report.guesses > 160u);
}

BOOST_FIXTURE_TEST_CASE(TheServersLimitBeginsANewMessage, Fixture)
{
    persona.limits.recipients = 2;
    const HarvestReport& report = Harvest();
    BOOST_TEST(report.found == ALL, boost::test_tools::per_element());
    BOOST_TEST(report.unknown == 0u);
}

BOOST_FIXTURE_TEST_CASE(AuthenticationStopsIt, Fixture)
{
    persona.requireAuth = true;
    BOOST_TEST((Harvest().end == HarvestEnd::AuthenticationNeeded));
}

BOOST_FIXTURE_TEST_CASE(NobodyListens, Fixture)
{
    listens = [](int) { return false; };
    BOOST_TEST((Harvest().end == HarvestEnd::GaveUp));
    BOOST_TEST(connections == 3);
}

/// Wherever a connection is lost, the same mailboxes are found in the end.
BOOST_FIXTURE_TEST_CASE(CutAnywhere, Fixture)
{
    config.numbers = 0;
    for (std::size_t cut = 1; cut < 700; ++cut)
    {
        resets = cut % 2;
        connections = 0;
        dropsAfter = [cut](int n) { return n == 1 ? cut : 0; };
        now = {};
        done = 0;
        const HarvestReport& report = Harvest();
        BOOST_TEST(report.refused == 5u, cut);
        std::set<std::string> found(report.found.begin(), report.found.end());
        BOOST_TEST(found.size() == 3u, cut);
        BOOST_TEST(report.found.size() == 3u, cut);
    }
}

BOOST_AUTO_TEST_CASE(FaultsOfConfigs)
{
    HarvesterConfig config;
    BOOST_TEST(CheckHarvester(config).size() == 2u); // No words, no domain.
    config.words = {"two words"};
    config.domain = "example.org";
    config.sender = "nobody";
    BOOST_TEST(CheckHarvester(config).size() == 2u);
    config.sender.clear();
    config.words = {"anna"};
    BOOST_TEST(CheckHarvester(config).empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

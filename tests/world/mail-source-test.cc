#include "lab/world/mail-source.h"

#include "models/provenance/sim-now.h"
#include "tests/scenario/small-scenario.h"

#include <ns3/simulator.h>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::world;

namespace
{

std::vector<std::string>
Longer(std::vector<std::string> overrides)
{
    overrides.insert(overrides.begin(), "duration=1 h");
    return overrides;
}

/// An hour of what the users of the small scenario's mail host submit.
struct Hour
{
    explicit Hour(std::vector<std::string> overrides)
        : scenario(scenario::ResolveSmall("control", Longer(std::move(overrides))))
        , network(scenario, 1, ledger, events, {})
        , source(network,
                 "mail-host",
                 [this](const mail::Submission& submission, bool isForgery)
                 {
                     times.push_back(SimNow().time_since_epoch());
                     ++recipients[submission.envelope.recipients.front()];
                     forged += isForgery ? 1 : 0;
                 })
    {
        source.Start();
        ns3::Simulator::Stop(ns3::Hours(1));
        ns3::Simulator::Run();
    }

    ~Hour() { ns3::Simulator::Destroy(); }

    provenance::Ledger ledger;
    host::EventStream events;
    scenario::Scenario scenario;
    Network network;
    MailSource source;
    std::vector<Nanoseconds> times;
    std::map<std::string, int> recipients;
    int forged = 0;
};

/// The message under study comes besides the ordinary mail.
constexpr double STUDIED = 1;

} // namespace

BOOST_AUTO_TEST_SUITE(mail_source)

/// Waits are uniform from nothing to twice the mean: a count's variance is a third of its mean.
/// Four standard deviations are allowed.
BOOST_AUTO_TEST_CASE(mail_comes_at_its_rate)
{
    BOOST_TEST(std::abs(Hour({"mail.ordinary.per-minute=6"}).times.size() - STUDIED - 360) < 44);
    BOOST_TEST(std::abs(Hour({"mail.ordinary.per-minute=60"}).times.size() - STUDIED - 3600) < 139);
    BOOST_TEST(Hour({"mail.ordinary.per-minute=0"}).times.size() == STUDIED);
}

BOOST_AUTO_TEST_CASE(it_begins_and_ends_when_it_is_told_to)
{
    const Hour late({"mail.ordinary.start=45 min", "mail.ordinary.per-minute=60"});
    BOOST_TEST(std::abs(late.times.size() - STUDIED - 900) < 70);
    BOOST_TEST((late.times[1] >= std::chrono::minutes(45)));
    BOOST_TEST(Hour({"mail.ordinary.limit=5"}).times.size() == STUDIED + 5);
}

BOOST_AUTO_TEST_CASE(a_message_under_study_leaves_at_its_time)
{
    const Hour hour({"mail.ordinary.per-minute=0", "mail.messages.studied.at=90 s"});
    BOOST_REQUIRE_EQUAL(hour.times.size(), 1U);
    BOOST_TEST((hour.times[0] == std::chrono::seconds(90)));
}

BOOST_AUTO_TEST_CASE(every_recipient_gets_its_share)
{
    const Hour hour({"mail.ordinary.per-minute=60"});
    BOOST_TEST(hour.recipients.size() == 2U);
    for (const auto& [recipient, count] : hour.recipients)
    {
        BOOST_TEST(std::abs(count - 1800) < 150, recipient);
    }
    BOOST_TEST(hour.forged == 0);
    BOOST_TEST(Hour({"mail.ordinary.forges-senders=true", "mail.ordinary.limit=5"}).forged == 5);
}

BOOST_AUTO_TEST_SUITE_END()

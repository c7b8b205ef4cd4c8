// A sender with two hosts to choose from, in the variants of exchange-auth-failure that have them.

#include "lab/scenario/load.h"
#include "lab/world/world.h"
#include "tests/tree.h"

#include <ns3/simulator.h>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace bouncelab;

namespace
{

using std::chrono::minutes;

/// What hub1's mail for the branch comes to.
struct BranchMail
{
    explicit BranchMail(const std::string& variant, const std::vector<std::string>& settings = {})
    {
        const scenario::PersonaLibrary personas(tests::SourceDir().string());
        const scenario::Scenario scenario =
            scenario::ScenarioFile::Load(
                (tests::SourceDir() / "scenarios/exchange-auth-failure/scenario.yaml").string())
                .Resolve(variant, personas, settings);
        provenance::Ledger ledger;
        host::EventStream events;
        events.Subscribe([this](const host::Event& event) { OnEvent(event); });
        world::World world(scenario, 1, ledger, events);
        world.Run();
    }

    void OnEvent(const host::Event& event)
    {
        const auto* result = event.As<mail::QueueEvent>();
        if (event.As<host::StoredEvent>() && event.place != "hub1" && event.place != "partner")
        {
            taken += (taken.empty() ? "" : " ") + std::string(event.place);
            lastTaken = event.time.time_since_epoch();
        }
        else if (event.place == "hub1" && event.As<host::ConnectingEvent>())
        {
            ++connections;
        }
        else if (event.place == "hub1" && result &&
                 result->kind == mail::QueueEvent::Kind::DeliveryResult &&
                 result->channel == mail::Channel::Remote &&
                 result->outcome != mail::DeliveryOutcome::Success)
        {
            ++(result->outcome == mail::DeliveryOutcome::Deferral ? deferrals : failures);
            lastText = result->text;
        }
    }

    std::string taken; //!< Hosts that stored a message, in order.
    Nanoseconds lastTaken{0};
    int connections = 0; //!< That hub1 began.
    int deferrals = 0;
    int failures = 0;
    std::string lastText; //!< Of those two.
};

const std::string REFUSED =
    "451 4.4.0 Primary target IP address responded with: \"454 4.7.0 Temporary authentication "
    "failure.\" Attempted failover to alternate host, but that did not succeed. Either there are "
    "no alternate hosts, or delivery failed to all alternate hosts.";

/// Only the first two messages of the day.
const std::string TWO_MESSAGES = "mail.messages={case: {from: zengchuixin@main.example.com, to: "
                                 "administrator@branch.example.com, at: 10 min}, second: {from: "
                                 "anna@main.example.com, to: cora@branch.example.com, at: 70 min}}";

} // namespace

BOOST_AUTO_TEST_SUITE(failover)

BOOST_AUTO_TEST_CASE(the_second_hub_takes_what_the_first_refuses_until_that_is_back)
{
    const BranchMail mail("second-hub");
    BOOST_TEST(mail.taken == "hub3 hub3 hub2");
    BOOST_TEST(mail.deferrals == 0);
    BOOST_TEST(mail.failures == 0);
    BOOST_TEST(mail.connections == 6); // Two with both hubs, one with hub2, and the partner's.
}

BOOST_AUTO_TEST_CASE(mail_waits_when_both_refuse_and_the_text_quotes_the_first)
{
    const std::string words = "Out of order";
    const BranchMail mail("both-hubs",
                          {"hosts.hub3.connectors.default.policy.replies.temporary-auth-failure="
                           "454 4.7.0 " +
                           words});
    BOOST_TEST(mail.deferrals > 10);
    BOOST_TEST(mail.lastText == REFUSED);
    BOOST_TEST(mail.taken == "hub2 hub2 hub2");
}

BOOST_AUTO_TEST_CASE(what_waits_leaves_when_an_administrator_says_so)
{
    const BranchMail retried("both-hubs", {TWO_MESSAGES});
    BOOST_TEST(retried.taken == "hub2 hub2");
    BOOST_TEST((retried.lastTaken > minutes(121) && retried.lastTaken < minutes(122)));
    const BranchMail waiting("both-hubs", {TWO_MESSAGES, "hosts.hub1.queue-retries={}"});
    BOOST_TEST(waiting.taken == "hub2 hub2");
    BOOST_TEST((waiting.lastTaken > minutes(123)));
}

BOOST_AUTO_TEST_CASE(the_second_hub_takes_what_the_first_cannot_be_reached_for)
{
    const BranchMail mail(
        "second-hub",
        {"gateways.main-firewall.filter=[{name: no-hub2, action: drop, destination: 10.2.1.25, "
         "protocol: tcp, port: 25}]"});
    BOOST_TEST(mail.taken == "hub3 hub3 hub3");
    BOOST_TEST(mail.deferrals == 0);
}

BOOST_AUTO_TEST_CASE(nobody_else_is_asked_about_what_the_first_refuses_for_good)
{
    const BranchMail mail(
        "second-hub",
        {"domain.members.hub2.clock.offset=0 s",
         "hosts.hub2.connectors.default.policy.limits.message-size=1000",
         "mail.messages={large: {from: anna@main.example.com, to: cora@branch.example.com, at: 10 "
         "min}}"});
    BOOST_TEST(mail.taken == "");
    BOOST_TEST(mail.failures == 1);
    BOOST_TEST(mail.connections == 1);
}

BOOST_AUTO_TEST_CASE(names_with_several_exchangers_and_addresses_are_hosts_to_go_on_to)
{
    const scenario::PersonaLibrary personas(tests::SourceDir().string());
    const scenario::Scenario scenario =
        scenario::ScenarioFile::Load((tests::SourceDir() / "tests/world/exchangers.yaml").string())
            .Resolve("control", personas, {});
    provenance::Ledger ledger;
    host::EventStream events;
    std::vector<Nanoseconds> taken;
    int deferrals = 0;
    events.Subscribe(
        [&](const host::Event& event)
        {
            const auto* result = event.As<mail::QueueEvent>();
            deferrals += result && result->kind == mail::QueueEvent::Kind::DeliveryResult &&
                                 result->outcome == mail::DeliveryOutcome::Deferral
                             ? 1
                             : 0;
            if (event.As<smtp::MessageEvent>())
            {
                taken.push_back(event.time.time_since_epoch());
            }
        });
    world::World world(scenario, 1, ledger, events);
    world.Run();
    BOOST_REQUIRE_EQUAL(taken.size(), 3U);
    BOOST_TEST((taken.front() > minutes(3))); // So long Linux tries to connect.
    BOOST_TEST(deferrals == 0);
}

BOOST_AUTO_TEST_SUITE_END()

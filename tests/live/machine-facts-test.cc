#include "lab/live/machine-facts.h"

#include "lab/scenario/load.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

namespace
{

using namespace bouncelab;
using namespace bouncelab::live;
using nlohmann::ordered_json;

scenario::Scenario
Shipped(const std::string& scenario, const std::string& variant)
{
    const std::string root = tests::SourceDir();
    return scenario::ScenarioFile::Load(root + "/scenarios/" + scenario + "/scenario.yaml")
        .Resolve(variant, scenario::PersonaLibrary(root));
}

BOOST_AUTO_TEST_SUITE(machine_facts)

BOOST_AUTO_TEST_CASE(AServerKnowsItsDomainsMailboxesAndOthersExchangers)
{
    const ordered_json facts = MachineFacts(Shipped("relay-tests", "open-relay"), "partner");
    BOOST_TEST(facts["address"] == "198.51.100.25");
    BOOST_TEST(facts["hostname"] == "mx1.partner.example");
    BOOST_TEST(facts["localDomains"] == ordered_json({"partner.example"}));
    BOOST_TEST(facts["mailboxes"] == ordered_json({"orders@partner.example",
                                                   "postmaster@partner.example",
                                                   "sales@partner.example"}));
    BOOST_TEST(facts["relay"].is_null());
    const ordered_json& exchangers = facts["exchangers"];
    BOOST_TEST(exchangers["example.net"] == ordered_json({{"address", "192.0.2.7"}, {"port", 25}}));
    BOOST_TEST(exchangers["northwindtraders.com"]["address"] == "10.10.10.10");
    BOOST_TEST(exchangers.count("partner.example") == 0u);
    BOOST_TEST(facts["hosts"]["tester"]["hostname"] == "tester.example.net");
}

BOOST_AUTO_TEST_CASE(AClientKnowsItsRelayAndAServersPublicAddress)
{
    const scenario::Scenario scenario = Shipped("intercepted-submission", "control");
    const ordered_json laptop = MachineFacts(scenario, "laptop");
    BOOST_TEST(laptop["relay"]["address"] == "203.0.113.10");
    BOOST_TEST(laptop["auth"] == ordered_json({{"user", "jia"}, {"password", "travel"}}));
    BOOST_TEST(laptop["localDomains"].empty());
    // The exchanger is behind a NAT.
    BOOST_TEST(laptop["exchangers"]["abc.com"]["address"] == "203.0.113.10");
    BOOST_TEST(MachineFacts(scenario, "front-desk")["relay"].is_null());
    BOOST_TEST(MachineFacts(scenario, "front-desk").count("auth") == 0);
}

BOOST_AUTO_TEST_CASE(NamesAreInTheHostsFile)
{
    const RootTexts texts = TextsOf(Shipped("relay-tests", "open-relay"), "partner");
    BOOST_TEST(texts.hostname == "mx1.partner.example");
    BOOST_TEST(texts.hosts.find("\n10.10.10.10 exch1.northwindtraders.com "
                                "exchange\n") != std::string::npos);
    BOOST_TEST(texts.hosts.find("\n198.51.100.25 mx1.partner.example partner\n") !=
               std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

#include "tests/probe/campaign-rig.h"
#include "tests/probe/relay-log.h"
#include "tests/probe/relay-policies.h"

#include "models/probe/probe-message.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace
{

using namespace bouncelab;
using namespace bouncelab::probe;
using namespace std::chrono_literals;
using Numbers = std::vector<unsigned>;

struct Fixture : CampaignRig
{
    Fixture()
    {
        config.suite = RelaySuite::Documented;
        config.localDomain = "example.org";
        config.foreignDomain = "example.net";
        config.hello = "tester.example.net";
        persona = LooseReader();
        policy = &localOnly;
    }

    void Test()
    {
        BOOST_TEST(CheckRelayTester(config).empty());
        RelayTester tester(config, Ipv4{0xC0000201}, {}, log, DrawKey(1, "tester"));
        Run(tester);
        BOOST_TEST(tester.Over());
        BOOST_REQUIRE(log.summaries.size() == 1u);
    }

    std::size_t Count(std::string_view line) const
    {
        return static_cast<std::size_t>(
            std::count(heard.commands.begin(), heard.commands.end(), line));
    }

    RelayTesterConfig config;
    LocalDomainsOnly localOnly;
    RelayLog log;
};

BOOST_AUTO_TEST_SUITE(relay_tester)

BOOST_FIXTURE_TEST_CASE(TheDocumentedServerFailsSixAndSeven, Fixture)
{
    Test();
    BOOST_TEST(log.Accepted() == (Numbers{6, 7}), boost::test_tools::per_element());
    BOOST_TEST(log.VerdictOf("standard") == "refused");
    BOOST_TEST(log.results[0].rcptReply == "550 5.7.1 Unable to relay for relaytest@example.net");
    BOOST_TEST(log.summaries[0].LooksOpen());
    BOOST_TEST(log.summaries[0].tests == 7u);
    BOOST_TEST(connections == 1);
    const std::string& t = log.transcript;
    BOOST_TEST(t.find("Relay test of mail.example.org [192.0.2.1]\n<<< 220 ") == 0u);
    BOOST_TEST(t.find("Relay test 1\n>>> RSET\n<<< 250 2.0.0 Ok\n"
                      ">>> MAIL FROM:<antispam@example.net>\n<<< 250 2.1.0 Ok\n"
                      ">>> RCPT TO:<relaytest@example.net>\n<<< 550 5.7.1 Unable") != t.npos);
    BOOST_TEST(t.find("Relay test result\n"
                      "Test 6 accepted: relaytest%example.net@example.org\n"
                      "Test 7 accepted: \"relaytest@example.net\"\n"
                      "7 tests performed, 2 recipients accepted. This host may be an open "
                      "relay.\n") != t.npos);
}

/// As a message ends a transaction, test 7 needs no RSET, and has none.
BOOST_FIXTURE_TEST_CASE(ADeliveryTestNamesItsTest, Fixture)
{
    config.sendMail = true;
    Test();
    BOOST_TEST(Count("RSET") == 6u);
    BOOST_TEST(log.transcript.find("Relay test 7\n>>> mail from: <") != std::string::npos);
    BOOST_REQUIRE(heard.messages.size() == 2u);
    const std::string& content = heard.messages[0].content;
    BOOST_TEST(content.find("Subject: Relay test 6\r\n") != std::string::npos);
    BOOST_TEST(content.find("X-Relay-Test: 6 percent-local\r\n") != std::string::npos);
    BOOST_TEST(content.find("RCPT TO:<relaytest%example.net@example.org>") != std::string::npos);
    BOOST_TEST(content.find("Message-ID: " + log.results[5].messageId) != std::string::npos);
    BOOST_TEST(log.results[5].messageId.find("<relay-test-6-percent-local.") == 0u);
    BOOST_TEST(log.results[5].messageReply == "250 2.0.0 Ok");
    BOOST_TEST(log.results[5].messageId != log.results[6].messageId);
}

BOOST_FIXTURE_TEST_CASE(WithoutMailTestSevenNeedsTheReset, Fixture)
{
    Test();
    BOOST_TEST(Count("RSET") == 7u);
}

BOOST_FIXTURE_TEST_CASE(PoliciesAreToldApart, Fixture)
{
    config.suite = RelaySuite::All;
    LooksUp looksUp;
    policy = &looksUp;
    Test();
    BOOST_TEST(log.Accepted().empty());
    BOOST_TEST(!log.summaries[0].LooksOpen());
    BOOST_TEST(log.transcript.find("19 tests performed, no relays accepted.\n") !=
               std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(AnOpenRelayTakesAll, Fixture)
{
    config.suite = RelaySuite::Nmap;
    policy = &acceptsAll;
    Test();
    // Source routes over an address literal are not RFC 5321's, and this persona reads none.
    BOOST_TEST(log.VerdictOf("route-literal") == "refused");
    BOOST_TEST(log.Accepted().size() == 15u);
}

BOOST_FIXTURE_TEST_CASE(LocalSendersAreTrusted, Fixture)
{
    config.suite = RelaySuite::All;
    TrustsLocalSenders trusts;
    policy = &trusts;
    Test();
    BOOST_TEST(log.VerdictOf("local-sender") == "accepted");
    BOOST_TEST(log.VerdictOf("server-sender") == "accepted");
    BOOST_TEST(log.VerdictOf("standard") == "refused");
}

BOOST_FIXTURE_TEST_CASE(AuthenticationEndsTheRun, Fixture)
{
    persona.requireAuth = true;
    Test();
    BOOST_TEST((log.summaries[0].end == RelayEnd::AuthenticationNeeded));
    BOOST_TEST(log.results.size() == 1u);
    BOOST_TEST(log.VerdictOf("standard") == "authentication-needed");
    BOOST_TEST(Count("QUIT") == 1u);
    BOOST_TEST(connections == 1);
}

BOOST_FIXTURE_TEST_CASE(GoesOnOverNewConnections, Fixture)
{
    LosesPatience impatient;
    policy = &impatient;
    Test();
    BOOST_TEST(log.results.size() == 7u);
    BOOST_TEST(connections == 3);
    BOOST_TEST(log.Accepted() == (Numbers{6, 7}), boost::test_tools::per_element());
    BOOST_TEST(log.VerdictOf("null-sender") == "refused"); // The third, on its second try.
    BOOST_TEST(log.results[2].connection == 2u);
}

BOOST_FIXTURE_TEST_CASE(AClosingServerCostsATestItsTries, Fixture)
{
    struct Closes : smtp::ServerPolicy
    {
        smtp::Decision OnRecipient(const smtp::ServerFacts&, const smtp::EnvelopeEntry&) override
        {
            smtp::Decision decision;
            decision.reply = "421 4.3.2 Service not available";
            decision.close = true;
            return decision;
        }
    } closes;

    policy = &closes;
    Test();
    BOOST_TEST(log.results.size() == 7u);
    for (const RelayTestResult& result : log.results)
    {
        BOOST_TEST((result.verdict == RelayVerdict::NoAnswer));
        BOOST_TEST(result.rcptReply == "421 4.3.2 Service not available");
    }
    BOOST_TEST(connections == 14);
    BOOST_TEST((log.summaries[0].end == RelayEnd::Done));
    BOOST_TEST(!log.summaries[0].LooksOpen());
}

BOOST_FIXTURE_TEST_CASE(NobodyListens, Fixture)
{
    listens = [](int) { return false; };
    Test();
    BOOST_TEST(connections == 3);
    BOOST_TEST((log.summaries[0].end == RelayEnd::GaveUp));
    BOOST_TEST(log.results.empty());
    BOOST_TEST((now == 10s));
}

BOOST_FIXTURE_TEST_CASE(ARefusingGreetingIsFruitless, Fixture)
{
    struct Refuses : smtp::ServerPolicy
    {
        smtp::Decision OnConnect(const smtp::ServerFacts&) override
        {
            return {"554 5.7.1 Go away"};
        }
    } refuses;

    policy = &refuses;
    Test();
    BOOST_TEST(connections == 3);
    BOOST_TEST((log.summaries[0].end == RelayEnd::GaveUp));
}

BOOST_FIXTURE_TEST_CASE(SlowServersTimeOut, Fixture)
{
    persona.think.rcpt.base = 11s;
    Test();
    BOOST_TEST(log.results.size() == 7u);
    BOOST_TEST(log.VerdictOf("standard") == "no-answer");
    BOOST_TEST(log.transcript.find("*** No reply within 10000 ms\n") != std::string::npos);
    BOOST_TEST(connections == 14);
}

BOOST_FIXTURE_TEST_CASE(SlowServersAreWaitedFor, Fixture)
{
    persona.think.rcpt.base = 9s;
    Test();
    BOOST_TEST(log.Accepted() == (Numbers{6, 7}), boost::test_tools::per_element());
    BOOST_TEST((now > 63s));
    BOOST_TEST(connections == 1);
}

BOOST_FIXTURE_TEST_CASE(TheServersNameIsLearned, Fixture)
{
    config.suite = RelaySuite::Nmap;
    Test();
    BOOST_TEST(log.results[2].sender == "antispam@mail.example.org");
    log = {};
    persona.replies.greeting = "220 *** {hostname}"; // A mail guard masks it: EHLO tells.
    Test();
    BOOST_TEST(log.results[2].sender == "antispam@mail.example.org");
}

BOOST_FIXTURE_TEST_CASE(AnOldServerGetsHelo, Fixture)
{
    persona.extended = false;
    Test();
    BOOST_TEST(Count("HELO tester.example.net") == 1u);
    BOOST_TEST(log.Accepted() == (Numbers{6, 7}), boost::test_tools::per_element());
}

/// Wherever the connection is cut, every test is told once, in order, and octets arriving one by
/// one change nothing.
BOOST_FIXTURE_TEST_CASE(CutAnywhere, Fixture)
{
    config.sendMail = true;
    Test();
    const std::vector<RelayTestResult> whole = log.results;
    const std::string transcript = log.transcript;
    pieces = 1;
    now = {};
    log = {};
    Test();
    BOOST_TEST(log.transcript == transcript);
    pieces = smtp::Session::UNLIMITED;
    for (std::size_t cut = 1; cut < 900; ++cut)
    {
        resets = cut % 2;
        connections = 0;
        dropsAfter = [cut](int n) { return n == 1 ? cut : 0; };
        now = {};
        log = {};
        Test();
        BOOST_REQUIRE(log.results.size() == whole.size());
        for (std::size_t i = 0; i < whole.size(); ++i)
        {
            BOOST_TEST(log.results[i].number == i + 1);
            BOOST_TEST((log.results[i].verdict == whole[i].verdict), cut << ", test " << i + 1);
        }
    }
}

BOOST_AUTO_TEST_CASE(FaultsOfConfigs)
{
    RelayTesterConfig config;
    BOOST_TEST(CheckRelayTester(config).empty());
    config.user = "two words";
    config.foreignDomain = "example..net";
    config.subject = "two\nlines";
    BOOST_TEST(CheckRelayTester(config).size() == 3u);
}

BOOST_AUTO_TEST_CASE(SubjectsInOtherScripts)
{
    BOOST_TEST(EncodeHeaderText("Relay test 6") == "Relay test 6");
    BOOST_TEST(EncodeHeaderText("中继测试 6") == "=?UTF-8?B?5Lit57un5rWL6K+VIDY=?=");
    const std::string longText = EncodeHeaderText(std::string("a") + std::string(3 * 40, '\xE4'));
    BOOST_TEST(longText.find("\r\n ") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

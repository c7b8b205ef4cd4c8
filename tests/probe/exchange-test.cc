// Exchange's connectors before relay tester, nmap and harvester: what S004 tells of them.

#include "tests/connector/connector-rig.h"
#include "tests/probe/campaign-rig.h"
#include "tests/probe/loopback-server.h"
#include "tests/probe/nmap.h"
#include "tests/probe/relay-log.h"

#include "models/probe/harvester.h"

#include <boost/test/unit_test.hpp>

namespace
{

using namespace bouncelab;
using namespace bouncelab::probe;
using namespace std::chrono_literals;
using connector::FromFile;
using Numbers = std::vector<unsigned>;

connector::OrganizationConfig
Northwind()
{
    connector::OrganizationConfig config;
    config.acceptedDomains = {"northwindtraders.com"};
    config.mailboxes = {"anna@northwindtraders.com", "bruno@northwindtraders.com"};
    return config;
}

/// A receive connector with a persona of the tree, for as many connections as come.
class Exchange
{
  public:
    Exchange(const std::string& server,
             const std::string& connector,
             const std::function<void(connector::ReceiveConnectorConfig&)>& change = {})
        : m_organization(Northwind())
        , m_connector(Config(connector, change),
                      FromFile<smtp::ServerPersona>("servers/" + server),
                      {},
                      {"mail.northwindtraders.com", m_organization, m_transport},
                      DrawKey(1, "connector"))
    {
    }

    std::unique_ptr<smtp::Session> Open(const smtp::ConnectionInfo& connection)
    {
        m_connections.push_back(std::make_unique<smtp::ConnectionInfo>(connection));
        smtp::ConnectionInfo& info = *m_connections.back();
        info.hostname = "mail.northwindtraders.com";
        info.domain = "northwindtraders.com";
        m_policies.push_back(m_connector.Open(
            info,
            [this](const connector::SessionInfo& session, connector::ConnectorEvent event)
            { m_journal.OnEvent(session, event); }));
        return std::make_unique<smtp::ServerSession>(m_connector.Persona(),
                                                     *m_policies.back(),
                                                     *m_policies.back(),
                                                     info,
                                                     DrawKey(info.session, "session"));
    }

    std::size_t Queued() const { return m_journal.queued; }

  private:
    static connector::ReceiveConnectorConfig Config(
        const std::string& name,
        const std::function<void(connector::ReceiveConnectorConfig&)>& change)
    {
        auto config = FromFile<connector::ReceiveConnectorConfig>("connectors/" + name);
        if (change)
        {
            change(config);
        }
        return config;
    }

    connector::Organization m_organization;
    connector::Journal m_journal;
    connector::TransportService m_transport{{}, {}};
    connector::ReceiveConnector m_connector;
    std::vector<std::unique_ptr<smtp::ConnectionInfo>> m_connections;
    std::vector<std::unique_ptr<connector::ConnectorSession>> m_policies;
};

struct Fixture : CampaignRig
{
    void Test(Exchange& exchange)
    {
        open = [&exchange](const smtp::ConnectionInfo& info) { return exchange.Open(info); };
        config.suite = RelaySuite::Documented;
        config.localDomain = "northwindtraders.com";
        config.serverAddress = Ipv4{0x0A0A0A0A};
        RelayTester tester(config, Ipv4{0xC0000201}, {}, log, DrawKey(1, "tester"));
        Run(tester);
        BOOST_REQUIRE(log.results.size() == 7u);
    }

    RelayTesterConfig config;
    RelayLog log;
};

BOOST_FIXTURE_TEST_SUITE(exchange, Fixture)

BOOST_AUTO_TEST_CASE(Exchange2000BeforeTheDocumentedTests)
{
    Exchange server("exchange-2000", "exchange-2003");
    config.sendMail = true;
    Test(server);
    BOOST_TEST_MESSAGE(log.transcript);
    for (std::size_t i = 0; i < 5; ++i)
    {
        BOOST_TEST(log.results[i].rcptReply ==
                   "550 5.7.1 Unable to relay for relaytest@nmap.scanme.org");
    }
    BOOST_TEST(log.results[2].mailReply == "250 2.1.0 <>....Sender OK");
    BOOST_TEST(log.results[4].mailReply ==
               "250 2.1.0 antispam@[10.10.10.10]....Sender OK"); // S004-05
    BOOST_TEST(log.Accepted() == (Numbers{6, 7}), boost::test_tools::per_element());
    BOOST_TEST(log.results[5].rcptReply ==
               "250 2.1.5 relaytest%nmap.scanme.org@northwindtraders.com ");
    BOOST_TEST(log.results[6].rcptReply ==
               "250 2.1.5 \"relaytest@nmap.scanme.org\"@northwindtraders.com ");
    BOOST_TEST(server.Queued() == 2u);
    // With messages sent, test 7 is written as documented: without RSET, in lower case.
    BOOST_TEST(log.transcript.find("Relay test 7\n>>> mail from: <") != std::string::npos);
}

/// The recipient filter of S004-20: with a look at who exists, nothing seems open.
BOOST_AUTO_TEST_CASE(ALookUpAtRcptPassesAllTests)
{
    Exchange server("exchange-2000",
                    "exchange-2003",
                    [](auto& config) { config.recipientLookup = true; });
    Test(server);
    BOOST_TEST(log.Accepted().empty());
    BOOST_TEST(log.results[5].rcptReply.compare(0, 9, "550 5.1.1") == 0);
}

BOOST_AUTO_TEST_CASE(AnExchange2010IsToldToAuthenticate)
{
    config.suite = RelaySuite::Documented;
    Exchange server("exchange-2010", "exchange-2010");
    open = [&server](const smtp::ConnectionInfo& info) { return server.Open(info); };
    RelayTester tester(config, Ipv4{0xC0000201}, {}, log, DrawKey(1, "tester"));
    Run(tester);
    BOOST_TEST((log.summaries.at(0).end == RelayEnd::AuthenticationNeeded));
}

/// S004-19: what each design gives away, and at what price to the harvester.
BOOST_AUTO_TEST_CASE(WhatAHarvesterLearns)
{
    struct Design
    {
        const char* name;
        bool lookUp;
        Nanoseconds tarpit;
        HarvestEnd end;
        std::size_t found;
    };

    HarvesterConfig harvest;
    harvest.words = {"alfred", "anna", "bert", "bruno", "carl"};
    harvest.numbers = 9;
    harvest.domain = "northwindtraders.com";
    harvest.recipientsPerMessage = 10;
    Nanoseconds fast{0};
    for (const Design& design : {Design{"accept", false, 0s, HarvestEnd::AcceptsAll, 0},
                                 Design{"reject", true, 0s, HarvestEnd::DictionaryDone, 2},
                                 Design{"tarpit", true, 5s, HarvestEnd::DictionaryDone, 2}})
    {
        Exchange server("exchange-2003",
                        "exchange-2003",
                        [&design](auto& c)
                        {
                            c.recipientLookup = design.lookUp;
                            c.tarpit.interval = design.tarpit;
                        });
        CampaignRig rig;
        rig.open = [&server](const smtp::ConnectionInfo& info) { return server.Open(info); };
        HarvestObserver nobody;
        Harvester harvester(harvest, nobody, DrawKey(1, "harvester"));
        rig.Run(harvester);
        const HarvestReport& report = harvester.Report();
        BOOST_TEST_MESSAGE(design.name << ": " << NameOfHarvestEnd(report.end) << ", "
                                       << report.found.size() << " found in " << report.guesses
                                       << " guesses, " << report.TimePerGuess().count() / 1000000
                                       << " ms per guess");
        BOOST_TEST((report.end == design.end), design.name);
        BOOST_TEST(report.found.size() == design.found, design.name);
        if (design.tarpit.count() > 0)
        {
            BOOST_TEST((report.TimePerGuess() > 50 * fast));
            BOOST_TEST((report.TimePerGuess() > 4s));
        }
        fast = report.TimePerGuess();
    }
}

BOOST_AUTO_TEST_CASE(NmapSaysTheSameOfExchange, *boost::unit_test::precondition(NMAP_IS_HERE))
{
    for (const bool lookUp : {false, true})
    {
        const auto change = [lookUp](auto& c) { c.recipientLookup = lookUp; };
        std::vector<std::string> byNmap;
        {
            Exchange server("exchange-2000", "exchange-2003", change);
            const LoopbackServer loopback([&server](const smtp::ConnectionInfo& info)
                                          { return server.Open(info); });
            byNmap = AcceptedByNmap(RunNmap(loopback.Port()));
        }
        Exchange server("exchange-2000", "exchange-2003", change);
        CampaignRig rig;
        rig.server = Ipv4{0x7F000001};
        rig.open = [&server](const smtp::ConnectionInfo& info) { return server.Open(info); };
        RelayLog told;
        RelayTesterConfig tests;
        tests.suite = RelaySuite::Nmap;
        RelayTester tester(tests, rig.server, {}, told, DrawKey(1, "tester"));
        rig.Run(tester);
        std::vector<std::string> byUs;
        for (const RelayTestResult& result : told.results)
        {
            if (result.verdict == RelayVerdict::Accepted)
            {
                byUs.push_back(
                    fmt::format("MAIL FROM:<{}> -> RCPT TO:<{}>", result.sender, result.recipient));
            }
        }
        BOOST_TEST_MESSAGE("Exchange 2000, look-up " << lookUp << ": nmap " << byNmap.size()
                                                     << ", ours " << byUs.size());
        BOOST_TEST(byNmap == byUs, boost::test_tools::per_element());
        BOOST_TEST(told.results.size() == 16u);
        BOOST_TEST(byUs.empty() == lookUp);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

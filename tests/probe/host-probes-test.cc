// Relay tester and harvester over simulated TCP, against the server core behind it.

#include "tests/host/two-hosts.h"
#include "tests/probe/relay-log.h"
#include "tests/probe/relay-policies.h"

#include "models/connector/open-connector.h"
#include "models/host/prober.h"
#include "models/host/smtp-server.h"
#include "models/probe/harvester.h"
#include "models/probe/relay-tester.h"

#include <boost/test/unit_test.hpp>

namespace
{

using namespace bouncelab;
using namespace std::chrono_literals;
using Numbers = std::vector<unsigned>;

/// A server core on port 25 of the rig's server.
class Server
{
  public:
    Server(host::Host& host,
           const smtp::ServerPersona& persona,
           std::unique_ptr<smtp::ServerPolicy> policy)
        : m_server(
              host,
              {"mail.example.org"},
              std::make_unique<connector::OpenConnector>(persona, std::move(policy)),
              host::SmtpServer::Handlers{[this](const host::SmtpServer::AcceptedMessage& accepted)
                                         { messages.push_back(*accepted.message.content); }})
    {
    }

    std::vector<std::string> messages;

  private:
    host::SmtpServer m_server;
};

struct Fixture : host::TwoHosts
{
    host::Prober::Target Peer() const { return {server.Address(), 25}; }

    probe::RelayLog log;
};

BOOST_FIXTURE_TEST_SUITE(host_probes, Fixture)

BOOST_AUTO_TEST_CASE(ARelayTesterAtWork)
{
    Server mta(server, probe::LooseReader(), std::make_unique<probe::LocalDomainsOnly>());
    std::vector<std::uint16_t> ports;
    probe::RelayTesterConfig config;
    config.suite = probe::RelaySuite::Documented;
    config.localDomain = "mail.example.org";
    config.sendMail = true;
    config.betweenTests.base = 2s;
    probe::RelayTester tester(config, server.Address(), {}, log, client.Draws("tester"));
    host::Prober prober(client,
                        Peer(),
                        tester,
                        [&](std::uint32_t, const host::FlowKey& key)
                        { ports.push_back(key.localPort); });
    prober.StartAt(3s);
    ns3::Simulator::Stop(ns3::Seconds(600));
    ns3::Simulator::Run();
    BOOST_TEST(tester.Over());
    BOOST_TEST(log.Accepted() == (Numbers{6, 7}), boost::test_tools::per_element());
    BOOST_TEST(mta.messages.size() == 2u);
    BOOST_TEST(ports.size() == 1u);
    BOOST_TEST(ports.at(0) != 0u);
    BOOST_REQUIRE(log.summaries.size() == 1u);
    BOOST_TEST(log.summaries[0].LooksOpen());
    BOOST_TEST(log.transcript.find("7 tests performed, 2 recipients accepted.") !=
               std::string::npos);
    BOOST_REQUIRE(!seen.empty());
    BOOST_TEST(seen.front().ns >= 3000000000);
    BOOST_TEST(tester.Results().back().decided.count() > 15000000000); // Six pauses.
}

BOOST_AUTO_TEST_CASE(NobodyListens)
{
    probe::RelayTester tester({}, server.Address(), {}, log, client.Draws("tester"));
    host::Prober prober(client, Peer(), tester, {});
    prober.StartAt(1s);
    ns3::Simulator::Stop(ns3::Seconds(600));
    ns3::Simulator::Run();
    BOOST_REQUIRE(log.summaries.size() == 1u);
    BOOST_TEST((log.summaries[0].end == probe::RelayEnd::GaveUp));
    BOOST_TEST(log.summaries[0].connections == 3u);
}

BOOST_AUTO_TEST_CASE(AHarvesterAtWorkThroughLoss)
{
    struct Guesses : probe::HarvestObserver
    {
        void OnGuess(Nanoseconds, std::string_view, std::uint32_t, Nanoseconds waited) override
        {
            ++count;
            BOOST_TEST((waited >= 100ms)); // The way there and back.
        }

        std::uint64_t count = 0;
    } guesses;

    Server mta(server, {}, std::make_unique<probe::LooksUp>());
    probe::HarvesterConfig config;
    config.words = {"alfred", "anna", "bert", "bruno", "carl"};
    config.numbers = 4;
    config.domain = "mail.example.org";
    config.guessesPerConnection = 10;
    int number = 0;
    drops = [&](const host::Seen& packet)
    { return packet.segment.payload.size > 0 && ++number % 17 == 0; };
    probe::Harvester harvester(config, guesses, client.Draws("harvester"));
    host::Prober prober(client, Peer(), harvester, {});
    prober.StartAt(1s);
    ns3::Simulator::Stop(ns3::Seconds(3600));
    ns3::Simulator::Run();
    const probe::HarvestReport& report = harvester.Report();
    BOOST_TEST((report.end == probe::HarvestEnd::DictionaryDone));
    BOOST_TEST(report.found.size() == 2u);
    BOOST_TEST(report.refused == 23u);
    BOOST_TEST(report.connections >= 3u);
    BOOST_TEST(report.guesses == guesses.count);
    BOOST_TEST_MESSAGE("ms per guess: " << report.TimePerGuess().count() / 1000000);
}

/// A server that takes five seconds over each refusal, and a harvester that will not have it.
BOOST_AUTO_TEST_CASE(AHarvesterLeavesATarpit)
{
    struct Tarpit : probe::LooksUp
    {
        Nanoseconds DelayReply(const smtp::ServerFacts&, const smtp::ReplyDraft& draft) override
        {
            return draft.code >= 500 ? Nanoseconds(5s) : Nanoseconds(0);
        }
    };

    Server mta(server, {}, std::make_unique<Tarpit>());
    probe::HarvesterConfig config;
    config.words = {"alfred", "bert", "carl", "dora", "emil", "fritz"};
    config.domain = "mail.example.org";
    config.whenSlow = probe::SlowServerPolicy::Reconnect;
    config.patience = 2;
    config.slowConnections = 2;
    probe::HarvestObserver nobody;
    probe::Harvester harvester(config, nobody, client.Draws("harvester"));
    host::Prober prober(client, Peer(), harvester, {});
    prober.StartAt(1s);
    ns3::Simulator::Stop(ns3::Seconds(3600));
    ns3::Simulator::Run();
    BOOST_TEST((harvester.Report().end == probe::HarvestEnd::Tarpitted));
    BOOST_TEST(harvester.Report().connections == 2u);
    BOOST_TEST((harvester.Report().TimePerGuess() > 2s));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

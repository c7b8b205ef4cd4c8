// Relay tester and harvester over simulated TCP, against the server core behind it.

#include "tests/host/two-hosts.h"
#include "tests/probe/relay-policies.h"

#include "models/host/harvester.h"
#include "models/host/relay-tester.h"
#include "models/host/smtp-listener.h"
#include "models/smtp/server-session.h"

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
    Server(host::Host& host, const smtp::ServerPersona& persona, smtp::ServerPolicy& policy)
        : m_persona(persona)
        , m_policy(policy)
        , m_listener(host,
                     25,
                     "mail.example.org",
                     HostClock{},
                     [this] { return std::make_unique<Conversation>(*this); })
    {
    }

    std::vector<std::string> messages;

  private:
    struct Conversation : host::ServerConversation,
                          smtp::SessionObserver
    {
        explicit Conversation(Server& server)
            : owner(server)
        {
        }

        std::unique_ptr<smtp::Session> MakeSession(const smtp::ConnectionInfo& connection) override
        {
            return std::make_unique<smtp::ServerSession>(
                owner.m_persona,
                owner.m_policy,
                *this,
                connection,
                RandomStream(1, "session/" + std::to_string(connection.session)));
        }

        void OnMessage(const smtp::MessageEvent& event) override
        {
            owner.messages.push_back(*event.content);
        }

        Server& owner;
    };

    smtp::ServerPersona m_persona;
    smtp::ServerPolicy& m_policy;
    host::SmtpListener m_listener;
};

struct Fixture : host::TwoHosts
{
    host::Prober::Peer Peer() const { return {server.Address(), 25}; }

    probe::LocalDomainsOnly localOnly;
    probe::LooksUp looksUp;
};

BOOST_FIXTURE_TEST_SUITE(host_probes, Fixture)

BOOST_AUTO_TEST_CASE(ARelayTesterAtWork)
{
    Server mta(server, probe::LooseReader(), localOnly);
    std::string transcript;
    Numbers accepted;
    std::vector<std::uint16_t> ports;
    std::vector<probe::RelaySummary> summaries;
    host::RelayTester::Handlers handlers;
    handlers.onTranscript = [&](Nanoseconds, std::string_view line)
    { transcript += std::string(line) + '\n'; };
    handlers.onTest = [&](const probe::RelayTestResult& result)
    {
        if (result.verdict == probe::RelayVerdict::Accepted)
        {
            accepted.push_back(result.number);
        }
    };
    handlers.onDone = [&](Nanoseconds, const probe::RelaySummary& summary)
    { summaries.push_back(summary); };
    handlers.onConnection = [&](std::uint32_t, const host::FlowKey& key)
    { ports.push_back(key.localPort); };
    probe::RelayTesterConfig config;
    config.suite = probe::RelaySuite::Documented;
    config.localDomain = "mail.example.org";
    config.sendMail = true;
    config.betweenTests.base = 2s;
    host::RelayTester tester(client, "tester", Peer(), config, HostClock{}, 1, handlers);
    tester.StartAt(3s);
    ns3::Simulator::Stop(ns3::Seconds(600));
    ns3::Simulator::Run();
    BOOST_TEST(tester.Over());
    BOOST_TEST(accepted == (Numbers{6, 7}), boost::test_tools::per_element());
    BOOST_TEST(mta.messages.size() == 2u);
    BOOST_TEST(ports.size() == 1u);
    BOOST_TEST(ports.at(0) != 0u);
    BOOST_REQUIRE(summaries.size() == 1u);
    BOOST_TEST(summaries[0].SaysOpen());
    BOOST_TEST(transcript.find("7 tests performed, 2 recipients accepted.") != std::string::npos);
    BOOST_REQUIRE(!seen.empty());
    BOOST_TEST(seen.front().ns >= 3000000000);
    BOOST_TEST(tester.Results().back().decided.count() > 15000000000); // Six pauses.
}

BOOST_AUTO_TEST_CASE(NobodyListens)
{
    std::vector<probe::RelaySummary> summaries;
    host::RelayTester::Handlers handlers;
    handlers.onDone = [&](Nanoseconds, const probe::RelaySummary& summary)
    { summaries.push_back(summary); };
    host::RelayTester tester(client, "tester", Peer(), {}, HostClock{}, 1, handlers);
    tester.StartAt(1s);
    ns3::Simulator::Stop(ns3::Seconds(600));
    ns3::Simulator::Run();
    BOOST_REQUIRE(summaries.size() == 1u);
    BOOST_TEST((summaries[0].end == probe::RelayEnd::GaveUp));
    BOOST_TEST(summaries[0].connections == 3u);
}

BOOST_AUTO_TEST_CASE(AHarvesterAtWorkThroughLoss)
{
    Server mta(server, {}, looksUp);
    probe::HarvesterConfig config;
    config.words = {"alfred", "anna", "bert", "bruno", "carl"};
    config.numbers = 4;
    config.domain = "mail.example.org";
    config.guessesPerConnection = 10;
    int guesses = 0;
    int number = 0;
    drops = [&](const host::Seen& packet)
    { return packet.segment.payload.size > 0 && ++number % 17 == 0; };
    host::Harvester::Handlers handlers;
    handlers.onGuess = [&](Nanoseconds, std::string_view, std::uint32_t, Nanoseconds waited)
    {
        ++guesses;
        BOOST_TEST((waited >= 100ms)); // The way there and back.
    };
    host::Harvester harvester(client, "harvester", Peer(), config, 1, handlers);
    harvester.StartAt(1s);
    ns3::Simulator::Stop(ns3::Seconds(3600));
    ns3::Simulator::Run();
    const probe::HarvestReport& report = harvester.Report();
    BOOST_TEST((report.end == probe::HarvestEnd::DictionaryDone));
    BOOST_TEST(report.found.size() == 2u);
    BOOST_TEST(report.refused == 23u);
    BOOST_TEST(report.connections >= 3u);
    BOOST_TEST(report.guesses == static_cast<std::uint64_t>(guesses));
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
    } policy;

    Server mta(server, {}, policy);
    probe::HarvesterConfig config;
    config.words = {"alfred", "bert", "carl", "dora", "emil", "fritz"};
    config.domain = "mail.example.org";
    config.whenSlow = probe::SlowHabit::Reconnect;
    config.patience = 2;
    config.slowConnections = 2;
    host::Harvester harvester(client, "harvester", Peer(), config, 1, {});
    harvester.StartAt(1s);
    ns3::Simulator::Stop(ns3::Seconds(3600));
    ns3::Simulator::Run();
    BOOST_TEST((harvester.Report().end == probe::HarvestEnd::Tarpitted));
    BOOST_TEST(harvester.Report().connections == 2u);
    BOOST_TEST((harvester.Report().TimePerGuess() > 2s));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

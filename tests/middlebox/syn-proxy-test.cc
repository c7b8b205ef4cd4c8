#include "models/middlebox/syn-proxy.h"

#include "models/connector/open-connector.h"
#include "models/host/session-link.h"
#include "models/host/smtp-server.h"
#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"
#include "models/smtp/client-session.h"
#include "tests/host/two-hosts.h"
#include "tests/path/star.h"
#include "tests/smtp/recorder.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace bouncelab::middlebox
{

namespace
{

using host::Seen;

constexpr Ipv4 SERVER{0x0A040104};
constexpr Ipv4 GATEWAY{0x0A040101};
constexpr Ipv4 STATION{0x452E67C8};
constexpr Ipv4 CLIENT{0xCB007114};

struct Collected : provenance::ActionSink
{
    void Record(const provenance::Action& action) override { actions.push_back(action); }

    std::vector<provenance::Action> actions;
};

SynProxyConfig
Protecting(IpAddress server)
{
    SynProxyConfig config;
    config.servers = {server};
    return config;
}

path::HopConfig
Hop(IpAddress address)
{
    path::HopConfig hop;
    hop.address = address;
    hop.delay = Nanoseconds(5000000);
    return hop;
}

host::StackProfile
WithTtl(host::StackProfile profile, std::uint8_t ttl)
{
    profile.ttl = ttl;
    return profile;
}

/// A mail server in a site, and a client outside, behind a station that is a SYN proxy.
struct Site
{
    explicit Site(const SynProxyConfig& config = Protecting(SERVER))
        : ledger(&collected)
        , gateway({"gateway",
                   1,
                   path::PathForm::Channel,
                   SERVER,
                   {Hop(GATEWAY)},
                   Ipv4{GATEWAY.value + 1},
                   &ledger,
                   std::nullopt})
        , station(gateway.AddStation("border", {Hop(STATION)}))
        , line(station.AddServer("client", {Hop(Ipv4{STATION.value + 1}), Hop(CLIENT)}))
        , server("server", SERVER, WithTtl(host::LinuxProfile(), 128), {}, {1, ledger})
        , client("client", CLIENT, host::FreeBsdProfile(), {}, {1, ledger})
        , proxy("border", config, station, 1, ledger)
    {
        server.SetWire([this](const path::WirePacket& p)
                       { gateway.Inside().Enter(path::PathEnd::Near, p); });
        gateway.Inside().SetHandler(path::PathEnd::Near,
                                    [this](const path::WirePacket& p) { server.Receive(p); });
        client.SetWire([this](const path::WirePacket& p) { line.Enter(path::PathEnd::Far, p); });
        line.SetHandler(path::PathEnd::Far,
                        [this](const path::WirePacket& p) { client.Receive(p); });
        station.ObserveNear([this](path::Direction direction, const path::WirePacket& p)
                            { Keep(direction, p, nearServer); });
        station.ObserveFar([this](path::Direction direction, const path::WirePacket& p)
                           { Keep(direction, p, nearClient); });
    }

    ~Site() { ns3::Simulator::Destroy(); }

    void Serve(std::uint16_t port = 25)
    {
        mta = std::make_unique<host::SmtpServer>(
            server,
            host::SmtpServer::Setup{"mail.example.org", port},
            std::make_unique<connector::OpenConnector>(smtp::ServerPersona{}),
            host::SmtpServer::Handlers{[this](const host::SmtpServer::AcceptedMessage&)
                                       { ++messages; }});
    }

    /// The client sends a mail, and the simulation runs out.
    void Send(std::uint16_t port = 25)
    {
        smtp::Transaction mail;
        mail.sender = "jia@example.com";
        mail.recipients = {"yi@example.org"};
        mail.content = std::make_shared<const std::string>("Subject: x\r\n\r\n" +
                                                           std::string(5000, 'x') + "\r\n");
        auto session = std::make_unique<smtp::ClientSession>(smtp::ClientPersona{},
                                                             std::move(mail),
                                                             "client.example.com",
                                                             recorder,
                                                             client.Draws("session"));
        link = std::make_unique<host::SessionLink>(client,
                                                   client.OpenSocket(SERVER, port),
                                                   std::move(session),
                                                   [](host::SessionLink&) {});
        link->StartConnecting([] {});
        Run();
    }

    static void Run()
    {
        ns3::Simulator::Stop(ns3::Seconds(600));
        ns3::Simulator::Run();
    }

    static void Keep(path::Direction direction, const path::WirePacket& p, std::deque<Seen>& seen)
    {
        Seen s;
        s.ns = ns3::Simulator::Now().GetNanoSeconds();
        s.fromClient = direction == path::Direction::Inbound;
        s.header = p.header;
        s.segment = *path::ReadSegment(p, s.bytes);
        s.origin = provenance::OriginOf(p.payload);
        BOOST_TEST(TransportChecksum(p.header.GetSource(),
                                     p.header.GetDestination(),
                                     protocol::TCP,
                                     {s.bytes.data(), s.bytes.size()}) == 0);
        seen.push_back(std::move(s));
    }

    Collected collected;
    provenance::Ledger ledger;
    path::SiteGateway gateway;
    path::StarNode& station;
    path::NetworkPath& line;
    host::Host server;
    host::Host client;
    SynProxy proxy;
    std::unique_ptr<host::SmtpServer> mta;
    std::unique_ptr<host::SessionLink> link;
    smtp::Recorder recorder;
    int messages = 0;
    std::deque<Seen> nearServer; //!< What passes the station's interface towards the site,
    std::deque<Seen> nearClient; //!< and the one towards the client.
};

/// The first segment of a side that a condition holds for.
template <class Condition>
const Seen&
First(const std::deque<Seen>& seen, bool fromClient, Condition holds)
{
    const auto found =
        std::find_if(seen.begin(),
                     seen.end(),
                     [&](const Seen& s) { return s.fromClient == fromClient && holds(s.segment); });
    BOOST_REQUIRE(found != seen.end());
    return *found;
}

bool
IsSyn(const TcpSegment& segment)
{
    return segment.Has(tcp::SYN);
}

bool
HasData(const TcpSegment& segment)
{
    return segment.payload.size > 0;
}

bool
IsSynToServer(const Seen& seen)
{
    return seen.header.GetDestination() == SERVER && IsSyn(seen.segment);
}

std::size_t
SynsToServer(const Site& site)
{
    return static_cast<std::size_t>(std::count_if(site.nearServer.begin(),
                                                  site.nearServer.end(),
                                                  [](const Seen& s) { return IsSynToServer(s); }));
}

BOOST_AUTO_TEST_SUITE(syn_proxy)

BOOST_AUTO_TEST_CASE(MailPassesThroughTwoHandshakes)
{
    Site site;
    site.Serve();
    site.Send();
    BOOST_REQUIRE(site.recorder.results.size() == 1u);
    BOOST_TEST((site.recorder.results[0].message.outcome == smtp::TransactionOutcome::Accepted));
    BOOST_TEST(site.messages == 1);
    BOOST_TEST(SynsToServer(site) == 1u);

    const Seen& answered = First(site.nearClient, false, IsSyn);
    const Seen& inner = First(site.nearServer, true, IsSyn);
    BOOST_TEST(answered.ns < inner.ns);
    BOOST_TEST(inner.segment.sequence == First(site.nearClient, true, IsSyn).segment.sequence);
    BOOST_TEST((inner.header.GetSource() == CLIENT));

    const Seen& greeting = First(site.nearClient, false, HasData);
    BOOST_TEST(greeting.segment.sequence == answered.segment.sequence + 1);
    const std::uint32_t serverStart = First(site.nearServer, false, IsSyn).segment.sequence;
    BOOST_TEST(serverStart != answered.segment.sequence);
    BOOST_TEST(First(site.nearServer, false, HasData).segment.sequence == serverStart + 1);
}

BOOST_AUTO_TEST_CASE(ItsHandshakeLooksUnlikeTheServer)
{
    SynProxyConfig config = Protecting(SERVER);
    config.ttl = 60;
    config.mss = 1380;
    Site site(config);
    site.Serve();
    site.Send();
    const Seen& answered = First(site.nearClient, false, IsSyn);
    BOOST_TEST(int(answered.header.GetTtl()) == 60);
    BOOST_TEST(answered.segment.window == 0);
    BOOST_TEST(answered.segment.options.mss.value() == 1380);
    BOOST_TEST(!answered.segment.options.windowScale);
    BOOST_TEST(!answered.segment.options.sackPermitted);
    BOOST_TEST(!answered.segment.options.timestamp);
    // Gateway and station have taken one each.
    BOOST_TEST(int(First(site.nearClient, false, HasData).header.GetTtl()) == 126);
}

BOOST_AUTO_TEST_CASE(ABalancerEndsConnectionsItself)
{
    for (const bool ends : {false, true})
    {
        SynProxyConfig config = Protecting(SERVER);
        config.ttl = 60;
        config.ends = ends;
        Site site(config);
        site.Serve();
        site.Send();
        BOOST_TEST(site.messages == 1);
        const Seen& clientFin =
            First(site.nearClient, true, [](const TcpSegment& s) { return s.Has(tcp::FIN); });
        const std::uint32_t clientEnd =
            clientFin.segment.sequence + clientFin.segment.SequenceLength();
        int fins = 0;
        int lastAcks = 0;
        for (const Seen& s : site.nearClient)
        {
            const bool isBare = s.segment.SequenceLength() == 0;
            const bool isFin = s.segment.Has(tcp::FIN);
            const bool isLastAck = isBare && s.segment.acknowledgment == clientEnd;
            if (s.fromClient || (!isFin && !isLastAck))
            {
                continue;
            }
            fins += isFin ? 1 : 0;
            lastAcks += isLastAck ? 1 : 0;
            BOOST_TEST(int(s.header.GetTtl()) == (ends ? 60 : 126));
            BOOST_TEST(!(isFin && ends && s.segment.payload.size > 0));
        }
        BOOST_TEST(fins == 1);
        BOOST_TEST(lastAcks > 0);
        BOOST_TEST(First(site.nearClient, false, HasData).header.GetTtl() == 126);
    }
}

BOOST_AUTO_TEST_CASE(ABalancerPassesARefusalOnAsItsOwn)
{
    SynProxyConfig config = Protecting(SERVER);
    config.ttl = 60;
    config.ends = true;
    Site site(config); // Nobody listens.
    site.Send();
    const Seen& reset =
        First(site.nearClient, false, [](const TcpSegment& s) { return s.Has(tcp::RST); });
    BOOST_TEST(int(reset.header.GetTtl()) == 60);
    BOOST_TEST(reset.segment.sequence == First(site.nearClient, false, IsSyn).segment.sequence + 1);
    BOOST_TEST(site.proxy.FlowCount() == 0u);
}

BOOST_AUTO_TEST_CASE(TheTruthCallsItOrdinary)
{
    Site site;
    site.Serve();
    site.Send();
    BOOST_REQUIRE(site.collected.actions.size() == 1u);
    const provenance::Action& action = site.collected.actions[0];
    BOOST_TEST(action.classLabel == "ordinary");
    BOOST_TEST((action.did == TruthEvent::SynProxied));
    BOOST_TEST(action.params[1].second == "10.4.1.4:25");
    const Seen& answered = First(site.nearClient, false, IsSyn);
    BOOST_TEST(site.ledger.ActorName(answered.origin.actor) == "border");
    BOOST_TEST(!answered.origin.forged);
    BOOST_TEST(site.ledger.ActorName(First(site.nearClient, false, HasData).origin.actor) ==
               "server");
}

BOOST_AUTO_TEST_CASE(AFloodOfSynsReachesNoServer)
{
    Site site;
    site.Serve();
    for (std::uint32_t i = 0; i < 100; ++i)
    {
        TcpSegment syn;
        syn.sourcePort = static_cast<std::uint16_t>(40000 + i);
        syn.destinationPort = 25;
        syn.sequence = i;
        syn.flags = tcp::SYN;
        path::WirePacket packet = path::PacketOf(syn, {}, Ipv4{CLIENT.value + 1}, SERVER);
        packet.payload->AddPacketTag(provenance::OriginTag(site.ledger.Born(1)));
        packet.header.SetTtl(64);
        site.line.Enter(path::PathEnd::Far, packet);
    }
    Site::Run();
    BOOST_TEST(site.proxy.FlowCount() == 100u);
    BOOST_TEST(SynsToServer(site) == 0u);
}

BOOST_AUTO_TEST_CASE(ARefusalReachesTheClient)
{
    Site site; // Nobody listens.
    site.Send();
    const std::uint32_t own = First(site.nearClient, false, IsSyn).segment.sequence;
    const Seen& reset =
        First(site.nearClient, false, [](const TcpSegment& s) { return s.Has(tcp::RST); });
    BOOST_TEST(reset.segment.sequence == own + 1);
    BOOST_TEST(site.proxy.FlowCount() == 0u);
    BOOST_REQUIRE(site.recorder.results.size() == 1u);
    BOOST_TEST((site.recorder.results[0].message.cause == smtp::OutcomeReason::PeerReset));
}

BOOST_AUTO_TEST_CASE(AServerThatIsSilentIsAskedAgainAndGivenUp)
{
    SynProxyConfig config = Protecting(SERVER);
    config.tries = 3;
    Site site(config);
    site.server.SetWire([](const path::WirePacket&) {});
    site.Send();
    std::vector<std::int64_t> times;
    for (const Seen& s : site.nearServer)
    {
        if (IsSynToServer(s))
        {
            times.push_back(s.ns);
        }
    }
    BOOST_REQUIRE(times.size() == 3u);
    BOOST_TEST(times[1] - times[0] == 1000000000);
    BOOST_TEST(times[2] - times[1] == 2000000000);
    BOOST_TEST(site.proxy.FlowCount() == 0u);
}

BOOST_AUTO_TEST_CASE(OtherPortsPassUntouched)
{
    Site site;
    site.Serve(587);
    site.Send(587);
    BOOST_TEST(site.messages == 1);
    BOOST_TEST(int(First(site.nearClient, false, IsSyn).header.GetTtl()) == 126);
    BOOST_TEST(site.proxy.FlowCount() == 0u);
}

BOOST_AUTO_TEST_CASE(FaultsAreNamed)
{
    SynProxyConfig config;
    config.ports.clear();
    const std::vector<std::string> expected{"servers: found none, expected the address of a server",
                                            "ports: found none, expected at least one, such as 25"};
    BOOST_TEST(Faults(config) == expected, boost::test_tools::per_element());
    BOOST_TEST(Faults(Protecting(SERVER)).empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace bouncelab::middlebox

#include "models/middlebox/interception-proxy.h"

#include "models/connector/open-connector.h"
#include "models/host/session-link.h"
#include "models/host/smtp-server.h"
#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"
#include "models/smtp/client-session.h"
#include "tests/host/two-hosts.h"
#include "tests/middlebox/relay-rig.h"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <memory>
#include <string>

namespace bouncelab::middlebox
{

namespace
{

using host::Seen;

constexpr Ipv4 CLIENT{0x0A010203};
constexpr Ipv4 PROXY{0x452E67C8};
constexpr Ipv4 SERVER{0xC0A800DE};

struct Collected : provenance::ActionSink
{
    void Record(const provenance::Action& action) override { actions.push_back(action); }

    std::string Param(TruthEvent did, std::string_view key) const
    {
        for (const provenance::Action& action : actions)
        {
            if (action.did == did)
            {
                for (const auto& [name, value] : action.params)
                {
                    if (name == key)
                    {
                        return value;
                    }
                }
            }
        }
        return {};
    }

    std::vector<provenance::Action> actions;
};

host::StackProfile
WindowsLike()
{
    host::StackProfile p = host::FreeBsdProfile();
    p.ttl = 128;
    p.windowScale = 8;
    return p;
}

/// A client and a server with the machine of an interception proxy on the way between them.
class Provider
{
  public:
    static constexpr std::int64_t CLIENT_NS = 5000000;
    static constexpr std::int64_t SERVER_NS = 138000000;

    explicit Provider(InterceptionProxyConfig config, std::uint16_t port = 25, bool resolves = true)
        : m_port(port)
        , ledger(&collected)
        , client("laptop", CLIENT, WindowsLike(), Start(0x11111111), {1, ledger})
        , machine("isp-proxy", PROXY, host::LinuxProfile(), Start(0x22222222), {1, ledger})
        , server("exchange", SERVER, WindowsLike(), Start(0x33333333), {1, ledger})
        , proxy(machine,
                config,
                [resolves](std::string_view domain)
                { return resolves && domain == "abc.com" ? std::optional(SERVER) : std::nullopt; })
    {
        client.SetWire([this](const path::WirePacket& p) { Travel(p, true); });
        server.SetWire([this](const path::WirePacket& p) { Travel(p, false); });
        proxy.SetWires(
            [this](const path::WirePacket& p) { Arrive(p, client, CLIENT_NS, nearClient); },
            [this](const path::WirePacket& p) { Arrive(p, server, SERVER_NS, nearServer); });
    }

    ~Provider() { ns3::Simulator::Destroy(); }

    /// \param replies to recipients that are not accepted
    void Serve(const smtp::ServerPersona& persona, std::map<std::string, std::string> replies = {})
    {
        mta = std::make_unique<host::SmtpServer>(
            server,
            host::SmtpServer::Setup{"WIN.abc.com"},
            std::make_unique<connector::OpenConnector>(
                persona,
                std::make_unique<connector::RecipientTable>(std::move(replies))),
            host::SmtpServer::Handlers{[this](const host::SmtpServer::AcceptedMessage& accepted)
                                       {
                                           messages.push_back(*accepted.message.content);
                                           senders.push_back(
                                               accepted.message.envelope.sender.path.Mailbox());
                                       }});
    }

    /// The client sends one mail to the server and the simulation runs out.
    void Send(const smtp::ClientPersona& persona = {})
    {
        smtp::Transaction t;
        t.sender = "jia@abc.com";
        t.recipients = {"yi@abc.com"};
        t.content = std::make_shared<const std::string>("Subject: x\r\n\r\nbody\r\n");
        auto session = std::make_unique<smtp::ClientSession>(persona,
                                                             std::move(t),
                                                             "laptop",
                                                             recorder,
                                                             DrawKey(1, "client"));
        m_link = std::make_unique<host::SessionLink>(client,
                                                     client.OpenSocket(SERVER, m_port),
                                                     std::move(session),
                                                     [](host::SessionLink&) {});
        m_link->StartConnecting([] {});
        ns3::Simulator::Stop(ns3::Seconds(100000));
        ns3::Simulator::Run();
    }

    std::string ServerHeard() const { return Text(nearServer, true); }

    std::string ClientHeard() const { return Text(nearClient, false); }

    static std::string Text(const std::deque<Seen>& seen, bool fromClient)
    {
        std::string text;
        for (const Seen& s : seen)
        {
            text += s.fromClient == fromClient ? s.Text() : std::string();
        }
        return text;
    }

  private:
    std::uint16_t m_port;

  public:
    Collected collected;
    provenance::Ledger ledger;
    host::Host client;
    host::Host machine;
    host::Host server;
    InterceptionProxy proxy;
    std::unique_ptr<host::SmtpServer> mta;
    smtp::Recorder recorder;
    std::vector<std::string> messages;
    std::vector<std::string> senders;
    std::deque<Seen> nearClient; //!< What passes between the client and the proxy's place.
    std::deque<Seen> nearServer; //!< What passes between the proxy's place and the server.

  private:
    static host::HostStart Start(std::uint32_t isn)
    {
        host::HostStart start;
        start.firstIsn = isn;
        start.ipId = 1000;
        return start;
    }

    /// From an end to the proxy's place, which keeps it or lets it go on.
    void Travel(const path::WirePacket& p, bool fromClient)
    {
        const std::int64_t delay = fromClient ? CLIENT_NS : SERVER_NS;
        Note(p, fromClient ? nearClient : nearServer, fromClient);
        ns3::Simulator::Schedule(ns3::NanoSeconds(delay),
                                 [this, p, fromClient]
                                 {
                                     if (proxy.Takes(p, fromClient))
                                     {
                                         proxy.Receive(p);
                                     }
                                     else if (fromClient)
                                     {
                                         Arrive(p, server, SERVER_NS, nearServer);
                                     }
                                     else
                                     {
                                         Arrive(p, client, CLIENT_NS, nearClient);
                                     }
                                 });
    }

    void Arrive(const path::WirePacket& p, host::Host& to, std::int64_t ns, std::deque<Seen>& seen)
    {
        Note(p, seen, &to == &server);
        ns3::Simulator::Schedule(ns3::NanoSeconds(ns), [&to, p] { to.Receive(p); });
    }

    static void Note(const path::WirePacket& p, std::deque<Seen>& seen, bool fromClient)
    {
        Seen s;
        s.ns = ns3::Simulator::Now().GetNanoSeconds();
        s.fromClient = fromClient;
        s.header = p.header;
        s.segment = *path::ReadSegment(p, s.bytes);
        s.origin = provenance::OriginOf(p.payload);
        seen.push_back(std::move(s));
        seen.back().segment.payload.data =
            seen.back().bytes.data() + seen.back().segment.headerLength;
    }

    std::unique_ptr<host::SessionLink> m_link;
};

const Seen*
Find(const std::deque<Seen>& seen, bool fromClient, std::uint8_t flags)
{
    for (const Seen& s : seen)
    {
        if (s.fromClient == fromClient && (s.segment.flags & flags) == flags)
        {
            return &s;
        }
    }
    return nullptr;
}

smtp::ServerPersona
ExchangeLike()
{
    smtp::ServerPersona p;
    p.keywords = {"SIZE", "PIPELINING", "STARTTLS", "AUTH NTLM LOGIN", "8BITMIME"};
    return p;
}

} // namespace

BOOST_AUTO_TEST_SUITE(interception_proxy)

BOOST_AUTO_TEST_CASE(ClientTalksToTheProxyInTheServersName)
{
    Provider p(GlobalSuite());
    p.Serve(ExchangeLike());
    p.Send();
    BOOST_REQUIRE_EQUAL(p.messages.size(), 1u);
    BOOST_TEST(p.messages[0].find("by mail.globalsuite.net with ESMTP;") != std::string::npos);
    BOOST_TEST(p.messages[0].find("from laptop ([10.1.2.3])") != std::string::npos);
    BOOST_TEST((p.recorder.results.at(0).message.outcome == smtp::TransactionOutcome::Accepted));

    // The client's side: the server's address, the proxy's stack and banner.
    const Seen* synAck = Find(p.nearClient, false, tcp::SYN | tcp::ACK);
    BOOST_REQUIRE(synAck);
    BOOST_TEST((synAck->header.GetSource() == SERVER));
    BOOST_TEST(synAck->header.GetTtl() == host::LinuxProfile().ttl);
    BOOST_TEST(synAck->segment.sequence == 0x22222222u);
    BOOST_TEST(synAck->ns <= 2 * Provider::CLIENT_NS);
    BOOST_TEST(p.ClientHeard().substr(0, 30) == "220 mail.globalsuite.net ESMTP");
    BOOST_TEST(p.ClientHeard().find("AUTH") == std::string::npos);

    // The server's side: the proxy's address and name, no AUTH.
    const Seen* syn = Find(p.nearServer, true, tcp::SYN);
    BOOST_REQUIRE(syn);
    BOOST_TEST((syn->header.GetSource() == PROXY));
    BOOST_TEST(p.ServerHeard().substr(0, 26) == "EHLO mail.globalsuite.net\r");
    BOOST_TEST(p.ServerHeard().find("AUTH") == std::string::npos);
    BOOST_TEST(p.proxy.OpenSessions() == 0u);
}

BOOST_AUTO_TEST_CASE(TruthSaysWhoSentWhat)
{
    Provider p(GlobalSuite());
    p.Serve(ExchangeLike());
    p.Send();
    BOOST_REQUIRE(!p.collected.actions.empty());
    const provenance::Action& taken = p.collected.actions.front();
    BOOST_TEST(taken.classLabel == "intercepted.session");
    BOOST_TEST(p.collected.Param(TruthEvent::Taken, "server") == "192.168.0.222:25");
    BOOST_TEST(p.collected.Param(TruthEvent::Taken, "mode") == "relay");
    for (const provenance::Action& action : p.collected.actions)
    {
        BOOST_TEST(action.classLabel == "intercepted.session");
    }
    for (const Seen& s : p.nearClient)
    {
        BOOST_TEST(s.origin.forged == !s.fromClient);
        BOOST_TEST((s.fromClient || s.origin.cause == taken.cause));
    }
    for (const Seen& s : p.nearServer)
    {
        BOOST_TEST(!s.origin.forged);
        BOOST_TEST((!s.fromClient || s.origin.cause == taken.cause));
    }
}

BOOST_AUTO_TEST_CASE(UpstreamMomentIsAKnob)
{
    const auto synTime = [](UpstreamTiming moment)
    {
        auto config = GlobalSuite();
        config.connect = moment;
        Provider p(config);
        p.Serve(ExchangeLike());
        p.Send();
        BOOST_TEST(p.messages.size() == 1u);
        return Find(p.nearServer, true, tcp::SYN)->ns;
    };
    BOOST_TEST(synTime(UpstreamTiming::OnAccept) < 4 * Provider::CLIENT_NS);
    BOOST_TEST(synTime(UpstreamTiming::OnMail) > 6 * Provider::CLIENT_NS);
}

BOOST_AUTO_TEST_CASE(ServersRefusalReachesTheClient)
{
    const std::string banned = "550 5.2.1 Mailbox unavailable. Too many invalid delivery attempts "
                               "were received from your IP address.";
    Provider p(GlobalSuite());
    p.Serve(ExchangeLike(), {{"yi@abc.com", banned}});
    p.Send();
    BOOST_TEST(p.recorder.results.at(0).recipients.at(0).reply == banned);
    BOOST_TEST(p.messages.empty());
}

BOOST_AUTO_TEST_CASE(OtherPortsPassUntouched)
{
    Provider p(GlobalSuite(), 587);
    std::string heard;
    p.server.Listen(587,
                    [&heard](ns3::Ptr<host::ProfileSocket> s)
                    {
                        s->SetRecvCallback([&heard](ns3::Ptr<ns3::Socket> from)
                                           { heard += host::ReadAll(from); });
                        host::WriteText(s, "220 submission\r\n");
                    });
    p.Send();
    BOOST_TEST(heard == "EHLO laptop\r\n");
    BOOST_TEST((Find(p.nearServer, true, tcp::SYN)->header.GetSource() == CLIENT));
    BOOST_TEST(Find(p.nearClient, false, tcp::SYN)->segment.sequence == 0x33333333u);
    BOOST_TEST(p.collected.actions.empty());
}

BOOST_AUTO_TEST_CASE(CustomersMayBeSpared)
{
    auto config = GlobalSuite();
    config.customers["10.1.2.3"].intercepted = false;
    Provider spared(config);
    spared.Serve(ExchangeLike());
    spared.Send();
    BOOST_TEST(spared.messages.size() == 1u);
    BOOST_TEST(spared.ServerHeard().substr(0, 11) == "EHLO laptop");
}

BOOST_AUTO_TEST_CASE(OneThatIsSwitchedOffKeepsWhatItHas)
{
    auto config = GlobalSuite();
    config.until = std::chrono::milliseconds(10);
    Provider off(config);
    off.Serve(ExchangeLike());
    // The first connection begins before, and goes on through the proxy; the second does not.
    off.Send();
    BOOST_TEST(off.messages.size() == 1u);
    BOOST_TEST(off.ServerHeard().find("EHLO laptop") == std::string::npos);
    off.Send();
    BOOST_TEST(off.messages.size() == 2u);
    BOOST_TEST(off.ServerHeard().find("EHLO laptop") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(CustomersMayHaveAnotherMode)
{
    auto config = GlobalSuite();
    config.customers["10.1.2.3"].mode = InterceptionMode::Strip;
    config.auth.way = StripMethod::Capabilities;
    Provider p(config);
    p.Serve(ExchangeLike());
    p.Send();
    BOOST_TEST(p.messages.size() == 1u);
    BOOST_TEST(p.ServerHeard().substr(0, 11) == "EHLO laptop");
    BOOST_TEST(p.ClientHeard().find("STARTTLS") == std::string::npos);
    BOOST_TEST(p.ClientHeard().find("AUTH") == std::string::npos);
    BOOST_TEST(p.ClientHeard().find("220 WIN.abc.com") == 0u);
    BOOST_TEST(p.collected.Param(TruthEvent::Taken, "mode") == "strip");
}

BOOST_AUTO_TEST_CASE(MaskKeepsLengths)
{
    Provider p(GlobalSuite(InterceptionMode::Mask));
    p.Serve(ExchangeLike());
    p.Send();
    BOOST_TEST(p.messages.size() == 1u);
    BOOST_TEST(p.ClientHeard().size() == Provider::Text(p.nearServer, false).size());
    BOOST_TEST(p.ServerHeard().size() == Provider::Text(p.nearClient, true).size());
}

BOOST_AUTO_TEST_CASE(UnreachableServerIs451)
{
    Provider p(GlobalSuite());
    p.Send(); // Nobody listens on the server.
    BOOST_REQUIRE_EQUAL(p.recorder.results.size(), 1u);
    BOOST_TEST(p.recorder.results[0].message.reply == "451 4.4.1 Cannot connect to 192.168.0.222");
    BOOST_TEST(p.proxy.OpenSessions() == 0u);
}

BOOST_AUTO_TEST_CASE(StoredMailGoesToTheServerThatItsClientMeant)
{
    // No name service: the recipient's domain does not decide.
    Provider p(GlobalSuite(InterceptionMode::StoreAndForward), 25, false);
    p.Serve(ExchangeLike());
    p.Send();
    BOOST_TEST((p.recorder.results.at(0).message.outcome == smtp::TransactionOutcome::Accepted));
    BOOST_REQUIRE_EQUAL(p.messages.size(), 1u);
    BOOST_TEST(p.messages[0].find("by mail.globalsuite.net with ESMTP;") != std::string::npos);
    BOOST_TEST(p.ServerHeard().substr(0, 26) == "EHLO mail.globalsuite.net\r");
    BOOST_TEST(p.proxy.QueuedMessages() == 0u);
    BOOST_TEST(!p.collected.Param(TruthEvent::Forwarded, "detail").empty());
    for (const Seen& s : p.nearServer)
    {
        BOOST_TEST((!s.fromClient || s.origin.cause != 0));
    }
}

BOOST_AUTO_TEST_CASE(StoredMailThatFailsIsBounced)
{
    Provider p(GlobalSuite(InterceptionMode::StoreAndForward));
    p.Serve(ExchangeLike(), {{"yi@abc.com", "550 5.2.1 Mailbox unavailable."}});
    p.Send();
    BOOST_TEST((p.recorder.results.at(0).message.outcome == smtp::TransactionOutcome::Accepted));
    BOOST_REQUIRE_EQUAL(p.messages.size(), 1u);
    BOOST_TEST(p.senders[0].empty());
    BOOST_TEST(p.messages[0].find("550 5.2.1 Mailbox unavailable.") != std::string::npos);
    BOOST_TEST(p.collected.Param(TruthEvent::Bounced, "detail") == "jia@abc.com");
    BOOST_TEST(p.proxy.QueuedMessages() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::middlebox

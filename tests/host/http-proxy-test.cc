#include "models/host/http-proxy.h"
#include "models/host/message-stream.h"
#include "models/proxy/proxied-session.h"
#include "tests/host/two-hosts.h"

#include <boost/test/unit_test.hpp>

#include <memory>

using namespace bouncelab;
using namespace bouncelab::host;

namespace
{

constexpr std::uint16_t PROXY_PORT = 3128;
constexpr std::uint16_t ECHO_PORT = 7;

/// A client that has a proxy connect it back to its own machine, where messages are echoed.
struct Rig : TwoHosts
{
    explicit Rig(proxy::ProxyConfig config = {})
        : proxy(server, config, Handlers())
    {
        client.Listen(ECHO_PORT,
                      [this](ns3::Ptr<ProfileSocket> socket)
                      {
                          auto echo =
                              std::make_unique<MessageStream>(DnsFraming(),
                                                              [this](const std::string& message)
                                                              {
                                                                  echoer->Send(message);
                                                                  echoLink->Wake();
                                                              });
                          echoer = echo.get();
                          echoLink = std::make_unique<SessionLink>(client,
                                                                   socket,
                                                                   std::move(echo),
                                                                   [](SessionLink&) {});
                          echoLink->StartAccepted();
                      });
    }

    HttpProxy::Handlers Handlers()
    {
        HttpProxy::Handlers handlers;
        handlers.findName = [](const std::string& name, const HttpProxy::NameAnswer& tell)
        { tell(name == "echo.example.org" ? std::optional(Ipv4{0x0A040104}) : std::nullopt); };
        handlers.onTunnel = [this](const FlowKey& from, const FlowKey& to)
        { tunnels.emplace_back(from, to); };
        return handlers;
    }

    /// Says hello through the proxy, and hears what comes back.
    void Ask(const proxy::Authority& target)
    {
        auto stream = std::make_unique<MessageStream>(DnsFraming(),
                                                      [this](const std::string& message)
                                                      {
                                                          answer = message;
                                                          asker->Close();
                                                      });
        asker = stream.get();
        asker->Send("hello");
        link = std::make_unique<SessionLink>(
            client,
            client.OpenSocket(server.Address(), PROXY_PORT),
            std::make_unique<proxy::ProxiedSession>(std::move(stream),
                                                    target,
                                                    [this] { ++refusals; }),
            [this](SessionLink&) { hasEnded = true; });
        link->StartConnecting([this] { ++refusals; });
        ns3::Simulator::Stop(ns3::Minutes(5));
        ns3::Simulator::Run();
    }

    /// The status of the proxy's reply; empty if there was none.
    std::string Status() const
    {
        for (const Seen& packet : seen)
        {
            if (!packet.fromClient && packet.Text().substr(0, 5) == "HTTP/")
            {
                return packet.Text().substr(9, 3);
            }
        }
        return {};
    }

    HttpProxy proxy;
    std::vector<std::pair<FlowKey, FlowKey>> tunnels;
    MessageStream* echoer = nullptr;
    std::unique_ptr<SessionLink> echoLink;
    MessageStream* asker = nullptr;
    std::unique_ptr<SessionLink> link;
    std::string answer;
    int refusals = 0;
    bool hasEnded = false;
};

proxy::ProxyConfig
With(void (*change)(proxy::ProxyConfig&))
{
    proxy::ProxyConfig config;
    change(config);
    return config;
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_proxy)

BOOST_AUTO_TEST_CASE(carries_a_connection)
{
    Rig rig;
    rig.Ask({"10.4.1.4", ECHO_PORT});
    BOOST_TEST(rig.answer == "hello");
    BOOST_TEST(rig.Status() == "200");
    BOOST_TEST(rig.hasEnded);
    BOOST_REQUIRE(rig.tunnels.size() == 1u);
    BOOST_TEST(rig.tunnels[0].first.localPort == PROXY_PORT);
    BOOST_TEST(rig.tunnels[0].second.remotePort == ECHO_PORT);
    BOOST_TEST(rig.proxy.OpenConnections() == 0u);
}

BOOST_AUTO_TEST_CASE(finds_names)
{
    Rig rig;
    rig.Ask({"echo.example.org", ECHO_PORT});
    BOOST_TEST(rig.answer == "hello");
}

BOOST_AUTO_TEST_CASE(names_that_do_not_exist)
{
    Rig rig;
    rig.Ask({"nobody.example.org", ECHO_PORT});
    BOOST_TEST(rig.Status() == "502");
    BOOST_TEST(rig.refusals == 1);
    BOOST_TEST(rig.hasEnded);
    BOOST_TEST(rig.tunnels.empty());
    BOOST_TEST(rig.proxy.OpenConnections() == 0u);
}

BOOST_AUTO_TEST_CASE(servers_where_nobody_listens)
{
    Rig rig;
    rig.Ask({"10.4.1.4", 4242});
    BOOST_TEST(rig.Status() == "502");
    BOOST_TEST(rig.refusals == 1);
    BOOST_TEST(rig.proxy.OpenConnections() == 0u);
}

BOOST_AUTO_TEST_CASE(servers_that_are_not_there)
{
    Rig rig;
    rig.drops = [](const Seen& packet) { return packet.segment.destinationPort == ECHO_PORT; };
    rig.Ask({"10.4.1.4", ECHO_PORT});
    BOOST_TEST(rig.Status() == "504");
    BOOST_TEST(rig.refusals == 1);
    BOOST_TEST(rig.proxy.OpenConnections() == 0u);
}

BOOST_AUTO_TEST_CASE(ports_that_are_not_allowed)
{
    Rig rig(With([](proxy::ProxyConfig& config) { config.onlyPort = 443; }));
    rig.Ask({"10.4.1.4", ECHO_PORT});
    BOOST_TEST(rig.Status() == "403");
    BOOST_TEST(rig.tunnels.empty());
}

BOOST_AUTO_TEST_CASE(clients_that_are_not_served)
{
    {
        Rig rig(With([](proxy::ProxyConfig& config) { config.clients = "192.168.1.0/24"; }));
        rig.Ask({"10.4.1.4", ECHO_PORT});
        BOOST_TEST(rig.Status() == "403");
    }
    Rig other(With([](proxy::ProxyConfig& config) { config.clients = "10.4.1.4"; }));
    other.Ask({"10.4.1.4", ECHO_PORT});
    BOOST_TEST(other.Status() == "200");
}

/// It would speak to itself.
BOOST_AUTO_TEST_CASE(the_proxys_own_address)
{
    Rig rig;
    rig.Ask({rig.server.Address().ToString(), PROXY_PORT});
    BOOST_TEST(rig.Status() == "502");
}

BOOST_AUTO_TEST_SUITE_END()

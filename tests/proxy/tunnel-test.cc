#include "models/proxy/proxied-session.h"
#include "models/proxy/tunnel.h"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::proxy;
using namespace std::chrono_literals;

namespace
{

constexpr std::string_view REQUEST = "CONNECT 203.0.113.25:25 HTTP/1.0\r\n\r\n";

/// A proxy's two connections, without the connections.
struct Ends
{
    Ends()
    {
        tunnel->idleTimeout = 10min;
        client.Connected(0s);
    }

    /// The server is reached.
    void Open()
    {
        client.Receive(REQUEST, 1s);
        server.Connected(2s);
        client.Establish();
    }

    std::shared_ptr<Tunnel> tunnel = std::make_shared<Tunnel>();
    std::vector<Authority> asked;
    ConnectSession client{tunnel, 60s, [this](const Authority& target) {
                              asked.push_back(target);
                          }};
    TunnelEnd server{tunnel};
};

/// What is asked of a session in a tunnel.
class Inner final : public smtp::Session
{
  public:
    void Connected(Nanoseconds now) override { connected = now; }

    void Receive(std::string_view bytes, Nanoseconds) override { received += bytes; }

    void PeerClosed(Nanoseconds, bool) override { isClosed = true; }

    void Tick(Nanoseconds) override {}

    std::string TakeOutput(std::size_t) override { return std::exchange(output, {}); }

    bool HasOutput() const override { return !output.empty(); }

    std::optional<Nanoseconds> NextTimer() const override { return std::nullopt; }

    bool WantsClose() const override { return isClosed; }

    std::size_t ReceiveRoom() const override { return UNLIMITED; }

    std::size_t Unread() const override { return 0; }

    std::optional<Nanoseconds> connected;
    std::string received;
    std::string output;
    bool isClosed = false;
};

struct Proxied
{
    Proxied() { session.Connected(0s); }

    int refusals = 0;
    Inner* inner = new Inner; //!< The session's.
    ProxiedSession session{std::unique_ptr<smtp::Session>(inner),
                           Authority{"203.0.113.25", 25},
                           [this] { ++refusals; }};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(tunnel, Ends)

BOOST_AUTO_TEST_CASE(octets_pass_both_ways)
{
    client.Receive(REQUEST.substr(0, 9), 1s);
    BOOST_TEST(asked.empty());
    client.Receive(std::string(REQUEST.substr(9)) + "early", 1s);
    BOOST_REQUIRE(asked.size() == 1u);
    BOOST_TEST(asked[0].host == "203.0.113.25");
    BOOST_TEST(asked[0].port == 25u);
    server.Connected(2s);
    client.Establish();
    BOOST_TEST(client.TakeOutput() == ConnectReply(HttpStatus::Ok));
    server.Receive("220 mail\r\n", 3s);
    BOOST_TEST(client.TakeOutput(4) == "220 ");
    BOOST_TEST(client.TakeOutput() == "mail\r\n");
    BOOST_TEST(server.TakeOutput() == "early");
    client.Receive("QUIT\r\n", 4s);
    BOOST_TEST(server.TakeOutput() == "QUIT\r\n");
    BOOST_TEST(!client.WantsClose());
    BOOST_TEST(!server.WantsClose());
}

/// RFC 9110 9.3.6: what came before an end is sent on, the rest is discarded.
BOOST_AUTO_TEST_CASE(one_end_closes_both)
{
    Open();
    client.TakeOutput();
    client.Receive("never read", 3s);
    server.Receive("221 bye\r\n", 4s);
    server.PeerClosed(4s, false);
    BOOST_TEST(server.WantsClose());
    BOOST_TEST(!client.WantsClose());
    BOOST_TEST(client.TakeOutput() == "221 bye\r\n");
    BOOST_TEST(client.WantsClose());
    BOOST_TEST(!client.NextTimer());
    BOOST_TEST(!server.NextTimer());
}

BOOST_AUTO_TEST_CASE(a_tunnel_holds_no_more_than_its_bound)
{
    Open();
    client.TakeOutput();
    server.Receive(std::string(server.ReceiveRoom(), 'x'), 3s);
    BOOST_TEST(server.ReceiveRoom() == 0u);
    BOOST_TEST(client.ReceiveRoom() == Tunnel::MOST_HELD);
    client.TakeOutput(100);
    BOOST_TEST(server.ReceiveRoom() == 100u);
}

BOOST_AUTO_TEST_CASE(an_idle_tunnel_is_closed)
{
    Open();
    client.TakeOutput();
    BOOST_REQUIRE(server.NextTimer());
    BOOST_TEST((*server.NextTimer() == 602s));
    server.Tick(601s);
    BOOST_TEST(!server.WantsClose());
    client.Receive("x", 601s);
    server.TakeOutput();
    server.Tick(602s);
    BOOST_TEST(!server.WantsClose());
    server.Tick(1201s);
    BOOST_TEST(server.WantsClose());
    BOOST_TEST(client.WantsClose());
}

BOOST_AUTO_TEST_CASE(refused_for_what_is_asked)
{
    client.Receive("GET / HTTP/1.0\r\n\r\n", 1s);
    BOOST_TEST(asked.empty());
    BOOST_TEST(client.TakeOutput() == ConnectReply(HttpStatus::MethodNotAllowed));
    BOOST_TEST(client.WantsClose());
}

BOOST_AUTO_TEST_CASE(refused_for_its_length)
{
    client.Receive(std::string(client.ReceiveRoom(), 'x'), 1s);
    BOOST_TEST(client.TakeOutput() == ConnectReply(HttpStatus::HeadTooLarge));
    BOOST_TEST(client.WantsClose());
}

BOOST_AUTO_TEST_CASE(refused_for_its_silence)
{
    BOOST_TEST((client.NextTimer() == Nanoseconds(60s)));
    client.Tick(59s);
    BOOST_TEST(!client.HasOutput());
    client.Tick(60s);
    BOOST_TEST(client.TakeOutput() == ConnectReply(HttpStatus::RequestTimeout));
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_wait)
{
    client.Receive(REQUEST, 1s);
    BOOST_TEST(!client.NextTimer());
    client.PeerClosed(2s, true);
    BOOST_TEST(client.WantsClose());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(proxied_session, Proxied)

BOOST_AUTO_TEST_CASE(runs_in_its_tunnel)
{
    BOOST_TEST(session.TakeOutput() == REQUEST);
    session.Receive("HTTP/1.0 200 Connection ", 1s);
    BOOST_TEST(!inner->connected.has_value());
    session.Receive("established\r\n\r\n220 mail\r\n", 2s);
    BOOST_TEST((inner->connected == Nanoseconds(2s)));
    BOOST_TEST(inner->received == "220 mail\r\n");
    inner->output = "HELO me\r\n";
    BOOST_TEST(session.TakeOutput() == "HELO me\r\n");
    session.PeerClosed(3s, false);
    BOOST_TEST(session.WantsClose());
    BOOST_TEST(refusals == 0);
}

BOOST_AUTO_TEST_CASE(ends_where_it_is_refused)
{
    session.Receive(ConnectReply(HttpStatus::Forbidden), 1s);
    BOOST_TEST(refusals == 1);
    BOOST_TEST(session.WantsClose());
    session.PeerClosed(2s, false);
    BOOST_TEST(refusals == 1);
    BOOST_TEST(!inner->connected.has_value());
}

BOOST_AUTO_TEST_CASE(ends_where_nobody_speaks_http)
{
    session.Receive("220 mail\r\n\r\n", 1s);
    BOOST_TEST(refusals == 1);
}

BOOST_AUTO_TEST_CASE(ends_where_nothing_is_said)
{
    session.Tick(59s);
    BOOST_TEST(refusals == 0);
    session.Tick(60s);
    BOOST_TEST(refusals == 1);
    BOOST_TEST(session.WantsClose());
}

BOOST_AUTO_TEST_SUITE_END()

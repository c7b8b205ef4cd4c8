#ifndef BOUNCELAB_TESTS_MIDDLEBOX_RELAY_RIG_H
#define BOUNCELAB_TESTS_MIDDLEBOX_RELAY_RIG_H

#include "models/middlebox/smtp-relay.h"
#include "models/smtp/client-session.h"
#include "models/smtp/server-session.h"
#include "tests/draw-sequence.h"

#include "tests/smtp/recorder.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::middlebox
{

using smtp::Ms;

/// The provider of S000, with a mode.
inline InterceptionProxyConfig
GlobalSuite(InterceptionMode mode = InterceptionMode::Relay)
{
    InterceptionProxyConfig config;
    config.hostname = "mail.globalsuite.net";
    config.mode = mode;
    return config;
}

struct SignedEvents : public ProxyObserver
{
    void OnTruth(TruthEvent did, std::string_view detail) override
    {
        events.push_back(did);
        details.emplace_back(detail);
    }

    bool Has(TruthEvent did) const
    {
        return std::find(events.begin(), events.end(), did) != events.end();
    }

    std::vector<TruthEvent> events;
    std::vector<std::string> details;
};

/// A relay whose both sides a test plays by hand.
struct Bench
{
    explicit Bench(InterceptionProxyConfig c, std::size_t pieces = SmtpRelay::UNLIMITED)
        : config(std::move(c))
        , connection{"", "", Ipv4{0x0A000005}, Ipv4{0xC0000219}, 40000, 25, 1, WallTime{}, 0}
        , step(pieces)
        , relay(SmtpRelay::Make(config, config.mode, connection, truth, DrawKey(1, "relay")))
    {
    }

    /// Both connections stand and the server has greeted. \return what the client has heard.
    std::string Open(std::string_view greeting = "220 mx.example.org ESMTP Server\r\n")
    {
        relay->Connected(RelaySide::Client, Ms(0));
        return relay->WantsServer() ? Serve(greeting) : FromRelay(RelaySide::Client);
    }

    /// The server's connection comes about, and it greets. \return what the client hears of it.
    std::string Serve(std::string_view greeting)
    {
        relay->ServerOpening();
        relay->Connected(RelaySide::Server, Ms(1));
        return Server(greeting);
    }

    /// The client says something. \return what the server hears.
    std::string Client(std::string_view octets)
    {
        Say(RelaySide::Client, octets);
        return FromRelay(RelaySide::Server);
    }

    /// The server says something. \return what the client hears.
    std::string Server(std::string_view octets)
    {
        Say(RelaySide::Server, octets);
        return FromRelay(RelaySide::Client);
    }

    std::string FromRelay(RelaySide side) { return relay->TakeOutput(side); }

    void Say(RelaySide side, std::string_view octets)
    {
        while (!octets.empty())
        {
            const std::string_view piece = octets.substr(0, step);
            relay->Receive(side, piece, Ms(2));
            octets.remove_prefix(piece.size());
        }
    }

    InterceptionProxyConfig config;
    smtp::ConnectionInfo connection;
    std::size_t step;
    SignedEvents truth;
    std::unique_ptr<SmtpRelay> relay;
};

/// A real client and a real server with a relay between them, and octets that move in pieces.
class Triangle
{
  public:
    struct Setting
    {
        InterceptionProxyConfig config = GlobalSuite();
        smtp::ClientPersona client;
        smtp::ServerPersona server;
        std::vector<std::string> recipients{"jia@abc.com"};
        std::string content = "Subject: x\r\n\r\nbody\r\n.dot\r\n";
        std::size_t step = SmtpRelay::UNLIMITED;
        std::uint64_t seed = 0;            //!< With one, pieces and times are random.
        std::uint32_t deathPerMillion = 0; //!< Per step, with a seed: a connection breaks.
    };

    Triangle(Setting s, smtp::ServerPolicy& policy)
        : setting(std::move(s))
        , m_info{"", "", Ipv4{0x0A000005}, Ipv4{0xC0000219}, 40000, 25, 1, WallTime{}, 0}
        , m_serverInfo{"WIN.abc.com", "abc.com", Ipv4{0x452E67C8}, {}, 49760, 25, 1, WallTime{}, 0}
        , m_random(setting.seed, "triangle")
        , relay(SmtpRelay::Make(setting.config,
                                setting.config.mode,
                                m_info,
                                truth,
                                DrawKey(setting.seed, "relay")))
        , m_policy(policy)
        , m_client(setting.client,
                   MakeTransaction(setting),
                   "laptop",
                   client,
                   DrawKey(setting.seed, "client"))
    {
    }

    /// \return false if it does not come to an end.
    bool Run()
    {
        relay->Connected(RelaySide::Client, m_now);
        m_client.Connected(m_now);
        for (int step = 0; step < 100000; ++step)
        {
            m_now += Nanoseconds(1000);
            if (relay->WantsServer())
            {
                Open();
            }
            relay->Tick(m_now);
            m_client.Tick(m_now);
            Break();
            bool moved = Move(m_client, RelaySide::Client, m_toRelay[0], m_fromRelay[0]);
            if (m_server)
            {
                m_server->Tick(m_now);
                moved = Move(*m_server, RelaySide::Server, m_toRelay[1], m_fromRelay[1]) || moved;
            }
            widest = std::max(widest,
                              relay->Unread(RelaySide::Client) + relay->Unread(RelaySide::Server));
            const bool clientOver = m_client.WantsClose() && relay->WantsClose(RelaySide::Client);
            if (clientOver && (!m_server || m_serverDead ||
                               (m_server->WantsClose() && relay->WantsClose(RelaySide::Server))))
            {
                return true;
            }
            if (!moved)
            {
                Wait();
            }
        }
        return false;
    }

    Setting setting;
    smtp::Recorder client;
    smtp::Recorder server;
    SignedEvents truth;
    std::string heardByClient;
    std::string heardByServer;
    std::string saidByClient;
    std::string saidByServer;
    std::size_t widest = 0;

  private:
    static smtp::Transaction MakeTransaction(const Setting& s)
    {
        smtp::Transaction t;
        t.sender = "jia@abc.com";
        t.recipients = s.recipients;
        t.content = std::make_shared<const std::string>(s.content);
        return t;
    }

    void Open()
    {
        relay->ServerOpening();
        if (m_server || (setting.seed && m_random.Chance(setting.deathPerMillion)))
        {
            relay->ConnectFailed(m_now); // One server connection is enough for these tests.
            return;
        }
        m_server = std::make_unique<smtp::ServerSession>(setting.server,
                                                         m_policy,
                                                         server,
                                                         m_serverInfo,
                                                         DrawKey(setting.seed, "server"));
        m_server->Connected(m_now);
        relay->Connected(RelaySide::Server, m_now);
    }

    void Break()
    {
        if (!setting.seed || !m_random.Chance(setting.deathPerMillion))
        {
            return;
        }
        const bool reset = m_random.Below(2) == 0;
        if (m_random.Below(2) == 0)
        {
            m_clientDead = true;
            m_toRelay[0].clear();
            relay->PeerClosed(RelaySide::Client, m_now, reset);
            m_client.PeerClosed(m_now, reset);
        }
        else if (m_server && !m_serverDead)
        {
            m_serverDead = true;
            m_toRelay[1].clear();
            relay->PeerClosed(RelaySide::Server, m_now, reset);
            m_server->PeerClosed(m_now, reset);
        }
    }

    /// Octets between a session and its side of the relay, both ways. \return whether any moved.
    bool Move(smtp::Session& session, RelaySide side, std::string& out, std::string& in)
    {
        const bool isClient = side == RelaySide::Client;
        bool& finOut = m_finToRelay[isClient ? 0 : 1];
        bool& finIn = m_finFromRelay[isClient ? 0 : 1];
        if (isClient ? m_clientDead : m_serverDead)
        {
            session.TakeOutput();
            relay->TakeOutput(side);
            return false;
        }
        std::string said = session.TakeOutput();
        std::string relayed = relay->TakeOutput(side);
        (isClient ? saidByClient : saidByServer) += said;
        (isClient ? heardByClient : heardByServer) += relayed;
        out += said;
        in += relayed;
        const std::size_t toRelay = Piece(out.size(), relay->ReceiveRoom(side));
        relay->Receive(side, std::string_view(out).substr(0, toRelay), m_now);
        out.erase(0, toRelay);
        const std::size_t toSession = Piece(in.size(), session.ReceiveRoom());
        session.Receive(std::string_view(in).substr(0, toSession), m_now);
        in.erase(0, toSession);
        if (session.WantsClose() && out.empty() && !finOut)
        {
            finOut = true;
            relay->PeerClosed(side, m_now, false);
        }
        if (relay->WantsClose(side) && in.empty() && !finIn)
        {
            finIn = true;
            session.PeerClosed(m_now, false);
        }
        return toRelay + toSession > 0 || !out.empty() || !in.empty();
    }

    std::size_t Piece(std::size_t size, std::size_t room)
    {
        const std::size_t most = std::min({size, room, setting.step});
        return setting.seed ? m_random.Below(std::min<std::size_t>(most, 300) + 1) : most;
    }

    /// Nothing is under way: time passes up to the next timer.
    void Wait()
    {
        std::optional<Nanoseconds> next;
        const auto consider = [&next](const std::optional<Nanoseconds>& timer)
        { next = timer && (!next || *timer < *next) ? timer : next; };
        consider(m_client.NextTimer());
        consider(relay->NextTimer(RelaySide::Client));
        consider(relay->NextTimer(RelaySide::Server));
        if (m_server)
        {
            consider(m_server->NextTimer());
        }
        m_now = next ? std::max(m_now, *next) : m_now;
    }

    smtp::ConnectionInfo m_info;
    smtp::ConnectionInfo m_serverInfo;
    tests::DrawSequence m_random;

  public:
    std::unique_ptr<SmtpRelay> relay;

  private:
    smtp::ServerPolicy& m_policy;
    smtp::ClientSession m_client;
    std::unique_ptr<smtp::ServerSession> m_server;
    std::string m_toRelay[2];
    std::string m_fromRelay[2];
    bool m_finToRelay[2] = {false, false};
    bool m_finFromRelay[2] = {false, false};
    bool m_clientDead = false;
    bool m_serverDead = false;
    Nanoseconds m_now{0};
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_TESTS_MIDDLEBOX_RELAY_RIG_H

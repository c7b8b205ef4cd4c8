#include "models/host/smtp-server.h"

#include "models/host/session-link.h"
#include "models/smtp/server-session.h"

#include <utility>

namespace bouncelab::host
{

/// One connection.
class SmtpServer::Running : private smtp::SessionObserver
{
  public:
    /// \param number of the connection at this server, from 1
    Running(SmtpServer& server, std::uint64_t number, ns3::Ptr<ProfileSocket> socket)
        : m_server(server)
        , m_connection(InfoOf(server, number, socket->GetFlow()->key))
        , m_observer(server.m_makeObserver ? server.m_makeObserver(m_connection)
                                           : std::make_unique<smtp::SessionObserver>())
        , m_policy(server.m_connector->Accept(m_connection, *this, [this] { Wake(); }))
        , m_link(server.m_host,
                 socket,
                 std::make_unique<smtp::ServerSession>(
                     server.m_connector->Persona(),
                     m_policy->Policy(),
                     m_policy->Observer(),
                     m_connection,
                     server.m_host.Draws(server.m_setup.draws + "/" + std::to_string(number))),
                 [&server, number](SessionLink&) { server.m_running.erase(number); })
    {
    }

    void Start() { m_link.StartAccepted(); }

  private:
    static smtp::ConnectionInfo InfoOf(const SmtpServer& server,
                                       std::uint64_t number,
                                       const FlowKey& key)
    {
        const Setup& setup = server.m_setup;
        const HostClock& clock = server.m_host.Clock();
        smtp::ConnectionInfo connection;
        connection.hostname = setup.hostname;
        connection.domain = setup.mailDomain.empty() ? setup.hostname : setup.mailDomain;
        connection.client = Ipv4{key.remoteAddress};
        connection.server = server.m_host.Address();
        connection.clientPort = key.remotePort;
        connection.serverPort = setup.port;
        connection.session = number;
        connection.unixTime = Nanoseconds(clock.Read(0));
        connection.zoneMinutes = static_cast<int>(clock.zoneSeconds / 60);
        return connection;
    }

    void Wake() { m_link.Wake(); }

    void OnCommand(const smtp::CommandEvent& event) override
    {
        const bool extended = event.verb == smtp::Verb::Ehlo;
        if (!event.authResponse && (extended || event.verb == smtp::Verb::Helo))
        {
            const std::size_t space = event.line.find(' ');
            m_arrival.helo =
                event.line.substr(space == event.line.npos ? event.line.size() : space + 1);
            m_arrival.protocol = extended ? "ESMTP" : "SMTP";
        }
        m_observer->OnCommand(event);
    }

    void OnMessage(const smtp::MessageEvent& event) override
    {
        m_observer->OnMessage(event);
        if (m_server.m_onAccepted)
        {
            m_arrival.client = m_connection.client;
            m_server.m_onAccepted(
                {m_connection, event, m_policy->User(), m_arrival, m_policy->InternalId()});
        }
    }

    void OnReply(const smtp::ReplyEvent& event) override { m_observer->OnReply(event); }

    void OnViolation(const smtp::ViolationEvent& event) override { m_observer->OnViolation(event); }

    void OnAuthentication(const smtp::AuthEvent& event) override
    {
        m_observer->OnAuthentication(event);
    }

    void OnTls(const smtp::TlsEvent& event) override { m_observer->OnTls(event); }

    void OnEnd(const smtp::EndEvent& event) override { m_observer->OnEnd(event); }

    // In the order in which they need one another: the link goes first.
    SmtpServer& m_server;
    smtp::ConnectionInfo m_connection;
    mail::Arrival m_arrival;
    std::unique_ptr<smtp::SessionObserver> m_observer;
    std::unique_ptr<connector::ConnectionPolicy> m_policy;
    SessionLink m_link;
};

SmtpServer::SmtpServer(Host& host,
                       Setup setup,
                       std::unique_ptr<connector::Connector> connector,
                       AcceptedHandler onAccepted,
                       ObserverFactory makeObserver)
    : m_host(host)
    , m_setup(std::move(setup))
    , m_connector(std::move(connector))
    , m_onAccepted(std::move(onAccepted))
    , m_makeObserver(std::move(makeObserver))
{
    host.Listen(m_setup.port, [this](ns3::Ptr<ProfileSocket> socket) { Accept(socket); });
    host.OnRestart([this] { m_running.clear(); }, [] {});
}

SmtpServer::~SmtpServer() = default;

void
SmtpServer::Accept(ns3::Ptr<ProfileSocket> socket)
{
    const std::uint64_t number = ++m_count;
    auto& slot = m_running[number];
    slot = std::make_unique<Running>(*this, number, socket);
    slot->Start();
}

} // namespace bouncelab::host

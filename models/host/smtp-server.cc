#include "models/host/smtp-server.h"

#include "models/host/session-link.h"
#include "models/provenance/sim-now.h"
#include "models/smtp/server-session.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

namespace bouncelab::host
{

/// One connection.
class SmtpServer::Running
{
  public:
    /// \param number of the connection at this server, from 1
    Running(SmtpServer& server, std::uint64_t number, ns3::Ptr<ProfileSocket> socket)
        : m_server(server)
        , m_connection(InfoOf(server, number, socket->GetFlow()->key))
        , m_policy(server.m_connector->Accept(
              m_connection,
              [this](const connector::SessionInfo&, connector::ConnectorEvent event)
              { OnEvent(event); },
              [this] { m_link.Wake(); }))
        , m_link(server.m_host,
                 socket,
                 MakeSession(),
                 [&server, number](SessionLink&) { server.m_running.erase(number); })
    {
    }

    void Start()
    {
        if (m_server.m_handlers.onConnected)
        {
            m_server.m_handlers.onConnected(m_policy->Info());
        }
        m_link.StartAccepted();
    }

    /// \return whether the connection is to be closed without a word
    bool Shutdown()
    {
        if (!m_session->HasBegun())
        {
            return true;
        }
        m_session->Shutdown(SimNow().time_since_epoch());
        m_link.Wake();
        return false;
    }

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
        connection.client = key.remoteAddress;
        connection.server = server.m_host.Address();
        connection.clientPort = key.remotePort;
        connection.serverPort = setup.port;
        connection.session = number;
        connection.unixTime = clock.Read(SimNow()) - SimNow().time_since_epoch();
        connection.zoneMinutes = static_cast<int>(clock.zoneSeconds / 60);
        connection.nameMessage = server.m_handlers.nameMessage;
        return connection;
    }

    std::unique_ptr<smtp::Session> MakeSession()
    {
        const std::string number = std::to_string(m_connection.session);
        auto session = std::make_unique<smtp::ServerSession>(
            m_server.m_connector->Persona(),
            m_policy->Policy(),
            m_policy->Observer(),
            m_connection,
            m_server.m_host.Draws(m_server.m_setup.draws + "/" + number));
        m_session = session.get();
        return session;
    }

    void OnEvent(connector::ConnectorEvent event)
    {
        if (m_server.m_handlers.onEvent)
        {
            m_server.m_handlers.onEvent(m_policy->Info(), event);
        }
        if (const auto* const* command = std::get_if<const smtp::CommandEvent*>(&event))
        {
            m_arrival.protocol = (*command)->verb == smtp::Verb::Ehlo   ? "ESMTP"
                                 : (*command)->verb == smtp::Verb::Helo ? "SMTP"
                                                                        : m_arrival.protocol;
        }
        else if (const auto* const* message = std::get_if<const smtp::MessageEvent*>(&event))
        {
            Accept(**message);
        }
    }

    void Accept(const smtp::MessageEvent& event)
    {
        const connector::SessionInfo& session = m_policy->Info();
        if (m_server.m_handlers.onAccepted)
        {
            m_arrival.helo = session.hello;
            m_arrival.client = m_connection.client;
            m_server.m_handlers.onAccepted(
                {session, event, m_arrival, m_policy->InternalId(), m_policy->AddedHeader()});
        }
    }

    // In the order in which they need one another: the link goes first.
    SmtpServer& m_server;
    smtp::ConnectionInfo m_connection;
    mail::Arrival m_arrival;
    std::unique_ptr<connector::ConnectionPolicy> m_policy;
    smtp::ServerSession* m_session = nullptr; //!< The link's.
    SessionLink m_link;
};

SmtpServer::SmtpServer(Host& host,
                       Setup setup,
                       std::unique_ptr<connector::Connector> connector,
                       Handlers handlers)
    : m_host(host)
    , m_setup(std::move(setup))
    , m_connector(std::move(connector))
    , m_handlers(std::move(handlers))
{
    host.Listen(m_setup.port, [this](ns3::Ptr<ProfileSocket> socket) { Accept(socket); });
    host.OnRestart([this] { m_running.clear(); },
                   [this]
                   {
                       if (m_isStopped)
                       {
                           Resume();
                       }
                   });
}

void
SmtpServer::Stop()
{
    m_isStopped = true;
    m_host.SetListening(m_setup.port, false);
    std::vector<std::uint64_t> numbers;
    for (const auto& entry : m_running)
    {
        numbers.push_back(entry.first);
    }
    std::sort(numbers.begin(), numbers.end());
    for (const std::uint64_t number : numbers)
    {
        if (m_running.at(number)->Shutdown())
        {
            m_running.erase(number);
        }
    }
}

void
SmtpServer::Resume()
{
    m_isStopped = false;
    m_host.SetListening(m_setup.port, true);
}

SmtpServer::SmtpServer(Host& host, Setup setup, std::unique_ptr<connector::Connector> connector)
    : SmtpServer(host, std::move(setup), std::move(connector), Handlers())
{
}

SmtpServer::~SmtpServer() = default;

void
SmtpServer::Accept(ns3::Ptr<ProfileSocket> socket)
{
    if (m_isStopped)
    {
        m_host.Release(socket); // Its handshake was under way.
        return;
    }
    const std::uint64_t number = ++m_count;
    auto& slot = m_running[number];
    slot = std::make_unique<Running>(*this, number, socket);
    slot->Start();
}

} // namespace bouncelab::host

#include "models/host/http-proxy.h"

#include <ns3/simulator.h>

#include <utility>

namespace bouncelab::host
{

HttpProxy::Connection::~Connection()
{
    for (ns3::EventId* event : {&wakeClient, &wakeServer, &giveUp})
    {
        ns3::Simulator::Remove(*event);
    }
}

HttpProxy::HttpProxy(Host& host, const proxy::ProxyConfig& config, Handlers handlers)
    : m_host(host)
    , m_config(config)
    , m_clients(IpPrefix::Parse(config.clients).value_or(IpPrefix{}))
    , m_handlers(std::move(handlers))
{
    m_host.Listen(config.port, [this](ns3::Ptr<ProfileSocket> socket) { Accept(socket); });
    m_host.OnRestart([this] { m_connections.clear(); }, [] {});
}

HttpProxy::~HttpProxy() = default;

void
HttpProxy::Accept(ns3::Ptr<ProfileSocket> socket)
{
    const bool isFull = m_connections.size() >= m_config.tunnels;
    const std::uint64_t number = ++m_accepted;
    Connection& connection = m_connections[number];
    connection.key = socket->GetFlow()->key;
    connection.tunnel = std::make_shared<proxy::Tunnel>();
    connection.tunnel->idleTimeout = m_config.idleTimeout;
    connection.tunnel->wakeClient = [this, number, &connection]
    { Wake(connection.wakeClient, number, false); };
    connection.tunnel->wakeServer = [this, number, &connection]
    { Wake(connection.wakeServer, number, true); };
    auto session = std::make_unique<proxy::ConnectSession>(
        connection.tunnel,
        m_config.requestTimeout,
        [this, number](const proxy::Authority& target) { Request(number, target); });
    connection.session = session.get();
    if (isFull)
    {
        session->Refuse(proxy::HttpStatus::Unavailable);
    }
    connection.client =
        std::make_unique<SessionLink>(m_host,
                                      socket,
                                      std::move(session),
                                      [this, number](SessionLink&) { ClientGone(number); });
    connection.client->StartAccepted();
}

void
HttpProxy::Request(std::uint64_t number, const proxy::Authority& target)
{
    const FlowKey& key = m_connections.at(number).key;
    const bool mayPass = m_config.onlyPort == 0 || m_config.onlyPort == target.port;
    if (!mayPass || !m_clients.Contains(key.remoteAddress))
    {
        Refuse(number, proxy::HttpStatus::Forbidden);
        return;
    }
    const auto answer = [this, number, port = target.port](std::optional<IpAddress> server)
    {
        const auto found = m_connections.find(number);
        if (found == m_connections.end() || !found->second.session)
        {
            return;
        }
        if (!server || *server == m_host.Address())
        {
            Refuse(number, proxy::HttpStatus::BadGateway);
            return;
        }
        Open(number, *server, port);
    };
    const auto address = IpAddress::Parse(target.host);
    if (address || !m_handlers.findName)
    {
        answer(address);
    }
    else
    {
        m_handlers.findName(target.host, answer);
    }
}

void
HttpProxy::Open(std::uint64_t number, IpAddress server, std::uint16_t port)
{
    Connection& connection = m_connections.at(number);
    connection.isOpening = true;
    connection.tunnel->onReached = [&connection]
    {
        connection.isOpening = false;
        ns3::Simulator::Remove(connection.giveUp);
        connection.session->Establish();
        connection.tunnel->wakeClient();
    };
    const ns3::Ptr<ProfileSocket> socket = m_host.OpenSocket(server, port);
    if (m_handlers.onTunnel)
    {
        m_handlers.onTunnel(connection.key, socket->GetFlow()->key);
    }
    connection.server =
        std::make_unique<SessionLink>(m_host,
                                      socket,
                                      std::make_unique<proxy::TunnelEnd>(connection.tunnel),
                                      [this, number](SessionLink&) { ServerGone(number); });
    connection.giveUp =
        ns3::Simulator::Schedule(ns3::NanoSeconds(m_config.connectTimeout.count()),
                                 [this, number]
                                 {
                                     m_connections.at(number).server.reset();
                                     Refuse(number, proxy::HttpStatus::GatewayTimeout);
                                 });
    connection.server->StartConnecting([this, number]
                                       { Refuse(number, proxy::HttpStatus::BadGateway); });
}

void
HttpProxy::Refuse(std::uint64_t number, proxy::HttpStatus status)
{
    Connection& connection = m_connections.at(number);
    connection.isOpening = false;
    ns3::Simulator::Remove(connection.giveUp);
    if (connection.session)
    {
        connection.session->Refuse(status);
        connection.tunnel->wakeClient();
    }
}

void
HttpProxy::ClientGone(std::uint64_t number)
{
    Connection& connection = m_connections.at(number);
    connection.session = nullptr;
    connection.client.reset();
    if (!connection.server || connection.isOpening)
    {
        m_connections.erase(number);
        return;
    }
    connection.tunnel->toServer.ended = true;
    connection.tunnel->wakeServer();
}

void
HttpProxy::ServerGone(std::uint64_t number)
{
    Connection& connection = m_connections.at(number);
    connection.server.reset();
    if (!connection.client)
    {
        m_connections.erase(number);
        return;
    }
    connection.tunnel->toClient.ended = true;
    connection.tunnel->wakeClient();
}

/// A session calls from within; its neighbor hears of it when it is done.
void
HttpProxy::Wake(ns3::EventId& event, std::uint64_t number, bool atServer)
{
    if (event.IsRunning())
    {
        return;
    }
    event = ns3::Simulator::ScheduleNow(
        [this, number, atServer]
        {
            const Connection& connection = m_connections.at(number);
            const auto& link = atServer ? connection.server : connection.client;
            if (link)
            {
                link->Wake();
            }
        });
}

} // namespace bouncelab::host

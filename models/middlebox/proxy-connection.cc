#include "models/middlebox/proxy-connection.h"

#include "models/middlebox/relay-session.h"
#include "models/middlebox/store-and-forward.h"
#include "models/smtp/command.h"
#include "models/smtp/server-session.h"

#include <ns3/simulator.h>

namespace bouncelab::middlebox
{

ProxyConnection::ProxyConnection(InterceptionProxy& proxy,
                                 std::uint64_t number,
                                 ns3::Ptr<host::ProfileSocket> socket)
    : m_proxy(proxy)
    , m_number(number)
    , m_cause(socket->GetFlow()->cause)
    , m_port(socket->GetFlow()->key.localPort)
{
    const host::FlowKey& key = socket->GetFlow()->key;
    m_connection.hostname = proxy.m_config.hostname;
    m_connection.domain = proxy.m_config.hostname;
    m_connection.client = key.remoteAddress;
    m_connection.clientPort = key.remotePort;
    m_connection.server = key.localAddress;
    m_connection.serverPort = key.localPort;
    m_connection.session = number;
    m_connection.unixTime = proxy.m_host.Clock().Read({});
    m_connection.zoneMinutes = static_cast<int>(proxy.m_host.Clock().zoneSeconds / 60);
}

ProxyConnection::~ProxyConnection()
{
    ns3::Simulator::Remove(m_settle);
}

void
ProxyConnection::Start(ns3::Ptr<host::ProfileSocket> socket)
{
    const InterceptionMode mode = m_proxy.ModeFor(m_connection.client);
    const DrawKey draws = m_proxy.m_host.Draws("session/" + std::to_string(m_number));
    std::unique_ptr<smtp::Session> session;
    if (mode == InterceptionMode::StoreAndForward)
    {
        session = std::make_unique<smtp::ServerSession>(m_proxy.m_store->Persona(),
                                                        m_policy,
                                                        *this,
                                                        m_connection,
                                                        draws);
    }
    else
    {
        m_relay = SmtpRelay::Make(m_proxy.m_config, mode, m_connection, *this, draws);
        session = std::make_unique<RelaySession>(m_relay, RelaySide::Client, [this] { Changed(); });
    }
    m_client = std::make_unique<host::SessionLink>(m_proxy.m_host,
                                                   socket,
                                                   std::move(session),
                                                   [this](host::SessionLink&)
                                                   {
                                                       m_clientEnded = true;
                                                       Changed();
                                                   });
    m_client->StartAccepted();
}

void
ProxyConnection::Changed()
{
    if (!m_settle.IsRunning())
    {
        m_settle = ns3::Simulator::ScheduleNow(&ProxyConnection::Settle, this);
    }
}

void
ProxyConnection::Settle()
{
    if (m_clientEnded)
    {
        m_client.reset();
    }
    if (m_serverEnded)
    {
        m_server.reset();
        m_serverEnded = false;
    }
    if (m_relay && m_relay->WantsServer() && !m_server)
    {
        OpenServer();
    }
    if (m_client && m_relay && m_relay->TakeChange(RelaySide::Client))
    {
        m_client->Wake();
    }
    if (m_server && m_relay->TakeChange(RelaySide::Server))
    {
        m_server->Wake();
    }
    if (!m_client && !m_server)
    {
        m_proxy.m_connections.erase(m_number);
    }
}

void
ProxyConnection::OpenServer()
{
    m_relay->ServerOpening();
    const auto socket = m_proxy.m_host.OpenSocket(m_connection.server, m_port);
    socket->GetFlow()->cause = m_cause;
    m_proxy.RecordReached(socket->GetFlow()->key, m_cause);
    m_server = std::make_unique<host::SessionLink>(
        m_proxy.m_host,
        socket,
        std::make_unique<RelaySession>(m_relay, RelaySide::Server, [this] { Changed(); }),
        [this](host::SessionLink&)
        {
            m_serverEnded = true;
            Changed();
        });
    m_server->StartConnecting(
        [this]
        {
            m_relay->ConnectFailed(Nanoseconds(ns3::Simulator::Now().GetNanoSeconds()));
            Changed();
        });
}

void
ProxyConnection::OnTruth(TruthEvent did, std::string_view detail)
{
    m_proxy.Record(m_cause, did, detail);
}

void
ProxyConnection::OnCommand(const smtp::CommandEvent& event)
{
    if (event.verb == smtp::Verb::Helo || event.verb == smtp::Verb::Ehlo)
    {
        m_helo = smtp::ParseCommand(event.line).argument;
        m_extended = event.verb == smtp::Verb::Ehlo;
    }
}

void
ProxyConnection::OnMessage(const smtp::MessageEvent& event)
{
    const ProxyWords words{m_proxy.m_config, m_connection, m_helo, m_extended, event.time};
    m_proxy.m_store->Submit(event.envelope,
                            ReceivedField(words) + *event.content,
                            {m_connection.server, m_port, {}, m_cause});
    m_proxy.Record(m_cause, TruthEvent::Stored, event.reply);
}

} // namespace bouncelab::middlebox

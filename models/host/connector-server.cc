#include "models/host/connector-server.h"

#include "models/smtp/server-session.h"

#include <ns3/simulator.h>

#include <utility>

namespace bouncelab::host
{

class ConnectorServer::Conversation : public ServerConversation,
                                      private smtp::SessionObserver
{
  public:
    explicit Conversation(ConnectorServer& owner)
        : m_owner(owner)
    {
    }

    std::unique_ptr<smtp::Session> MakeSession(const smtp::ConnectionInfo& connection) override
    {
        m_connection = &connection;
        m_observer = m_owner.m_makeObserver(connection);
        m_policy = m_owner.m_connector.Open(connection, *this, [this] { Wake(); });
        return std::make_unique<smtp::ServerSession>(
            m_owner.m_connector.Persona(),
            *m_policy,
            *m_policy,
            connection,
            RandomStream(m_owner.m_seed,
                         m_owner.m_name + "/session/" + std::to_string(connection.session)));
    }

  private:
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
        if (m_owner.m_onAccepted)
        {
            m_arrival.client = m_connection->client;
            m_owner.m_onAccepted({*m_connection,
                                  event.envelope,
                                  *event.content,
                                  m_policy->User(),
                                  m_arrival,
                                  m_policy->InternalId()});
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

    ConnectorServer& m_owner;
    const smtp::ConnectionInfo* m_connection = nullptr;
    mail::Arrival m_arrival;
    std::unique_ptr<smtp::SessionObserver> m_observer;
    std::unique_ptr<connector::ConnectorSession> m_policy;
};

ConnectorServer::ConnectorServer(Host& host,
                                 const std::string& name,
                                 std::uint16_t port,
                                 const std::string& hostname,
                                 const smtp::ServerPersona& persona,
                                 const connector::ReceiveConnectorConfig& config,
                                 const std::optional<connector::FilterConfig>& filter,
                                 const connector::Organization& organization,
                                 connector::TransportService& transport,
                                 connector::ConnectorObserver& observer,
                                 ObserverFactory makeObserver,
                                 const HostClock& clock,
                                 std::uint64_t seed,
                                 provenance::Ledger& ledger,
                                 Surroundings surroundings)
    : m_name(host.Name() + "/" + name)
    , m_seed(seed)
    , m_diskBefore(config.backPressure.databaseDisk.initial)
    , m_truth(observer, host.Actor(), ledger, surroundings.directory)
    , m_connector(config,
                  persona,
                  organization,
                  filter,
                  m_truth,
                  hostname,
                  transport,
                  RandomStream(seed, m_name + "/connector"),
                  surroundings.directory)
    , m_makeObserver(std::move(makeObserver))
    , m_onAccepted(std::move(surroundings.onAccepted))
    , m_listener(
          host,
          port,
          hostname,
          clock,
          [this] { return std::make_unique<Conversation>(*this); },
          surroundings.mailDomain)
{
}

ConnectorServer::~ConnectorServer() = default;

void
ConnectorServer::SetQueueOnDisk(std::uint32_t percent)
{
    m_connector.SetUse(connector::Resource::DatabaseDisk,
                       m_diskBefore + percent,
                       Nanoseconds(ns3::Simulator::Now().GetNanoSeconds()));
}

} // namespace bouncelab::host

#include "models/host/connector-server.h"

#include "models/smtp/server-session.h"

#include <utility>

namespace bouncelab::host
{

class ConnectorServer::Conversation : public ServerConversation
{
  public:
    explicit Conversation(ConnectorServer& owner)
        : m_owner(owner)
    {
    }

    std::unique_ptr<smtp::Session> MakeSession(const smtp::ConnectionInfo& connection) override
    {
        m_observer = m_owner.m_makeObserver(connection);
        m_policy = m_owner.m_connector.Open(connection, *m_observer);
        return std::make_unique<smtp::ServerSession>(
            m_owner.m_connector.Persona(),
            *m_policy,
            *m_policy,
            connection,
            RandomStream(m_owner.m_seed,
                         m_owner.m_name + "/session/" + std::to_string(connection.session)));
    }

  private:
    ConnectorServer& m_owner;
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
                                 provenance::Ledger& ledger)
    : m_name(host.Name() + "/" + name),
      m_seed(seed),
      m_truth(observer, host.Actor(), ledger),
      m_connector(config,
                  persona,
                  organization,
                  filter,
                  m_truth,
                  hostname,
                  transport,
                  RandomStream(seed, m_name + "/connector")),
      m_makeObserver(std::move(makeObserver)),
      m_listener(host, port, hostname, clock, [this] {
          return std::make_unique<Conversation>(*this);
      })
{
}

ConnectorServer::~ConnectorServer() = default;

} // namespace bouncelab::host

#include "models/host/connector-server.h"

#include "models/smtp/server-session.h"

#include <ns3/simulator.h>

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
        m_policy = m_owner.m_connector.Open(
            connection,
            [this](const connector::SessionInfo&, connector::ConnectorEvent event)
            { OnEvent(event); },
            [this] { Wake(); });
        const ConnectedEvent connected{Now()};
        Publish(&connected);
        return std::make_unique<smtp::ServerSession>(
            m_owner.m_connector.Persona(),
            *m_policy,
            *m_policy,
            connection,
            RandomStream(m_owner.m_seed,
                         m_owner.m_name + "/session/" + std::to_string(connection.session)));
    }

  private:
    void OnEvent(connector::ConnectorEvent event)
    {
        m_owner.m_truth.OnEvent(m_policy->Info(), event);
        std::visit([this](const auto* what) { Publish(what); }, event);
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

    template <class What>
    void Publish(const What* what) const
    {
        m_owner.m_events.Publish({m_owner.m_place, Now(), &m_policy->Info(), nullptr, what});
    }

    void Accept(const smtp::MessageEvent& event)
    {
        const connector::SessionInfo& session = m_policy->Info();
        if (m_owner.m_onAccepted)
        {
            m_arrival.helo = session.hello;
            m_arrival.client = session.connection->client;
            m_owner.m_onAccepted({*session.connection,
                                  event.envelope,
                                  *event.content,
                                  session.user,
                                  m_arrival,
                                  m_policy->InternalId()});
        }
    }

    static Nanoseconds Now() { return Nanoseconds(ns3::Simulator::Now().GetNanoSeconds()); }

    ConnectorServer& m_owner;
    mail::Arrival m_arrival;
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
                                 const EventStream& events,
                                 const HostClock& clock,
                                 std::uint64_t seed,
                                 provenance::Ledger& ledger,
                                 Surroundings surroundings)
    : m_place(host.Name())
    , m_name(m_place + "/" + name)
    , m_seed(seed)
    , m_diskBefore(config.backPressure.databaseDisk.initial)
    , m_truth(host.Actor(), ledger, surroundings.directory)
    , m_connector(config,
                  persona,
                  organization,
                  filter,
                  hostname,
                  transport,
                  RandomStream(seed, m_name + "/connector"),
                  surroundings.directory)
    , m_events(events)
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

#ifndef BOUNCELAB_MODELS_CONNECTOR_RECEIVE_CONNECTOR_H
#define BOUNCELAB_MODELS_CONNECTOR_RECEIVE_CONNECTOR_H

#include "models/connector/back-pressure.h"
#include "models/connector/connection-limits.h"
#include "models/connector/connector-observer.h"
#include "models/connector/connector-session.h"
#include "models/connector/filter-agent.h"
#include "models/connector/organization.h"
#include "models/connector/receive-connector-config.h"
#include "models/connector/tarpit.h"
#include "models/connector/transport-service.h"
#include "models/smtp/server-persona.h"

#include "formats/random.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace bouncelab::connector
{

/**
 * One Receive connector with what its sessions share: limits, tarpit, back pressure, filter.
 *
 * For each connection the caller opens a ConnectorSession and gives it to an smtp::ServerSession as
 * its policy and its observer, with Persona(). All sessions' times count from one fixed start, and
 * never run backwards from one session to the next.
 */
class ReceiveConnector
{
  public:
    /**
     * \pre the configs are without fault (CheckReceiveConnector, CheckFilter). Organization and
     * transport have to outlive the connector, and it its sessions.
     * \param hostname full name of the server
     * \param directory asked at RCPT where recipients are looked up; null: it is known at once who
     * exists. Has to outlive the connector.
     */
    ReceiveConnector(ReceiveConnectorConfig config,
                     const smtp::ServerPersona& server,
                     const Organization& organization,
                     std::optional<FilterConfig> filter,
                     std::string hostname,
                     TransportService& transport,
                     RandomStream random,
                     service::DirectoryClient* directory = nullptr);
    ReceiveConnector(const ReceiveConnector&) = delete;
    ReceiveConnector& operator=(const ReceiveConnector&) = delete;
    ~ReceiveConnector();

    /// The policy and observer of one connection, which has to outlive the result. \param observer
    /// hears what happens in the session; not empty. \param wake has the session ticked when the
    /// directory has answered.
    std::unique_ptr<ConnectorSession> Open(
        const smtp::ConnectionInfo& connection,
        ConnectorObserver observer,
        std::function<void()> wake = [] {});

    const smtp::ServerPersona& Persona() const { return m_persona; }

    const std::string& Id() const { return m_id; } //!< `SERVER\Default SERVER`

    /// What the rest of the server uses of a resource from now on.
    void SetUse(Resource resource, std::uint32_t use, Nanoseconds now)
    {
        m_pressure.SetUse(resource, use, now);
    }

    std::uint32_t OpenConnections() const { return m_limits.OpenConnections(); }

    std::size_t Remembered() const; //!< Addresses in the tables of tarpit and filter.

  private:
    friend class ConnectorSession;

    ReceiveConnectorConfig m_config;
    smtp::ServerPersona m_persona;
    const Organization& m_organization;
    std::string m_hostname;
    std::string m_id;
    RandomStream m_random;
    TransportService& m_transport;
    service::DirectoryClient* m_directory;
    ConnectionLimits m_limits;
    Tarpit m_tarpit;
    BackPressure m_pressure;
    std::unique_ptr<FilterAgent> m_filter;
    Permissions m_anonymous;
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_RECEIVE_CONNECTOR_H

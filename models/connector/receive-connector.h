#ifndef BOUNCELAB_MODELS_CONNECTOR_RECEIVE_CONNECTOR_H
#define BOUNCELAB_MODELS_CONNECTOR_RECEIVE_CONNECTOR_H

#include "models/connector/back-pressure.h"
#include "models/connector/connection-limits.h"
#include "models/connector/connector-observer.h"
#include "models/connector/connector-session.h"
#include "models/connector/filter-agent.h"
#include "models/connector/organization.h"
#include "models/connector/receive-connector-config.h"
#include "models/connector/sender-checks-config.h"
#include "models/connector/tarpit.h"
#include "models/connector/token-judge.h"
#include "models/connector/transport-service.h"

#include "formats/random.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace bouncelab::connector
{

/// The server that a connector belongs to.
struct ServerContext
{
    std::string hostname; //!< Full name.
    const Organization& organization;
    TransportService& transport;

    /// Asked at RCPT where recipients are looked up; null: it is known at once who exists.
    service::DirectoryClient* directory = nullptr;

    /// Asked about clients; null: nothing about them is found out that needs it.
    dns::LookupClient* names = nullptr;

    /// Opens the tokens of other servers of the organization (X-EXPS GSSAPI); null: GSSAPI is for
    /// the organization's accounts.
    TokenJudge* tokens = nullptr;

    /// Octets that the queue's disk has room for; empty: it never fills.
    std::function<std::uint64_t()> freeSpace = {};
};

/**
 * One Receive connector with what its sessions share: limits, tarpit, back pressure, filter.
 *
 * For each connection the caller opens a ConnectorSession and gives it to an smtp::ServerSession as
 * its policy and its observer, with Persona(). All sessions' times count from one fixed start, and
 * never run backwards from one session to the next.
 */
class ReceiveConnector final : public Connector
{
  public:
    /**
     * \pre the configs are without fault (CheckReceiveConnector, CheckFilter,
     * CheckSenderChecks). What the context refers to has to outlive the connector, and it its
     * sessions.
     */
    ReceiveConnector(ReceiveConnectorConfig config,
                     const smtp::ServerPersona& persona,
                     std::optional<FilterConfig> filter,
                     const ServerContext& server,
                     DrawKey draws,
                     SenderChecksConfig checks = {});
    ReceiveConnector(const ReceiveConnector&) = delete;
    ReceiveConnector& operator=(const ReceiveConnector&) = delete;
    ~ReceiveConnector() override;

    /// What Accept() gives, as what it is.
    std::unique_ptr<ConnectorSession> Open(
        const smtp::ConnectionInfo& connection,
        ConnectorObserver observer,
        std::function<void()> wake = [] {});

    std::unique_ptr<ConnectionPolicy> Accept(const smtp::ConnectionInfo& connection,
                                             ConnectorObserver observer,
                                             std::function<void()> wake) override
    {
        return Open(connection, std::move(observer), std::move(wake));
    }

    const smtp::ServerPersona& Persona() const override { return m_persona; }

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
    ServerContext m_server;
    std::string m_id;
    DrawKey m_draws;
    ConnectionLimits m_limits;
    Tarpit m_tarpit;
    BackPressure m_pressure;
    std::unique_ptr<FilterAgent> m_filter;
    SenderChecksConfig m_checks;
    Permissions m_anonymous;
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_RECEIVE_CONNECTOR_H

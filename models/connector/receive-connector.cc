#include "models/connector/receive-connector.h"

#include "models/connector/effective-persona.h"

#include <fmt/format.h>

namespace bouncelab::connector
{

namespace
{

std::string
IdOf(const std::string& name, const std::string& hostname)
{
    const std::string server = hostname.substr(0, hostname.find('.'));
    std::string expanded = name;
    const std::string_view word = "{server}";
    for (std::size_t at = 0; (at = expanded.find(word, at)) != std::string::npos;)
    {
        expanded.replace(at, word.size(), server);
        at += server.size();
    }
    return fmt::format("{}\\{}", server, expanded);
}

Permissions
AnonymousRights(const ReceiveConnectorConfig& config)
{
    Permissions rights;
    if (Uses(config, ConnectorAuthMechanism::ExternalAuthoritative))
    {
        return RightsOf(PermissionGroup::ExchangeServers);
    }
    if (Lets(config, PermissionGroup::AnonymousUsers))
    {
        rights = RightsOf(PermissionGroup::AnonymousUsers);
    }
    for (const Permission permission : config.grantedToAnonymous)
    {
        rights.Add(permission);
    }
    for (const Permission permission : config.deniedToAnonymous)
    {
        rights.Remove(permission);
    }
    return rights;
}

} // namespace

std::string_view
NameOfRefusal(Refusal refusal)
{
    static constexpr std::string_view NAMES[] = {"connection-limit",
                                                 "source-limit",
                                                 "connection-rate",
                                                 "message-rate",
                                                 "back-pressure",
                                                 "not-authenticated",
                                                 "send-as-denied",
                                                 "relay-denied",
                                                 "user-unknown",
                                                 "hop-count",
                                                 "auth-failed",
                                                 "filter",
                                                 "directory-down",
                                                 "blacklisted",
                                                 "reverse-name",
                                                 "hello",
                                                 "spf",
                                                 "token-refused",
                                                 "tls-rate",
                                                 "disk-full"};
    return NAMES[static_cast<std::size_t>(refusal)];
}

ReceiveConnector::ReceiveConnector(ReceiveConnectorConfig config,
                                   const smtp::ServerPersona& persona,
                                   std::optional<FilterConfig> filter,
                                   const ServerContext& server,
                                   DrawKey draws,
                                   SenderChecksConfig checks)
    : m_config(std::move(config))
    , m_persona(EffectivePersona(m_config, persona))
    , m_server(server)
    , m_id(IdOf(m_config.name, server.hostname))
    , m_draws(draws)
    , m_limits(m_config.connections)
    , m_tarpit(m_config.tarpit)
    , m_pressure(m_config.backPressure)
    , m_checks(std::move(checks))
    , m_anonymous(AnonymousRights(m_config))
{
    if (filter)
    {
        m_filter = std::make_unique<FilterAgent>(std::move(*filter), server.organization);
    }
}

ReceiveConnector::~ReceiveConnector() = default;

std::unique_ptr<ConnectorSession>
ReceiveConnector::Open(const smtp::ConnectionInfo& connection,
                       ConnectorObserver observer,
                       std::function<void()> wake)
{
    return std::make_unique<ConnectorSession>(*this,
                                              connection,
                                              std::move(observer),
                                              std::move(wake));
}

std::size_t
ReceiveConnector::Remembered() const
{
    return m_tarpit.Remembered() + (m_filter ? m_filter->Remembered() : 0);
}

} // namespace bouncelab::connector

#ifndef BOUNCELAB_MODELS_CONNECTOR_OPEN_CONNECTOR_H
#define BOUNCELAB_MODELS_CONNECTOR_OPEN_CONNECTOR_H

#include "models/connector/connector.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace bouncelab::connector
{

/// Which recipients a server takes, from its own tables.
class RecipientTable final : public smtp::ServerPolicy
{
  public:
    /**
     * \param replies recipient in lower case to the reply that it gets
     * \param acceptsUnlisted every other recipient is accepted; else 550
     */
    explicit RecipientTable(std::map<std::string, std::string> replies = {},
                            bool acceptsUnlisted = true);

    smtp::Decision OnRecipient(const smtp::ServerFacts& facts,
                               const smtp::EnvelopeEntry& recipient) override;

  private:
    std::map<std::string, std::string> m_replies;
    bool m_acceptsUnlisted;
};

/// The connector of a server that has none: everybody may connect, the persona is as it is, and one
/// policy decides the rest. It tells of the messages that are taken, and of nothing else.
class OpenConnector final : public Connector
{
  public:
    explicit OpenConnector(
        const smtp::ServerPersona& persona,
        std::unique_ptr<smtp::ServerPolicy> policy = std::make_unique<smtp::ServerPolicy>())
        : m_persona(persona)
        , m_policy(std::move(policy))
    {
    }

    const smtp::ServerPersona& Persona() const override { return m_persona; }

    std::unique_ptr<ConnectionPolicy> Accept(const smtp::ConnectionInfo& connection,
                                             ConnectorObserver observer,
                                             std::function<void()> wake) override;

  private:
    smtp::ServerPersona m_persona;
    std::unique_ptr<smtp::ServerPolicy> m_policy;
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_OPEN_CONNECTOR_H

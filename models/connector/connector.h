#ifndef BOUNCELAB_MODELS_CONNECTOR_CONNECTOR_H
#define BOUNCELAB_MODELS_CONNECTOR_CONNECTOR_H

#include "models/connector/connector-observer.h"
#include "models/smtp/server-persona.h"
#include "models/smtp/server-policy.h"
#include "models/smtp/session.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace bouncelab::connector
{

/// What a connector decides and knows about one connection.
class ConnectionPolicy
{
  public:
    virtual ~ConnectionPolicy() = default;

    virtual smtp::ServerPolicy& Policy() = 0;

    virtual smtp::SessionObserver& Observer() = 0; //!< To hear the session.

    virtual const SessionInfo& Info() const = 0;

    /// What the transport knows the last message by that was taken; 0 = it numbers none.
    virtual std::uint64_t InternalId() const { return 0; }

    /// Lines that go in front of the header of what is taken, each with CRLF.
    virtual std::string_view AddedHeader() const { return {}; }
};

/// Decides over the connections to a port of a server.
class Connector
{
  public:
    virtual ~Connector() = default;

    virtual const smtp::ServerPersona& Persona() const = 0;

    /// Connector and connection have to outlive the result. \param observer hears what happens in
    /// the session; not empty. \param wake has the session ticked when something is known that it
    /// waits for.
    virtual std::unique_ptr<ConnectionPolicy> Accept(const smtp::ConnectionInfo& connection,
                                                     ConnectorObserver observer,
                                                     std::function<void()> wake) = 0;
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_CONNECTOR_H

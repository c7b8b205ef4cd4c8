#ifndef BOUNCELAB_MODELS_CONNECTOR_TRANSPORT_SERVICE_H
#define BOUNCELAB_MODELS_CONNECTOR_TRANSPORT_SERVICE_H

#include "models/connector/session-ids.h"
#include "models/connector/transport-config.h"

#include <cstdint>

namespace bouncelab::connector
{

/// What all receive connectors of one server share: it numbers their sessions and messages.
class TransportService
{
  public:
    /// \param unixTime the host's clock at the start of the run
    TransportService(const TransportConfig& config, WallTime unixTime)
        : m_sessions(unixTime - config.uptime, config.sessionsBefore)
        , m_messages(config.messagesBefore)
    {
    }

    std::uint64_t NextSession() { return m_sessions.Next(); }

    std::uint64_t NextMessage() { return ++m_messages; }

  private:
    SessionIds m_sessions;
    std::uint64_t m_messages;
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_TRANSPORT_SERVICE_H

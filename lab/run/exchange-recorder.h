#ifndef BOUNCELAB_LAB_RUN_EXCHANGE_RECORDER_H
#define BOUNCELAB_LAB_RUN_EXCHANGE_RECORDER_H

#include "formats/address.h"
#include "formats/clock.h"
#include "lab/evidence/exchange-protocol-log.h"
#include "lab/evidence/filter-log.h"
#include "lab/evidence/message-tracking-log.h"
#include "lab/evidence/vantage-folder.h"
#include "models/connector/connector-observer.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

namespace bouncelab::run
{

/**
 * Writes the logs of one Exchange server: the receive protocol log of all its connectors, the message
 * tracking log, and the log of its filter agent. It hears connectors and sessions and turns what they
 * say into records; how a record is written is the evidence room's.
 */
class ExchangeRecorder
{
  public:
    struct Handlers
    {
        /// A connector has taken a message.
        std::function<void(const smtp::MessageEvent&)> onMessage;
        /// A session has begun that the protocol log will tell of.
        std::function<void(const smtp::ConnectionInfo&)> onLogged;
        /// The name that reverse DNS has for an address; empty = none. The filter agent asks.
        std::function<std::string(Ipv4)> reverseName;
    };

    /**
     * \param folder of the vantage; not owned. Null: nothing is written, messages are reported.
     * \param serverName short name of the server, for the tracking log
     * \param hasFilter whether a filter's log is written
     * \param handlers none may be empty
     */
    ExchangeRecorder(evidence::VantageFolder* folder,
                     const HostClock& clock,
                     std::string serverName,
                     bool hasFilter,
                     Handlers handlers);
    ~ExchangeRecorder();

    /// What hears one connector. \param name as the scenario has it
    connector::ConnectorObserver& Connector(const std::string& name);

    /// How logs name a connector; before its first session.
    void NameConnector(const std::string& name, const std::string& id);

    /// What hears one session of a connector.
    std::unique_ptr<smtp::SessionObserver> Session(const std::string& connector,
                                                   const smtp::ConnectionInfo& connection);

    void Close();

  private:
    class ConnectorEars;
    class SessionEars;

    /// What later events need of earlier ones.
    struct SessionState
    {
        std::uint64_t id = 0;
        std::int64_t openedNs = 0;
        const smtp::ConnectionInfo* connection = nullptr;
        std::string connectorId;
        std::string helo;
        std::string user;
    };

    void Row(const SessionState& session,
             std::int64_t timeNs,
             char event,
             std::string_view data,
             std::string_view context = {});
    void Filter(const SessionState& session, const connector::FilterEvent& event);
    void Track(const SessionState& session, const connector::QueuedEvent& event);

    std::string m_serverName;
    std::unique_ptr<evidence::ExchangeProtocolLog> m_protocol;
    std::unique_ptr<evidence::MessageTrackingLog> m_tracking;
    std::unique_ptr<evidence::FilterLog> m_filter;
    Handlers m_handlers;
    std::map<std::string, std::unique_ptr<ConnectorEars>> m_connectors;
    std::unordered_map<const smtp::ConnectionInfo*, SessionState> m_sessions; //!< Never walked.
};

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_EXCHANGE_RECORDER_H

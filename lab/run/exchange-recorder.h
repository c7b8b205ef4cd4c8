#ifndef BOUNCELAB_LAB_RUN_EXCHANGE_RECORDER_H
#define BOUNCELAB_LAB_RUN_EXCHANGE_RECORDER_H

#include "formats/address.h"
#include "formats/clock.h"
#include "lab/evidence/exchange-protocol-log.h"
#include "lab/evidence/filter-log.h"
#include "lab/evidence/vantage-folder.h"
#include "lab/run/message-tracker.h"
#include "lab/run/service-log-recorder.h"
#include "models/connector/connector-observer.h"
#include "models/mail/queue-event.h"
#include "models/smtp/server-persona.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

namespace bouncelab::run
{

/**
 * Writes the logs of one Exchange server: the receive protocol log of all its connectors and the
 * message tracking log, or the SMTP service's log in their place (before Exchange 2007), and the
 * log of its filter agent. It hears connectors, sessions and the queue and turns what they say into
 * records; how a record is written is the evidence room's.
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

    /// The server whose logs they are.
    struct Server
    {
        std::string name; //!< Short name.
        Ipv4 address;
        smtp::SessionLog log = smtp::SessionLog::Exchange;
        std::int64_t bootNs = 0; //!< When it was started, simulated time; 0 or less.
        bool hasFilter = false;  //!< Whether a filter's log is written.
    };

    /**
     * \param folder of the vantage; not owned. Null: nothing is written, messages are reported.
     * \param handlers none may be empty
     */
    ExchangeRecorder(evidence::VantageFolder* folder,
                     const HostClock& clock,
                     const Server& server,
                     Handlers handlers);
    ~ExchangeRecorder();

    /// What hears one connector. \param name as the scenario has it
    connector::ConnectorObserver& Connector(const std::string& name);

    /// How logs name a connector; before its first session.
    void NameConnector(const std::string& name, const std::string& id);

    /// What hears one session of a connector.
    std::unique_ptr<smtp::SessionObserver> Session(const std::string& connector,
                                                   const smtp::ConnectionInfo& connection);

    /// What hears a session that the server begins; null = nobody. Must not outlive this.
    std::unique_ptr<smtp::SessionObserver> Delivery(Ipv4 server, std::uint16_t port);

    void OnQueueEvent(const mail::QueueEvent& event);

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

    std::unique_ptr<evidence::ExchangeProtocolLog> m_protocol;
    std::unique_ptr<MessageTracker> m_tracker;
    std::unique_ptr<ServiceLogRecorder> m_service;
    std::unique_ptr<evidence::FilterLog> m_filter;
    Handlers m_handlers;
    std::map<std::string, std::unique_ptr<ConnectorEars>> m_connectors;
    std::unordered_map<const smtp::ConnectionInfo*, SessionState> m_sessions; //!< Never walked.
};

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_EXCHANGE_RECORDER_H

#ifndef BOUNCELAB_MODELS_HOST_CONNECTOR_SERVER_H
#define BOUNCELAB_MODELS_HOST_CONNECTOR_SERVER_H

#include "formats/clock.h"
#include "models/connector/receive-connector.h"
#include "models/host/connector-truth.h"
#include "models/host/event-stream.h"
#include "models/host/host.h"
#include "models/host/smtp-listener.h"
#include "models/mail/message.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::host
{

/// A receive connector at work: a port of a host, its policy, and a session for every connection.
class ConnectorServer
{
  public:
    /// A message that the connector has taken. Views and references are valid during the call.
    struct Accepted
    {
        const smtp::ConnectionInfo& connection;
        const smtp::Envelope& envelope;
        std::string_view content; //!< Lines end in CRLF.
        std::string_view user;    //!< Who has logged on; empty = nobody.
        mail::Arrival arrival;    //!< Without the client's name.
        std::uint64_t internalId; //!< That the transport knows it by.
    };

    /// What a connector is joined to on its host; each may be absent.
    struct Surroundings
    {
        DirectoryWatch* directory = nullptr; //!< Has to outlive the server.
        std::string mailDomain;              //!< Added to a bare local part; empty = the hostname.
        std::function<void(const Accepted&)> onAccepted;
    };

    /**
     * \param host,organization,transport,events,ledger have to outlive the server
     * \param name of the connector, unique on the host; names its draws
     * \param events where its sessions' events go
     */
    ConnectorServer(Host& host,
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
                    Surroundings surroundings);
    ~ConnectorServer();
    ConnectorServer(const ConnectorServer&) = delete;
    ConnectorServer& operator=(const ConnectorServer&) = delete;

    /// The queue takes this part of its database's disk, in %, beside what lies there anyway.
    void SetQueueOnDisk(std::uint32_t percent);

  private:
    class Conversation;

    std::string m_place;
    std::string m_name;
    std::uint64_t m_seed;
    std::uint32_t m_diskBefore;
    ConnectorTruth m_truth;
    connector::ReceiveConnector m_connector;
    const EventStream& m_events;
    std::function<void(const Accepted&)> m_onAccepted;
    SmtpListener m_listener;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_CONNECTOR_SERVER_H

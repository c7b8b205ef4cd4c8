#ifndef BOUNCELAB_LAB_WORLD_MAIL_SYSTEM_H
#define BOUNCELAB_LAB_WORLD_MAIL_SYSTEM_H

#include "lab/spec/scenario.h"
#include "lab/world/handlers.h"
#include "models/connector/organization.h"
#include "models/connector/receive-connector.h"
#include "models/connector/transport-service.h"
#include "models/host/connector-truth.h"
#include "models/host/directory-watch.h"
#include "models/host/mail-server.h"
#include "models/host/mail-truth.h"
#include "models/host/smtp-server.h"
#include "models/provenance/ledger.h"
#include "models/service/directory-service.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bouncelab::world
{

/**
 * The connectors of a host with what stands behind them: organization, directory, and, if the host
 * sends, the mail server that takes over what they accept. Without that, what is accepted has
 * arrived.
 */
class MailSystem
{
  public:
    /// What a mail system needs of its surroundings; none may be empty.
    struct Surroundings
    {
        host::SendingMta::Resolver resolve;
        std::function<std::string(Ipv4)> reverseName; //!< Empty = none.
        host::MailTruth::Forgeries forgeries;
    };

    /**
     * \param config of the host, in the scenario; has to outlive the system
     * \param start of its queue: with all local domains
     * \param handlers have to outlive the system; those for connectors are set
     */
    MailSystem(host::Host& host,
               const spec::HostConfig& config,
               const mail::QueueStart& start,
               const WorldHandlers& handlers,
               Surroundings surroundings);
    ~MailSystem();
    MailSystem(const MailSystem&) = delete;
    MailSystem& operator=(const MailSystem&) = delete;

    /// Null for a host that only receives.
    host::MailServer* Server() { return m_server.get(); }

    /// Tells what is left to tell of the directory's load. At the end of the run.
    void Finish();

  private:
    /// A connector at work.
    struct Port
    {
        std::unique_ptr<host::ConnectorTruth> truth;
        connector::ReceiveConnector* connector; //!< The server's.
        std::unique_ptr<host::SmtpServer> server;
        std::uint32_t diskBefore; //!< In %, beside the queue.
    };

    void BuildPort(const std::string& name, const spec::ConnectorConfig& config);
    std::string MailDomain() const;
    void BuildDirectory();
    void BuildServer(const mail::QueueStart& start);
    void LookUp(const std::string& mailbox, const host::MailServer::Answer& answer);
    void Take(const host::SmtpServer::Accepted& accepted);
    void NoteQueue(const mail::QueueEvent& event);
    void OnQueueEvent(const mail::QueueEvent& event);

    host::Host& m_host;
    const std::string& m_name;
    const spec::HostConfig& m_config;
    const WorldHandlers& m_handlers;
    Surroundings m_surroundings;
    connector::Organization m_organization;
    connector::TransportService m_transport;
    std::unique_ptr<service::DirectoryService> m_directory;
    std::unique_ptr<host::DirectoryWatch> m_watch;
    std::unique_ptr<host::MailTruth> m_truth;
    std::unique_ptr<host::MailServer> m_server;
    std::vector<Port> m_ports;
    std::uint64_t m_taken = 0; //!< The transport's number of what is queued next; 0 = none yet.
};

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_MAIL_SYSTEM_H

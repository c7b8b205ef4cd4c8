#ifndef BOUNCELAB_LAB_WORLD_MAIL_SYSTEM_H
#define BOUNCELAB_LAB_WORLD_MAIL_SYSTEM_H

#include "formats/clock.h"
#include "lab/spec/scenario.h"
#include "models/connector/organization.h"
#include "models/connector/transport-service.h"
#include "models/host/connector-server.h"
#include "models/host/directory-watch.h"
#include "models/host/event-stream.h"
#include "models/host/mail-server.h"
#include "models/host/mail-truth.h"
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
     * \param name,config of the host, in the scenario; both have to outlive the system
     * \param start of its queue: with all local domains
     * \param events,ledger have to outlive the system
     */
    MailSystem(host::Host& host,
               const std::string& name,
               const spec::HostConfig& config,
               mail::QueueStart start,
               const HostClock& clock,
               std::uint64_t seed,
               const host::EventStream& events,
               provenance::Ledger& ledger,
               Surroundings surroundings);
    ~MailSystem();
    MailSystem(const MailSystem&) = delete;
    MailSystem& operator=(const MailSystem&) = delete;

    /// Null for a host that only receives.
    host::MailServer* Server() { return m_server.get(); }

    /// Tells what is left to tell of the directory's load. At the end of the run.
    void Finish();

  private:
    class OutgoingSession;

    template <class What>
    void Publish(const What& what, const host::DeliveryInfo* delivery = nullptr) const;
    void BuildDirectory(std::uint64_t seed, provenance::ActorId actor, provenance::Ledger& ledger);
    void BuildServer(host::Host& host,
                     mail::QueueStart start,
                     const HostClock& clock,
                     std::uint64_t seed,
                     provenance::Ledger& ledger);
    void BuildConnectors(host::Host& host,
                         const HostClock& clock,
                         std::uint64_t seed,
                         provenance::Ledger& ledger);
    void LookUp(const std::string& mailbox, const host::MailServer::Answer& answer);
    void Take(const host::ConnectorServer::Accepted& accepted);
    void NoteQueue(const mail::QueueEvent& event);
    void OnQueueEvent(const mail::QueueEvent& event);

    std::string m_name;
    const spec::HostConfig& m_config;
    const host::EventStream& m_events;
    Surroundings m_surroundings;
    connector::Organization m_organization;
    connector::TransportService m_transport;
    std::unique_ptr<service::DirectoryService> m_directory;
    std::unique_ptr<host::DirectoryWatch> m_watch;
    std::unique_ptr<host::MailTruth> m_truth;
    std::unique_ptr<host::MailServer> m_server;
    std::vector<std::unique_ptr<host::ConnectorServer>> m_connectors;
    std::uint64_t m_taken = 0; //!< The transport's number of what is queued next; 0 = none yet.
};

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_MAIL_SYSTEM_H

#ifndef BOUNCELAB_LAB_WORLD_MAIL_SYSTEM_H
#define BOUNCELAB_LAB_WORLD_MAIL_SYSTEM_H

#include "lab/scenario/scenario.h"
#include "lab/world/blacklists.h"
#include "models/connector/organization.h"
#include "models/connector/receive-connector.h"
#include "models/connector/transport-service.h"
#include "models/host/connector-truth.h"
#include "models/host/directory-monitor.h"
#include "models/host/event-stream.h"
#include "models/host/mail-server.h"
#include "models/host/mail-truth.h"
#include "models/host/smtp-server.h"
#include "models/provenance/ledger.h"
#include "models/service/directory-service.h"

#include <ns3/event-id.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::world
{

/**
 * The mail programs of a host. With connectors: these, and what stands behind them, which is an
 * organization, a directory, and, if the host sends, the mail server that takes over what they
 * accept. Without: a server that everybody may connect to, where what is accepted has arrived, and
 * beside it a program that sends.
 */
class MailSystem
{
  public:
    /// What a mail system asks of the world; the last four may be empty.
    struct Context
    {
        host::SendingMta::Resolver resolve;
        std::function<std::string(IpAddress)> reverseName; //!< Gives the empty text for none.
        host::MailTruth::Forgeries forgeries;
        Blacklists::Sensor sense = {};      //!< Hears of who sends.
        dns::LookupClient* names = nullptr; //!< Asked for names where it is there.
        host::ConnectorTruth::ListingCause listing = {};
        connector::TokenJudge* tokens = nullptr; //!< Opens other servers' tokens, ditto.
    };

    /**
     * \param config of the host, in the scenario; has to outlive the system
     * \param start of its queue: with the domains whose exchanger it is
     * \param events have to outlive the system
     */
    MailSystem(host::Host& host,
               const scenario::HostConfig& config,
               mail::QueueStart start,
               const host::EventStream& events,
               Context context);
    ~MailSystem();
    MailSystem(const MailSystem&) = delete;
    MailSystem& operator=(const MailSystem&) = delete;

    bool Sends() const { return m_sender || m_server; }

    /// \pre it sends
    std::size_t QueuedMessages() const { return Sender().QueuedMessages(); }

    /// An administrator has what waits tried at once. \pre it sends
    void RetryNow(std::string_view domain) { Sender().RetryNow(domain); }

    /// A user of the host hands a message over; while the program does not run, that waits until it
    /// does. \pre it sends
    void Submit(const mail::Submission& submission);

    void Stop();   //!< Its programs end in order; the queue stays.
    void Resume(); //!< They begin again.

    /// The host loses its power until it has been down for a while: host::Host::Restart(), and the
    /// truth of it.
    void LosePower(Nanoseconds down);

    /// Tells what is left to tell of the directory's load. At the end of the run.
    void Finish();

  private:
    class OutgoingSession;

    /// A connector at work.
    struct RunningConnector
    {
        std::unique_ptr<host::ConnectorTruth> truth;
        connector::ReceiveConnector* connector; //!< The server's.
        std::unique_ptr<host::SmtpServer> server;
        std::uint32_t diskBefore; //!< In %, beside the queue.
    };

    host::SendingMta& Sender() const { return m_server ? m_server->Sender() : *m_sender; }

    void Schedule(Nanoseconds at, std::function<void()> what);
    void ScheduleWork();
    void PrepareForEnds();
    void SubmitHeld();
    std::uint64_t FreeSpace() const;
    provenance::CauseId CauseOfLoss();
    void Publish(host::Event::Payload what,
                 const connector::SessionInfo* session = nullptr,
                 const host::DeliveryInfo* delivery = nullptr) const;
    void BuildSender(const mail::QueueStart& start);
    void BuildReceiver();
    void BuildConnector(const std::string& name, const scenario::ConnectorConfig& config);
    std::string MailDomain() const;
    void BuildDirectory();
    void BuildServer(const mail::QueueStart& start);
    void LookUp(const std::string& mailbox, const host::MailServer::LookupAnswerHandler& answer);
    void Sense(const connector::SessionInfo& session, bool taken) const;
    void Take(const host::SmtpServer::AcceptedMessage& accepted);
    void NoteQueue(const mail::QueueEvent& event);
    void OnQueueEvent(const mail::QueueEvent& event);

    host::Host& m_host;
    const std::string& m_name;
    const scenario::HostConfig& m_config;
    const host::EventStream& m_events;
    Context m_context;
    connector::Organization m_organization;
    connector::TransportService m_transport;
    connector::SessionIds m_outgoing; //!< Of sessions that it begins.
    std::unique_ptr<service::DirectoryService> m_directory;
    std::unique_ptr<host::DirectoryMonitor> m_watch;
    std::unique_ptr<host::MailTruth> m_truth;
    std::unique_ptr<host::MailServer> m_server;
    std::vector<RunningConnector> m_ports;
    std::unique_ptr<host::SendingMta> m_sender;   //!< Without connectors,
    std::unique_ptr<host::SmtpServer> m_receiver; //!< these two.
    std::vector<ns3::EventId> m_work;             //!< That administrators and fate have planned.
    std::vector<mail::Submission> m_held;         //!< Of users, while the program does not run.
    provenance::CauseId m_loss = 0;               //!< Of mail, at the loss of power under way.
    std::uint64_t m_taken = 0; //!< The transport's number of what is queued next; 0 = none yet.
};

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_MAIL_SYSTEM_H

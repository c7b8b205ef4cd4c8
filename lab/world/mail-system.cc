#include "lab/world/mail-system.h"

#include "formats/endpoint.h"
#include "lab/world/outage.h"
#include "models/connector/open-connector.h"
#include "models/mail/remote-report.h"
#include "models/provenance/sim-now.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace bouncelab::world
{

namespace
{

constexpr std::chrono::milliseconds SENDS_AFTER(100); //!< The start of what takes mail.

} // namespace

/// Tells what is said in a session that the system has begun.
class MailSystem::OutgoingSession : public smtp::SessionObserver
{
  public:
    OutgoingSession(const MailSystem& owner,
                    const host::SendingMta::Peer& peer,
                    std::uint16_t port,
                    std::uint64_t session)
        : m_owner(owner)
        , m_info{peer.address,
                 peer.port,
                 owner.m_host.Address(),
                 port,
                 session,
                 peer.tokens != nullptr}
    {
        const host::ConnectingEvent event{SimNow().time_since_epoch()};
        m_owner.Publish(&event, nullptr, &m_info);
    }

    void OnConnected(Nanoseconds time) override
    {
        m_info.connected = time;
        const host::ConnectedEvent event{time};
        m_owner.Publish(&event, nullptr, &m_info);
    }

    void OnEnd(const smtp::EndEvent& event) override { m_owner.Publish(&event, nullptr, &m_info); }

    void OnCommand(const smtp::CommandEvent& event) override
    {
        m_owner.Publish(&event, nullptr, &m_info);
    }

    void OnReply(const smtp::ReplyEvent& event) override
    {
        m_owner.Publish(&event, nullptr, &m_info);
    }

  private:
    const MailSystem& m_owner;
    host::DeliveryInfo m_info;
};

MailSystem::MailSystem(host::Host& host,
                       const scenario::HostConfig& config,
                       mail::QueueStart start,
                       const host::EventStream& events,
                       Context context)
    : m_host(host)
    , m_name(host.Name())
    , m_config(config)
    , m_events(events)
    , m_context(std::move(context))
    , m_organization(config.organization)
    , m_transport(config.transport, host.Clock().Read({}))
    , m_outgoing(host.Clock().Read({}) - config.transport.uptime + SENDS_AFTER,
                 config.transport.sessionsBefore)
{
    if (start.hostname.empty())
    {
        start.hostname = config.hostname;
    }
    if (config.connectors.empty())
    {
        BuildSender(start);
        BuildReceiver();
        PrepareForEnds();
        return;
    }
    // The first domain is the server's own.
    start.localDomains.insert(start.localDomains.begin(),
                              config.organization.acceptedDomains.begin(),
                              config.organization.acceptedDomains.end());
    BuildDirectory();
    BuildServer(start);
    for (const auto& [name, connector] : config.connectors)
    {
        BuildConnector(name, connector);
    }
    PrepareForEnds();
}

MailSystem::~MailSystem()
{
    for (const ns3::EventId& work : m_work)
    {
        ns3::Simulator::Remove(work);
    }
}

void
MailSystem::Schedule(Nanoseconds at, std::function<void()> what)
{
    m_work.push_back(ns3::Simulator::Schedule(ns3::NanoSeconds(at.count()), std::move(what)));
}

void
MailSystem::ScheduleWork()
{
    for (const auto& [name, retry] : m_config.queueRetries)
    {
        Schedule(retry.at, [this, &domain = retry.domain] { RetryNow(domain); });
    }
    for (const scenario::DowntimeConfig& restart : m_config.restart)
    {
        Schedule(restart.at, [this] { Stop(); });
        Schedule(restart.at + restart.downtime, [this] { Resume(); });
    }
    for (const scenario::DowntimeConfig& loss : m_config.powerLoss)
    {
        Schedule(loss.at, [this, down = loss.downtime] { LosePower(down); });
    }
}

/// After everything else is built: what ends first has to hear of it first.
void
MailSystem::PrepareForEnds()
{
    ScheduleWork();
    if (!Sends())
    {
        return;
    }
    Sender().SetDisk(
        m_config.disk.writeBack,
        m_config.disk.capacity == 0 ? std::function<std::uint64_t()>()
                                    : [this] { return FreeSpace(); });
    m_host.OnRestart([] {},
                     [this]
                     {
                         m_loss = 0;
                         SubmitHeld();
                     });
}

void
MailSystem::Stop()
{
    if (m_host.IsDown())
    {
        return;
    }
    TellOutage(m_host, TruthEvent::Stopped);
    for (const RunningConnector& port : m_ports)
    {
        port.server->Stop();
    }
    if (m_receiver)
    {
        m_receiver->Stop();
    }
    if (Sends())
    {
        Sender().Stop();
    }
}

void
MailSystem::Resume()
{
    if (m_host.IsDown())
    {
        return;
    }
    TellOutage(m_host, TruthEvent::Started);
    for (const RunningConnector& port : m_ports)
    {
        port.server->Resume();
    }
    if (m_receiver)
    {
        m_receiver->Resume();
    }
    if (Sends())
    {
        Sender().Resume();
        SubmitHeld();
    }
}

void
MailSystem::LosePower(Nanoseconds down)
{
    if (m_host.IsDown())
    {
        return;
    }
    m_host.Restart(down);
    const provenance::CauseId cause = std::exchange(m_loss, 0);
    if (cause == 0)
    {
        TellOutage(m_host, TruthEvent::PowerLost);
    }
    Schedule(down, [this, cause] { TellOutage(m_host, TruthEvent::PowerReturned, cause); });
}

/// The cause of the mail that is lost now, which is told with the first of it.
provenance::CauseId
MailSystem::CauseOfLoss()
{
    if (m_loss == 0)
    {
        m_loss = m_host.Ledger().NewCause();
        TellOutage(m_host, TruthEvent::PowerLost, m_loss);
    }
    return m_loss;
}

void
MailSystem::SubmitHeld()
{
    for (const mail::Submission& submission : std::exchange(m_held, {}))
    {
        Submit(submission);
    }
}

/// Octets of room on the queue's disk. \pre it sends
std::uint64_t
MailSystem::FreeSpace() const
{
    std::uint64_t used = Sender().QueuedOctets();
    std::uint64_t others = 0;
    for (const host::DiskUse& use : m_config.disk.otherUse)
    {
        others = use.at <= SimNow().time_since_epoch() ? use.octets : others;
    }
    used += others;
    return m_config.disk.capacity - std::min(m_config.disk.capacity, used);
}

void
MailSystem::Publish(host::Event::Payload what,
                    const connector::SessionInfo* session,
                    const host::DeliveryInfo* delivery) const
{
    m_events.Publish({m_name, SimNow(), session, delivery, what});
}

void
MailSystem::Submit(const mail::Submission& submission)
{
    if (!Sender().IsRunning())
    {
        m_held.push_back(submission);
        return;
    }
    Sender().Submit(submission);
}

void
MailSystem::BuildSender(const mail::QueueStart& start)
{
    if (!m_config.sends)
    {
        return;
    }
    host::SendingMta::Handlers handlers;
    handlers.resolve = m_context.resolve;
    handlers.onQueueEvent = [this](const mail::QueueEvent& event) { OnQueueEvent(event); };
    handlers.deliverLocally =
        [this](const mail::DeliveryOrder& order, const host::SendingMta::LocalAnswer& answer)
    {
        const host::StoredEvent stored{order, order.recipient};
        Publish(&stored);
        answer(mail::LocalDeliveryReport(m_config.sends->value.reports));
    };
    handlers.onAttribution = [this](std::uint64_t delivery, provenance::CauseId cause)
    {
        const host::AttributionEvent attribution{delivery, cause};
        Publish(&attribution);
    };
    const std::string& nameless = m_config.sends->value.helloWithoutName;
    const bool isNameless = m_config.relay && m_config.relay->name.empty() && !nameless.empty();
    m_sender = std::make_unique<host::SendingMta>(m_host,
                                                  isNameless ? nameless : m_config.hostname,
                                                  m_config.sends->value,
                                                  start,
                                                  std::move(handlers));
}

void
MailSystem::BuildReceiver()
{
    if (!m_config.serves)
    {
        return;
    }
    m_receiver = std::make_unique<host::SmtpServer>(
        m_host,
        host::SmtpServer::Setup{m_config.hostname},
        std::make_unique<connector::OpenConnector>(
            m_config.serves->value,
            std::make_unique<connector::RecipientTable>(m_config.recipientReplies,
                                                        m_config.acceptsUnlisted)),
        host::SmtpServer::Handlers{[this](const host::SmtpServer::AcceptedMessage& accepted)
                                   {
                                       Sense(accepted.session, false);
                                       Sense(accepted.session, true);
                                       Publish(&accepted.message);
                                   }});
}

/// Told once when a client begins to send, and once when a message of it is taken.
void
MailSystem::Sense(const connector::SessionInfo& session, bool taken) const
{
    if (m_context.sense)
    {
        m_context.sense(*session.connection, session.hello, taken);
    }
}

/// The domain of a bare local part, where what is accepted is delivered.
std::string
MailSystem::MailDomain() const
{
    const auto& domains = m_config.organization.acceptedDomains;
    return m_server && !domains.empty() ? domains.front() : std::string();
}

void
MailSystem::BuildConnector(const std::string& name, const scenario::ConnectorConfig& config)
{
    RunningConnector port;
    port.truth = std::make_unique<host::ConnectorTruth>(m_host.Actor(),
                                                        m_host.Ledger(),
                                                        m_watch.get(),
                                                        m_context.listing);
    auto connector = std::make_unique<connector::ReceiveConnector>(
        config.policy.value,
        m_config.serves->value,
        config.filter ? std::optional(config.filter->value) : std::nullopt,
        connector::ServerContext{m_config.hostname,
                                 m_organization,
                                 m_transport,
                                 m_watch.get(),
                                 m_context.names,
                                 m_context.tokens,
                                 m_config.disk.capacity == 0 ? std::function<std::uint64_t()>()
                                                             : [this] { return FreeSpace(); }},
        m_host.Draws(name + "/connector"),
        config.checks);
    port.connector = connector.get();
    port.diskBefore = config.policy.value.backPressure.databaseDisk.initial;
    port.server = std::make_unique<host::SmtpServer>(
        m_host,
        host::SmtpServer::Setup{m_config.hostname, config.port, name + "/session", MailDomain()},
        std::move(connector),
        host::SmtpServer::Handlers{
            [this](const host::SmtpServer::AcceptedMessage& accepted) { Take(accepted); },
            [this](const connector::SessionInfo& session)
            {
                const host::ConnectedEvent connected{
                    Nanoseconds(ns3::Simulator::Now().GetNanoSeconds())};
                Publish(&connected, &session);
            },
            [this, truth = port.truth.get()](const connector::SessionInfo& session,
                                             connector::ConnectorEvent event)
            {
                truth->OnEvent(session, event);
                const auto* const* command = std::get_if<const smtp::CommandEvent*>(&event);
                if (command && (*command)->verb == smtp::Verb::Mail)
                {
                    Sense(session, false);
                }
                std::visit([&](const auto* what) { Publish(what, &session); }, event);
            },
            m_server ? [this] { return m_server->NameNext(); } : std::function<std::string()>()});
    m_ports.push_back(std::move(port));
}

void
MailSystem::BuildDirectory()
{
    if (!m_config.directory)
    {
        return;
    }
    m_directory = std::make_unique<service::DirectoryService>(
        *m_config.directory,
        m_host.Seed(),
        m_name + "/directory",
        [this](const service::LoadSample& sample) { Publish(&sample); });
    m_watch = std::make_unique<host::DirectoryMonitor>(*m_directory,
                                                       *m_config.directory,
                                                       m_host.Actor(),
                                                       m_host.Ledger());
}

void
MailSystem::BuildServer(const mail::QueueStart& start)
{
    if (!m_config.sends)
    {
        return;
    }
    m_truth = std::make_unique<host::MailTruth>(m_host.Actor(),
                                                m_host.Ledger(),
                                                m_config.organization.relayDomains,
                                                m_context.forgeries);
    m_server = std::make_unique<host::MailServer>(
        m_host,
        m_config.hostname,
        m_config.sends->value,
        start,
        host::MailServer::Handlers{
            m_context.resolve,
            [this](const std::string& mailbox, const host::MailServer::LookupAnswerHandler& answer)
            { LookUp(mailbox, answer); },
            [this](const mail::QueueEvent& event) { OnQueueEvent(event); },
            [this](const mail::DeliveryOrder& order, const std::string& mailbox)
            {
                const host::StoredEvent stored{order, mailbox};
                Publish(&stored);
            },
            [this](std::uint64_t delivery, provenance::CauseId cause)
            {
                const host::AttributionEvent attribution{delivery, cause};
                Publish(&attribution);
            },
            [this](const host::SendingMta::Peer& peer, std::uint16_t port)
            {
                const std::uint64_t session = m_outgoing.Next();
                return std::make_unique<OutgoingSession>(*this, peer, port, session);
            }});
}

void
MailSystem::LookUp(const std::string& mailbox, const host::MailServer::LookupAnswerHandler& answer)
{
    using LookupResult = host::MailServer::LookupResult;
    const auto say = [this, mailbox, answer](bool answered)
    {
        answer(!answered                            ? LookupResult::Unavailable
               : m_organization.HasMailbox(mailbox) ? LookupResult::Mailbox
                                                    : LookupResult::Unknown);
    };
    if (!m_watch)
    {
        say(true);
        return;
    }
    m_watch->Ask([say](service::LookupStatus status)
                 { say(status == service::LookupStatus::Answered); });
}

void
MailSystem::Take(const host::SmtpServer::AcceptedMessage& accepted)
{
    Sense(accepted.session, true);
    if (!m_server)
    {
        return;
    }
    const smtp::ConnectionInfo& connection = *accepted.session.connection;
    m_truth->Expect({EndpointText(connection.client, connection.clientPort),
                     EndpointText(connection.server, connection.serverPort),
                     accepted.session.user,
                     m_organization.RelaysFor(connection.client)});
    mail::Arrival arrival = accepted.arrival;
    const std::string name =
        m_context.names ? accepted.session.clientName : m_context.reverseName(connection.client);
    if (!name.empty())
    {
        arrival.clientName = name;
    }
    m_taken = accepted.internalId;
    m_server->Take(accepted.message.envelope,
                   std::string(accepted.addedHeader) + *accepted.message.content,
                   arrival);
    m_taken = 0;
}

void
MailSystem::NoteQueue(const mail::QueueEvent& event)
{
    using Kind = mail::QueueEvent::Kind;
    const std::uint64_t capacity = m_config.transport.queueCapacity;
    if (capacity == 0 || (event.kind != Kind::NewMessage && !event.EndsMessage()))
    {
        return;
    }
    const std::uint64_t queued = m_server->Sender().QueuedMessages();
    const auto percent =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(100, queued * 100 / capacity));
    for (const RunningConnector& port : m_ports)
    {
        port.connector->SetUse(connector::Resource::DatabaseDisk,
                               port.diskBefore + percent,
                               Nanoseconds(ns3::Simulator::Now().GetNanoSeconds()));
    }
}

void
MailSystem::OnQueueEvent(const mail::QueueEvent& event)
{
    using Kind = mail::QueueEvent::Kind;
    if (m_server)
    {
        m_truth->OnQueueEvent(event);
        NoteQueue(event);
    }
    if (event.kind != Kind::Lost && (event.kind != Kind::NewMessage || !m_server))
    {
        Publish(&event);
        return;
    }
    mail::QueueEvent told = event;
    if (event.kind == Kind::Lost)
    {
        told.cause = CauseOfLoss();
    }
    else
    {
        // What users and the queue itself submit is numbered like what comes in by SMTP.
        told.internalId = m_taken != 0 ? std::exchange(m_taken, 0) : m_transport.NextMessage();
    }
    Publish(&told);
}

void
MailSystem::Finish()
{
    if (m_directory)
    {
        m_directory->Finish();
    }
}

} // namespace bouncelab::world

#include "lab/world/mail-system.h"

#include "formats/endpoint.h"
#include "models/connector/open-connector.h"
#include "models/mail/remote-report.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <utility>

namespace bouncelab::world
{

MailSystem::MailSystem(host::Host& host,
                       const spec::HostConfig& config,
                       mail::QueueStart start,
                       const WorldHandlers& handlers,
                       Context context)
    : m_host(host)
    , m_name(host.Name())
    , m_config(config)
    , m_handlers(handlers)
    , m_context(std::move(context))
    , m_organization(config.organization)
    , m_transport(config.transport, Nanoseconds(host.Clock().Read(0)))
{
    if (start.hostname.empty())
    {
        start.hostname = config.hostname;
    }
    if (config.connectors.empty())
    {
        BuildSender(start);
        BuildReceiver();
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
        BuildPort(name, connector);
    }
}

MailSystem::~MailSystem() = default;

void
MailSystem::Submit(const mail::Submission& submission)
{
    if (m_sender)
    {
        m_sender->Submit(submission);
    }
    else
    {
        m_server->Submit(submission);
    }
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
    handlers.onQueueEvent = [this](const mail::QueueEvent& event) { Tell(event); };
    handlers.deliverLocally =
        [this](const mail::DeliveryOrder& order, const host::SendingMta::LocalAnswer& answer)
    {
        Deliver(order, order.recipient);
        answer(mail::LocalDeliveryReport(m_config.sends->value.reports));
    };
    handlers.onBlame = [this](std::uint64_t delivery, provenance::CauseId cause)
    { Blame(delivery, cause); };
    m_sender = std::make_unique<host::SendingMta>(m_host,
                                                  m_config.hostname,
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
        [this](const host::SmtpServer::Accepted& accepted)
        {
            if (m_handlers.onAccepted)
            {
                m_handlers.onAccepted(m_name, accepted.message);
            }
        });
}

/// The domain of a bare local part, where what is accepted is delivered.
std::string
MailSystem::MailDomain() const
{
    const auto& domains = m_config.organization.acceptedDomains;
    return m_server && !domains.empty() ? domains.front() : std::string();
}

void
MailSystem::BuildPort(const std::string& name, const spec::ConnectorConfig& config)
{
    Port port;
    port.truth = std::make_unique<host::ConnectorTruth>(m_handlers.connectorObserver(m_name, name),
                                                        m_host.Actor(),
                                                        m_host.Ledger(),
                                                        m_watch.get());
    auto connector = std::make_unique<connector::ReceiveConnector>(
        config.policy.value,
        m_config.serves->value,
        config.filter ? std::optional(config.filter->value) : std::nullopt,
        connector::ServerContext{m_config.hostname, m_organization, m_transport, m_watch.get()},
        *port.truth,
        m_host.Draws(name + "/connector"));
    port.connector = connector.get();
    port.diskBefore = config.policy.value.backPressure.databaseDisk.initial;
    port.server = std::make_unique<host::SmtpServer>(
        m_host,
        host::SmtpServer::Setup{m_config.hostname, config.port, name + "/session", MailDomain()},
        std::move(connector),
        [this](const host::SmtpServer::Accepted& accepted) { Take(accepted); },
        [this, name](const smtp::ConnectionInfo& connection)
        { return m_handlers.sessionObserver(m_name, name, connection); });
    m_ports.push_back(std::move(port));
    if (m_handlers.onConnector)
    {
        m_handlers.onConnector(m_name, name, m_ports.back().connector->Id());
    }
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
        [this](const service::LoadSample& sample)
        {
            if (m_handlers.onDirectoryLoad)
            {
                m_handlers.onDirectoryLoad(m_name, sample);
            }
        });
    m_watch = std::make_unique<host::DirectoryWatch>(*m_directory,
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
            [this](const std::string& mailbox, const host::MailServer::Answer& answer)
            { LookUp(mailbox, answer); },
            [this](const mail::QueueEvent& event) { OnQueueEvent(event); },
            [this](const mail::DeliveryOrder& order, const std::string& mailbox)
            { Deliver(order, mailbox); },
            [this](std::uint64_t delivery, provenance::CauseId cause) { Blame(delivery, cause); },
            [this](const host::SendingMta::Peer& peer) -> std::unique_ptr<smtp::SessionObserver>
            {
                return m_handlers.deliveryObserver
                           ? m_handlers.deliveryObserver(m_name, peer.address, peer.port)
                           : nullptr;
            }});
}

void
MailSystem::LookUp(const std::string& mailbox, const host::MailServer::Answer& answer)
{
    using Lookup = host::MailServer::Lookup;
    const auto say = [this, mailbox, answer](bool answered)
    {
        answer(!answered                            ? Lookup::Unavailable
               : m_organization.HasMailbox(mailbox) ? Lookup::Mailbox
                                                    : Lookup::Unknown);
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
MailSystem::Take(const host::SmtpServer::Accepted& accepted)
{
    if (!m_server)
    {
        return;
    }
    const smtp::ConnectionInfo& connection = accepted.connection;
    m_truth->Expect({EndpointText(connection.client, connection.clientPort),
                     EndpointText(connection.server, connection.serverPort),
                     std::string(accepted.user)});
    mail::Arrival arrival = accepted.arrival;
    const std::string name = m_context.reverseName(connection.client);
    if (!name.empty())
    {
        arrival.clientName = name;
    }
    m_taken = accepted.internalId;
    m_server->Take(accepted.message.envelope, *accepted.message.content, arrival);
    m_taken = 0;
}

void
MailSystem::NoteQueue(const mail::QueueEvent& event)
{
    using Kind = mail::QueueEvent::Kind;
    const std::uint64_t capacity = m_config.transport.queueCapacity;
    if (capacity == 0 || (event.kind != Kind::NewMessage && event.kind != Kind::EndMessage))
    {
        return;
    }
    const std::uint64_t queued = m_server->Sender().QueuedMessages();
    const auto percent =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(100, queued * 100 / capacity));
    for (const Port& port : m_ports)
    {
        port.connector->SetUse(connector::Resource::DatabaseDisk,
                               port.diskBefore + percent,
                               Nanoseconds(ns3::Simulator::Now().GetNanoSeconds()));
    }
}

void
MailSystem::OnQueueEvent(const mail::QueueEvent& event)
{
    m_truth->OnQueueEvent(event);
    NoteQueue(event);
    if (event.kind != mail::QueueEvent::Kind::NewMessage)
    {
        Tell(event);
        return;
    }
    // What users and the queue itself submit is numbered like what comes in by SMTP.
    mail::QueueEvent numbered = event;
    numbered.internalId = m_taken != 0 ? std::exchange(m_taken, 0) : m_transport.NextMessage();
    Tell(numbered);
}

void
MailSystem::Tell(const mail::QueueEvent& event)
{
    if (m_handlers.onQueueEvent)
    {
        m_handlers.onQueueEvent(m_name, event);
    }
}

void
MailSystem::Deliver(const mail::DeliveryOrder& order, const std::string& mailbox)
{
    if (m_handlers.onLocalDelivery)
    {
        m_handlers.onLocalDelivery(m_name, order, mailbox);
    }
}

void
MailSystem::Blame(std::uint64_t delivery, provenance::CauseId cause)
{
    if (m_handlers.onBlame)
    {
        m_handlers.onBlame(m_name, delivery, cause);
    }
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

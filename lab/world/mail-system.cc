#include "lab/world/mail-system.h"

#include "formats/endpoint.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <utility>

namespace bouncelab::world
{

template <class What>
void
MailSystem::Publish(const What& what, const host::DeliveryInfo* delivery) const
{
    const Nanoseconds now(ns3::Simulator::Now().GetNanoSeconds());
    m_events.Publish({m_name, now, nullptr, delivery, &what});
}

/// Tells what is said in a session that the system has begun.
class MailSystem::OutgoingSession : public smtp::SessionObserver
{
  public:
    OutgoingSession(const MailSystem& owner, const host::SendingMta::Peer& peer)
        : m_owner(owner)
        , m_info{peer.address, peer.port}
    {
    }

    void OnConnected(Nanoseconds time) override { m_info.connected = time; }

    void OnCommand(const smtp::CommandEvent& event) override { m_owner.Publish(event, &m_info); }

    void OnReply(const smtp::ReplyEvent& event) override { m_owner.Publish(event, &m_info); }

  private:
    const MailSystem& m_owner;
    host::DeliveryInfo m_info;
};

MailSystem::MailSystem(host::Host& host,
                       const std::string& name,
                       const spec::HostConfig& config,
                       mail::QueueStart start,
                       const HostClock& clock,
                       std::uint64_t seed,
                       const host::EventStream& events,
                       provenance::Ledger& ledger,
                       Surroundings surroundings)
    : m_name(name)
    , m_config(config)
    , m_events(events)
    , m_surroundings(std::move(surroundings))
    , m_organization(config.organization)
    , m_transport(config.transport, Nanoseconds(clock.Read(0)))
{
    BuildDirectory(seed, host.Actor(), ledger);
    if (config.sends)
    {
        BuildServer(host, std::move(start), clock, seed, ledger);
    }
    BuildConnectors(host, clock, seed, ledger);
}

MailSystem::~MailSystem() = default;

void
MailSystem::BuildDirectory(std::uint64_t seed,
                           provenance::ActorId actor,
                           provenance::Ledger& ledger)
{
    if (!m_config.directory)
    {
        return;
    }
    m_directory = std::make_unique<service::DirectoryService>(
        *m_config.directory,
        seed,
        m_name + "/directory",
        [this](const service::LoadSample& sample) { Publish(sample); });
    m_watch =
        std::make_unique<host::DirectoryWatch>(*m_directory, *m_config.directory, actor, ledger);
}

void
MailSystem::BuildServer(host::Host& host,
                        mail::QueueStart start,
                        const HostClock& clock,
                        std::uint64_t seed,
                        provenance::Ledger& ledger)
{
    m_truth = std::make_unique<host::MailTruth>(host.Actor(),
                                                ledger,
                                                m_config.organization.relayDomains,
                                                m_surroundings.forgeries);
    m_server = std::make_unique<host::MailServer>(
        host,
        m_config.hostname,
        m_config.sends->value,
        start,
        clock,
        seed,
        m_surroundings.resolve,
        [this](const std::string& mailbox, const host::MailServer::Answer& answer)
        { LookUp(mailbox, answer); },
        host::MailServer::Handlers{
            [this](const mail::QueueEvent& event) { OnQueueEvent(event); },
            [this](const mail::DeliveryOrder& order, const std::string& mailbox) {
                Publish(host::StoredEvent{order, mailbox});
            },
            [this](std::uint64_t delivery, provenance::CauseId cause) {
                Publish(host::BlameEvent{delivery, cause});
            },
            [this](const host::SendingMta::Peer& peer)
            { return std::make_unique<OutgoingSession>(*this, peer); }});
}

void
MailSystem::BuildConnectors(host::Host& host,
                            const HostClock& clock,
                            std::uint64_t seed,
                            provenance::Ledger& ledger)
{
    for (const auto& [connectorName, connector] : m_config.connectors)
    {
        std::optional<connector::FilterConfig> filter;
        if (connector.filter)
        {
            filter = connector.filter->value;
        }
        host::ConnectorServer::Surroundings surroundings;
        surroundings.directory = m_watch.get();
        if (m_server)
        {
            const auto& domains = m_config.organization.acceptedDomains;
            surroundings.mailDomain = domains.empty() ? std::string() : domains.front();
            surroundings.onAccepted = [this](const host::ConnectorServer::Accepted& accepted)
            { Take(accepted); };
        }
        m_connectors.push_back(std::make_unique<host::ConnectorServer>(host,
                                                                       connectorName,
                                                                       connector.port,
                                                                       m_config.hostname,
                                                                       m_config.serves->value,
                                                                       connector.policy.value,
                                                                       filter,
                                                                       m_organization,
                                                                       m_transport,
                                                                       m_events,
                                                                       clock,
                                                                       seed,
                                                                       ledger,
                                                                       std::move(surroundings)));
    }
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
MailSystem::Take(const host::ConnectorServer::Accepted& accepted)
{
    const smtp::ConnectionInfo& connection = accepted.connection;
    m_truth->Expect({EndpointText(connection.client, connection.clientPort),
                     EndpointText(connection.server, connection.serverPort),
                     std::string(accepted.user)});
    mail::Arrival arrival = accepted.arrival;
    const std::string name = m_surroundings.reverseName(connection.client);
    if (!name.empty())
    {
        arrival.clientName = name;
    }
    m_taken = accepted.internalId;
    m_server->Take(accepted.envelope, accepted.content, arrival);
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
    for (const auto& connector : m_connectors)
    {
        connector->SetQueueOnDisk(
            static_cast<std::uint32_t>(std::min<std::uint64_t>(100, queued * 100 / capacity)));
    }
}

void
MailSystem::OnQueueEvent(const mail::QueueEvent& event)
{
    m_truth->OnQueueEvent(event);
    NoteQueue(event);
    if (event.kind != mail::QueueEvent::Kind::NewMessage)
    {
        Publish(event);
        return;
    }
    // What users and the queue itself submit is numbered like what comes in by SMTP.
    mail::QueueEvent numbered = event;
    numbered.internalId = m_taken != 0 ? std::exchange(m_taken, 0) : m_transport.NextMessage();
    Publish(numbered);
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

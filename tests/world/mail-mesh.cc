#include "tests/world/mail-mesh.h"

#include "formats/endpoint.h"
#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"
#include "tests/mail/persona-file.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <utility>

namespace bouncelab::test
{

namespace
{

constexpr std::int64_t SECOND = 1000000000;
constexpr std::int64_t LIFETIME_S = 9000;
constexpr const char* ASTRAY = "astray.example";

/// A pairing of programs as shipped: what sends, what serves, by which rules.
struct MeshKind
{
    mail::MtaPersona sends;
    smtp::ServerPersona serves;
    connector::ReceiveConnectorConfig policy;
};

MeshKind
ReadKind(const std::string& mta, const std::string& server, const std::string& connector)
{
    return {ReadMta(mta),
            ReadPersona<smtp::ServerPersona>("servers", server),
            ReadPersona<connector::ReceiveConnectorConfig>("connectors", connector)};
}

const std::vector<MeshKind>&
Kinds()
{
    static const std::vector<MeshKind> kinds{
        ReadKind("postfix", "postfix", "unix-mta"),
        ReadKind("sendmail", "sendmail", "unix-mta"),
        ReadKind("exchange-2000", "exchange-2000", "exchange-2000"),
        ReadKind("exchange-2010", "exchange-2010", "exchange-2010-internet")};
    return kinds;
}

} // namespace

struct MailMesh::Node
{
    scenario::HostConfig config;
    std::string name;
    std::unique_ptr<host::Host> host;
    std::unique_ptr<world::MailSystem> system;
    std::size_t astray = 0; //!< Where it sends what is for nobody.
    /// By domain: the host that it tries where the domain's own does not take mail; may be that.
    std::vector<std::size_t> alternates;
};

MailMesh::MailMesh(std::uint64_t seed)
    : m_seed(seed)
    , m_random(seed, "mesh")
    , m_lossPerMillion(m_random.Chance(300000) ? 0 : m_random.Below(60000))
    , m_resetsPerMillion(m_random.Chance(300000) ? 0 : m_random.Below(30000))
{
    m_events.Subscribe([this](const host::Event& event) { OnEvent(event); });
    const std::size_t nodes = 2 + m_random.Below(3);
    for (std::size_t i = 0; i < nodes; ++i)
    {
        AddNode(i);
    }
    for (const auto& node : m_nodes)
    {
        node->astray = m_random.Below(nodes);
        for (std::size_t i = 0; i < nodes; ++i)
        {
            node->alternates.push_back(m_random.Chance(500000) ? i : m_random.Below(nodes));
        }
    }
}

MailMesh::~MailMesh()
{
    for (const auto& node : m_nodes)
    {
        node->host->SetWire([](const path::WirePacket&) {});
        node->system.reset();
    }
    ns3::Simulator::Destroy();
}

std::string
MailMesh::DomainOf(std::size_t index)
{
    return "h" + std::to_string(index) + ".example";
}

void
MailMesh::AddNode(std::size_t index)
{
    m_nodes.push_back(std::make_unique<Node>());
    Node& node = *m_nodes.back();
    const MeshKind& kind = Kinds()[m_random.Below(Kinds().size())];
    node.name = "h" + std::to_string(index);
    scenario::HostConfig& config = node.config;
    config.address = Ipv4{0x0A000001 + static_cast<std::uint32_t>(index) * 256};
    config.hostname = "mail." + DomainOf(index);
    config.start.firstIsn = 1;
    config.sends.emplace();
    config.sends->value = kind.sends;
    mail::QueuePersona& queue = config.sends->value.queue;
    queue.hopLimit = static_cast<std::uint32_t>(m_random.Between(2, 8));
    queue.lifetime = Nanoseconds(m_random.Between(0, LIFETIME_S) * SECOND);
    m_highestLimit = std::max(m_highestLimit, queue.hopLimit);
    config.serves.emplace();
    config.serves->value = kind.serves;
    scenario::ConnectorConfig& smtp = config.connectors["smtp"];
    smtp.policy.value = kind.policy;
    smtp.policy.value.recipientLookup = m_random.Chance(500000);
    if (m_random.Chance(400000))
    {
        smtp.policy.value.grantedToAnonymous = {connector::Permission::AcceptAnyRecipient};
    }
    config.organization.acceptedDomains = {DomainOf(index), config.hostname};
    config.organization.mailboxes = {"user@" + DomainOf(index), "postmaster@" + DomainOf(index)};
    if (m_random.Chance(500000))
    {
        config.organization.relayDomains = {ASTRAY};
    }
    config.transport.queueCapacity =
        m_random.Chance(500000) ? static_cast<std::uint32_t>(m_random.Between(1, 3)) : 0;
    if (m_random.Chance(300000))
    {
        config.directory.emplace();
        config.directory->meanUptime = Nanoseconds(m_random.Between(500, 5000) * SECOND);
        config.directory->meanRepair = Nanoseconds(m_random.Between(10, 2000) * SECOND);
        config.directory->sampleInterval = Nanoseconds(LIFETIME_S * SECOND);
    }

    node.host = std::make_unique<host::Host>(
        node.name,
        config.address,
        config.stack.value,
        config.start,
        host::HostContext{
            m_seed,
            m_ledger,
            {WallTime(std::chrono::seconds(1016834400)), Nanoseconds(0), Nanoseconds(1), 0}});
    node.host->SetWire([this, index](const path::WirePacket& packet) { Carry(index, packet); });
    node.system = std::make_unique<world::MailSystem>(
        *node.host,
        node.config,
        mail::QueueStart{},
        m_events,
        world::MailSystem::Context{[this, &node](const mail::DeliveryOrder& order,
                                                 const host::SendingMta::RouteHandler& answer)
                                   {
                                       const std::size_t to = TakerOf(node, order.domain);
                                       std::vector<host::SendingMta::Peer> peers;
                                       for (const std::size_t taker : {to, node.alternates[to]})
                                       {
                                           const scenario::HostConfig& config =
                                               m_nodes[taker]->config;
                                           peers.push_back({config.address, 25, config.hostname});
                                       }
                                       peers.resize(node.alternates[to] == to ? 1 : 2);
                                       answer({peers});
                                   },
                                   [](const IpAddress&) { return std::string(); },
                                   [](std::string_view) { return provenance::CauseId{0}; }});
}

/// The host that a node tries first for a domain.
std::size_t
MailMesh::TakerOf(const Node& node, const std::string& domain) const
{
    std::size_t to = node.astray;
    for (std::size_t i = 0; i < m_nodes.size(); ++i)
    {
        to = domain == DomainOf(i) || domain == "mail." + DomainOf(i) ? i : to;
    }
    return to;
}

std::string
MailMesh::RandomAddress()
{
    const std::string domain = DomainOf(m_random.Below(m_nodes.size()));
    const std::string other = DomainOf(m_random.Below(m_nodes.size()));
    switch (m_random.Below(7))
    {
    case 0:
        return "nobody@" + domain;
    case 1:
        return "user%" + other + "@" + domain;
    case 2:
        return std::string("user@") + ASTRAY;
    default:
        return "user@" + domain;
    }
}

void
MailMesh::Submit()
{
    const std::string sender = m_random.Chance(150000) ? std::string() : RandomAddress();
    const std::string messageId = "<" + std::to_string(m_fates.All().size()) + "@mesh>";
    mail::Submission submission;
    submission.envelope = {sender, {RandomAddress()}};
    submission.content =
        std::make_shared<const std::string>("Message-ID: " + messageId + "\nSubject: test\n\n" +
                                            std::string(m_random.Below(6000), 'x') + "\n");
    Node& node = *m_nodes[m_random.Below(m_nodes.size())];
    if (!node.host->IsDown())
    {
        node.system->Submit(submission);
    }
}

void
MailMesh::Run()
{
    for (auto messages = m_random.Between(1, 8); messages > 0; --messages)
    {
        ns3::Simulator::Schedule(ns3::NanoSeconds(m_random.Between(0, 20 * SECOND)),
                                 [this] { Submit(); });
    }
    for (auto restarts = m_random.Below(4); restarts > 0; --restarts)
    {
        const std::size_t index = m_random.Below(m_nodes.size());
        const Nanoseconds down(m_random.Between(0, 100 * SECOND));
        const std::int64_t at = m_random.Chance(700000) ? m_random.Between(0, 25 * SECOND)
                                                        : m_random.Between(0, LIFETIME_S * SECOND);
        ns3::Simulator::Schedule(ns3::NanoSeconds(at),
                                 [this, index, down]
                                 {
                                     if (!m_nodes[index]->host->IsDown())
                                     {
                                         ++m_restarts;
                                         m_nodes[index]->host->Restart(down);
                                     }
                                 });
    }
    for (auto retries = m_random.Below(4); retries > 0; --retries)
    {
        const std::size_t index = m_random.Below(m_nodes.size());
        const std::string domain = m_random.Chance(500000) ? "" : DomainOf(index);
        ns3::Simulator::Schedule(ns3::NanoSeconds(m_random.Between(0, LIFETIME_S * SECOND)),
                                 [this, index, domain]
                                 { m_nodes[index]->system->RetryNow(domain); });
    }
    constexpr std::int64_t LONG_ENOUGH = 40 * LIFETIME_S;
    ns3::Simulator::Stop(ns3::Seconds(LONG_ENOUGH));
    ns3::Simulator::Run();
}

std::size_t
MailMesh::Queued() const
{
    std::size_t queued = 0;
    for (const auto& node : m_nodes)
    {
        queued += node->system->QueuedMessages();
    }
    return queued;
}

void
MailMesh::Carry(std::size_t from, const path::WirePacket& packet)
{
    if (m_random.Chance(m_lossPerMillion))
    {
        ++m_lost;
        return;
    }
    const auto delayOf = [this](std::size_t a, std::size_t b)
    {
        return 1000000 + static_cast<std::int64_t>(
                             Mix(m_seed + std::max(a, b) * 16 + std::min(a, b)) % 40000000);
    };
    for (std::size_t to = 0; to < m_nodes.size(); ++to)
    {
        if (m_nodes[to]->config.address == packet.header.GetDestination())
        {
            ns3::Simulator::Schedule(ns3::NanoSeconds(delayOf(from, to)),
                                     [this, to, packet] { m_nodes[to]->host->Receive(packet); });
        }
    }
    if (m_random.Chance(m_resetsPerMillion))
    {
        Reset(packet);
    }
}

/// A machine on the path resets the connection at both ends, right after a segment.
void
MailMesh::Reset(const path::WirePacket& packet)
{
    std::vector<std::uint8_t> octets;
    const auto seen = path::ReadSegment(packet, octets);
    if (!seen || !seen->Has(tcp::ACK) || seen->Has(tcp::SYN) || seen->Has(tcp::RST))
    {
        return;
    }
    ++m_resets;
    const auto send = [&](bool forward)
    {
        TcpSegment reset;
        reset.flags = tcp::RST;
        reset.sourcePort = forward ? seen->sourcePort : seen->destinationPort;
        reset.destinationPort = forward ? seen->destinationPort : seen->sourcePort;
        reset.sequence = forward ? seen->sequence + seen->SequenceLength() : seen->acknowledgment;
        const IpAddress source =
            forward ? packet.header.GetSource() : packet.header.GetDestination();
        const IpAddress destination =
            forward ? packet.header.GetDestination() : packet.header.GetSource();
        path::WirePacket forged = path::PacketOf(reset, {}, source, destination);
        forged.payload->AddPacketTag(
            provenance::OriginTag(m_ledger.Born(0, m_ledger.NewCause(), true)));
        forged.header.SetTtl(60);
        for (const auto& node : m_nodes)
        {
            if (node->config.address == destination)
            {
                ns3::Simulator::Schedule(ns3::MilliSeconds(45),
                                         [&node = *node, forged] { node.host->Receive(forged); });
            }
        }
    };
    send(true);
    send(false);
}

void
MailMesh::OnEvent(const host::Event& event)
{
    if (const auto* refusal = event.As<connector::RefusalEvent>())
    {
        m_refusals += refusal->refusal == connector::Refusal::BackPressure ? 1 : 0;
    }
    const auto* queue = event.As<mail::QueueEvent>();
    if (queue && queue->kind == mail::QueueEvent::Kind::DeliveryResult &&
        queue->channel == mail::Channel::Remote && queue->outcome == mail::DeliveryOutcome::Success)
    {
        const Node& node = *m_nodes[std::stoul(std::string(event.place.substr(1)))];
        const std::string domain = queue->recipient.substr(queue->recipient.rfind('@') + 1);
        const IpAddress first = m_nodes[TakerOf(node, domain)]->config.address;
        m_failovers += queue->server == EndpointText(first, 25) ? 0 : 1;
    }
    m_fates.OnEvent(event);
}

} // namespace bouncelab::test

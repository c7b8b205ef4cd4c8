#include "tests/world/mail-mesh.h"

#include "formats/endpoint.h"
#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"
#include "tests/mail/persona-file.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <map>
#include <utility>

namespace bouncelab::test
{

namespace
{

constexpr std::int64_t SECOND = 1000000000;
constexpr std::int64_t LIFETIME_S = 9000;
constexpr std::int64_t END_S = 40 * LIFETIME_S;
/// The longest steps between attempts are an hour and some, an attempt may take as long, and so
/// long may a disk be full.
constexpr std::chrono::hours LONGEST_BEYOND(4);
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

/// Reports of qmail have no Message-ID, by which fates are told apart: it is in the network of
/// queues (tests/mail).
const std::vector<MeshKind>&
Kinds()
{
    static const std::vector<MeshKind> kinds{
        ReadKind("postfix", "postfix", "unix-mta"),
        ReadKind("sendmail", "sendmail", "unix-mta"),
        ReadKind("exchange-5.5", "exchange-5.5", "exchange-5.5"),
        ReadKind("exchange-2000", "exchange-2000", "exchange-2000"),
        ReadKind("exchange-2003", "exchange-2003", "exchange-2003"),
        ReadKind("exchange-2010", "exchange-2010", "exchange-2010-internet")};
    return kinds;
}

} // namespace

/// A clock that is set now and then.
class MailMesh::Clock final : public ClockCourse
{
  public:
    Clock(std::uint64_t seed, const std::string& name)
    {
        tests::DrawSequence random(seed, "clock/" + name);
        for (auto left = random.Below(4); left > 0; --left)
        {
            const std::int64_t at = random.Between(1, LIFETIME_S);
            m_steps[SimTime(std::chrono::seconds(at))] =
                std::chrono::seconds(random.Between(-2000, 2000));
        }
    }

    Nanoseconds OffsetAt(SimTime time) const override
    {
        Nanoseconds offset{0};
        for (auto step = m_steps.begin(); step != m_steps.end() && step->first <= time; ++step)
        {
            offset += step->second;
        }
        return offset;
    }

    Nanoseconds SetBy() const
    {
        Nanoseconds sum{0};
        for (const auto& [at, by] : m_steps)
        {
            sum += std::chrono::abs(by);
        }
        return sum;
    }

  private:
    std::map<SimTime, Nanoseconds> m_steps;
};

struct MailMesh::Node
{
    scenario::HostConfig config;
    std::string name;
    std::unique_ptr<Clock> clock;
    std::unique_ptr<host::Host> host;
    std::unique_ptr<world::MailSystem> system;
    std::size_t astray = 0; //!< Where it sends what is for nobody.
    /// By domain: the host that it tries where the domain's own does not take mail; may be that.
    std::vector<std::size_t> alternates;
};

MailMesh::MailMesh(std::uint64_t seed, MeshFaults faults)
    : m_seed(seed)
    , m_faults(faults)
    , m_random(seed, "mesh")
    , m_packets(seed, "packets")
    , m_names(seed, "names")
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
    tests::DrawSequence power(m_seed, "power/" + node.name);
    config.sends->value.queue.sync = !Has(MeshFault::PowerLoss) || power.Chance(500000);
    config.disk.writeBack = std::chrono::seconds(power.Below(100));
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
    ConfigureDisk(config);
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

    node.clock = std::make_unique<Clock>(m_seed, node.name);
    HostClock clock{WallTime(std::chrono::seconds(1016834400)), Nanoseconds(0), Nanoseconds(1), 0};
    clock.course = Has(MeshFault::Clocks) ? node.clock.get() : nullptr;
    node.host = std::make_unique<host::Host>(node.name,
                                             config.address,
                                             config.stack.value,
                                             config.start,
                                             host::HostContext{m_seed, m_ledger, clock});
    node.host->SetWire([this, index](const path::WirePacket& packet) { Carry(index, packet); });
    BuildSystem(node);
}

/// What others have on it comes and goes; in the end there is room.
void
MailMesh::ConfigureDisk(scenario::HostConfig& config)
{
    tests::DrawSequence random(m_seed, "disk/" + config.hostname);
    if (!Has(MeshFault::Disks) || random.Chance(500000))
    {
        return;
    }
    config.serves->value.limits.freeSpace = random.Chance(300000) ? 0 : random.Between(1, 20000);
    host::DiskConfig& disk = config.disk;
    disk.capacity = static_cast<std::uint64_t>(random.Between(120000, 300000));
    std::int64_t at = 0;
    for (auto left = random.Between(1, 3); left > 0; --left)
    {
        at += random.Between(0, LIFETIME_S / 6);
        const std::uint64_t free = random.Below(20000);
        disk.otherUse.push_back({std::chrono::seconds(at), disk.capacity - free});
        at += random.Between(1, LIFETIME_S / 6);
        disk.otherUse.push_back({std::chrono::seconds(at), 0});
    }
}

void
MailMesh::BuildSystem(Node& node)
{
    node.system = std::make_unique<world::MailSystem>(
        *node.host,
        node.config,
        mail::QueueStart{},
        m_events,
        world::MailSystem::Context{[this, &node](const mail::DeliveryOrder& order,
                                                 const host::SendingMta::RouteHandler& answer)
                                   { Resolve(node, order, answer); },
                                   [](const IpAddress&) { return std::string(); },
                                   [](std::string_view) { return provenance::CauseId{0}; }});
}

void
MailMesh::Resolve(const Node& node,
                  const mail::DeliveryOrder& order,
                  const host::SendingMta::RouteHandler& answer)
{
    const bool fails = m_names.Chance(100000);
    const std::int64_t takes = m_names.Chance(200000) ? m_names.Between(1, 8 * SECOND) : 0;
    host::SendingMta::Route route;
    route.lookupFailed = fails && Has(MeshFault::Names);
    if (!route.lookupFailed)
    {
        const std::size_t to = TakerOf(node, order.domain);
        for (const std::size_t taker : {to, node.alternates[to]})
        {
            const scenario::HostConfig& config = m_nodes[taker]->config;
            route.peers.push_back({config.address, 25, config.hostname});
        }
        route.peers.resize(node.alternates[to] == to ? 1 : 2);
    }
    if (takes == 0 || !Has(MeshFault::Names))
    {
        answer(route);
        return;
    }
    Schedule(takes, [answer, route] { answer(route); });
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
    const std::string messageId = "<" + std::to_string(++m_submitted) + "@mesh>";
    std::vector<std::string> recipients{RandomAddress()};
    while (m_random.Chance(300000))
    {
        const std::string further = RandomAddress();
        if (std::find(recipients.begin(), recipients.end(), further) == recipients.end())
        {
            recipients.push_back(further);
        }
    }
    mail::Submission submission;
    submission.envelope = {sender, recipients};
    submission.content =
        std::make_shared<const std::string>("Message-ID: " + messageId + "\nSubject: test\n\n" +
                                            std::string(m_random.Below(6000), 'x') + "\n");
    m_nodes[m_random.Below(m_nodes.size())]->system->Submit(submission);
}

template <class Event>
void
MailMesh::Schedule(std::int64_t at, Event event)
{
    ns3::Simulator::Schedule(ns3::NanoSeconds(at), std::move(event));
}

void
MailMesh::Run()
{
    for (auto messages = m_random.Between(1, 8); messages > 0; --messages)
    {
        Schedule(m_random.Between(0, 20 * SECOND), [this] { Submit(); });
    }
    PlanEnds();
    PlanPartitions();
    PlanImpatience();
    ns3::Simulator::Stop(ns3::NanoSeconds(END_S * SECOND));
    ns3::Simulator::Run();
}

/// Of programs in order, and of hosts.
void
MailMesh::PlanEnds()
{
    for (const MeshFault fault : {MeshFault::PowerLoss, MeshFault::Restarts})
    {
        const bool isPower = fault == MeshFault::PowerLoss;
        tests::DrawSequence random(m_seed, isPower ? "power" : "restarts");
        for (auto left = Has(fault) ? random.Below(4) : 0; left > 0; --left)
        {
            Node& node = *m_nodes[random.Below(m_nodes.size())];
            const Nanoseconds down(random.Between(0, 100 * SECOND));
            const std::int64_t at = random.Chance(700000) ? random.Between(0, 25 * SECOND)
                                                          : random.Between(0, LIFETIME_S * SECOND);
            if (isPower)
            {
                Schedule(at, [&node, down] { node.system->LosePower(down); });
                continue;
            }
            Schedule(at, [&node] { node.system->Stop(); });
            Schedule(at + down.count(), [&node] { node.system->Resume(); });
        }
    }
}

void
MailMesh::PlanPartitions()
{
    tests::DrawSequence random(m_seed, "partitions");
    for (auto left = Has(MeshFault::Partitions) ? random.Below(3) : 0; left > 0; --left)
    {
        Partition& partition = m_partitions.emplace_back();
        partition.one = random.Below(m_nodes.size());
        partition.other = random.Below(m_nodes.size());
        partition.from = random.Between(0, 60 * SECOND);
        partition.until = partition.from + random.Between(0, LIFETIME_S * SECOND);
    }
}

void
MailMesh::PlanImpatience()
{
    tests::DrawSequence random(m_seed, "impatience");
    for (auto left = Has(MeshFault::Impatience) ? random.Below(4) : 0; left > 0; --left)
    {
        const std::size_t index = random.Below(m_nodes.size());
        const std::string domain = random.Chance(500000) ? "" : DomainOf(index);
        Schedule(random.Between(0, LIFETIME_S * SECOND),
                 [this, index, domain] { m_nodes[index]->system->RetryNow(domain); });
    }
}

Nanoseconds
MailMesh::LongestBeyond() const
{
    Nanoseconds beyond = m_fates.LongestStay(SimTime(std::chrono::seconds(END_S))) -
                         std::chrono::seconds(LIFETIME_S);
    for (const auto& node : m_nodes)
    {
        beyond -= Has(MeshFault::Clocks) ? node->clock->SetBy() : Nanoseconds(0);
    }
    return beyond;
}

std::string
MailMesh::Fault() const
{
    for (const MailFate& fate : m_fates.All())
    {
        if (const std::string fault = fate.Fault(); !fault.empty())
        {
            return fate.messageId + ": " + fault;
        }
    }
    return Queued() > 0                       ? "a queue never empties"
           : MostHops() > HighestLimit() + 1  ? "a loop goes on"
           : LongestBeyond() > LONGEST_BEYOND ? "a message stays too long"
                                              : std::string();
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
    const bool isLost = m_packets.Chance(m_lossPerMillion);
    const bool isReset = m_packets.Chance(m_resetsPerMillion);
    const bool isDoubled = m_packets.Chance(30000);
    if (isLost && Has(MeshFault::Loss))
    {
        ++m_lost;
        return;
    }
    for (std::size_t to = 0; to < m_nodes.size(); ++to)
    {
        if (m_nodes[to]->config.address == packet.header.GetDestination())
        {
            Deliver(from, to, packet);
            if (isDoubled && Has(MeshFault::Disorder))
            {
                Deliver(from, to, packet);
            }
        }
    }
    if (isReset && Has(MeshFault::Resets))
    {
        Reset(packet);
    }
}

void
MailMesh::Deliver(std::size_t from, std::size_t to, const path::WirePacket& packet)
{
    const std::int64_t now = ns3::Simulator::Now().GetNanoSeconds();
    const bool isLate = m_packets.Chance(50000);
    const std::int64_t late = m_packets.Between(0, 3 * SECOND);
    const auto stands = [&](const Partition& partition)
    {
        return std::minmax(partition.one, partition.other) == std::minmax(from, to) &&
               partition.from <= now && now < partition.until;
    };
    if (std::any_of(m_partitions.begin(), m_partitions.end(), stands))
    {
        return;
    }
    const std::int64_t delay =
        1000000 + static_cast<std::int64_t>(
                      Mix(m_seed + std::max(from, to) * 16 + std::min(from, to)) % 40000000);
    Schedule(delay + (isLate && Has(MeshFault::Disorder) ? late : 0),
             [this, to, packet] { m_nodes[to]->host->Receive(packet); });
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
        m_diskFull += refusal->refusal == connector::Refusal::DiskFull ? 1 : 0;
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
    m_restarts += queue && queue->kind == mail::QueueEvent::Kind::Stopped ? 1 : 0;
    m_fates.OnEvent(event);
}

} // namespace bouncelab::test

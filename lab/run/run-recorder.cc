#include "lab/run/run-recorder.h"

#include "formats/dialects.h"
#include "formats/endpoint.h"
#include "lab/scenario/topology.h"
#include "lab/truth/outcome-label.h"
#include "models/provenance/sim-now.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <filesystem>
#include <tuple>
#include <type_traits>

namespace bouncelab::run
{

namespace
{

/// How long a message that its queue is through with is kept: a copy may still arrive, or be lost.
Nanoseconds
FateGrace(const scenario::Scenario& scenario)
{
    Nanoseconds grace = std::chrono::seconds(10);
    for (const auto& [name, host] : scenario.hosts)
    {
        if (!host.powerLoss.empty() && host.sends && !host.sends->value.queue.sync)
        {
            grace = std::max(grace, host.disk.writeBack);
        }
    }
    return grace;
}

std::string
RunId(const RunSpec& spec, const scenario::Scenario& scenario)
{
    return scenario.name + "/" + spec.variant + "/" + std::to_string(spec.seed);
}

/// What snort takes for its own side (`-h`): the 256 addresses around the site's host, or else
/// around who captures.
evidence::HomeNet
HomeOf(const scenario::Scenario& scenario, const std::string& place)
{
    const scenario::Topology topology = scenario::TopologyOf(scenario);
    const auto node = topology.nodes.find(scenario.site.from.empty() ? place : scenario.site.from);
    if (node != topology.nodes.end())
    {
        return {node->second.interfaces.front().address.AsIpv4(), 24};
    }
    const auto network = topology.networks.find(place);
    const auto end = network != topology.networks.end() && !network->second.members.empty()
                         ? network->second.members.front()
                         : topology.InterfaceAt(place);
    return end ? evidence::HomeNet{topology.At(*end).address.AsIpv4(), 24} : evidence::HomeNet{};
}

std::filesystem::path
Made(const std::filesystem::path& folder)
{
    std::filesystem::create_directories(folder);
    return folder;
}

} // namespace

RunRecorder::RunRecorder(const RunSpec& spec, const scenario::Scenario& scenario)
    : m_spec(spec)
    , m_scenario(scenario)
    , m_labels(Made(spec.out / "truth") / "labels.jsonl", RunId(spec, scenario))
{
}

RunRecorder::~RunRecorder() = default;

bool
RunRecorder::Wanted(const std::string& vantage) const
{
    if (m_spec.vantages.empty())
    {
        return true;
    }
    for (const std::string& wanted : m_spec.vantages)
    {
        const auto config = m_scenario.vantages.find(wanted);
        if (wanted == vantage ||
            (config != m_scenario.vantages.end() &&
             std::count(config->second.unionOf.begin(), config->second.unionOf.end(), vantage) > 0))
        {
            return true;
        }
    }
    return false;
}

void
RunRecorder::RecordLogged(const std::string& host,
                          const std::string& vantage,
                          const smtp::ConnectionInfo& connection)
{
    provenance::Action action;
    action.time = SimNow();
    action.kind = "flow";
    action.classLabel = "ordinary";
    action.actor = m_ledger->RegisterActor(host);
    action.did = TruthEvent::Logged;
    action.params = {{"vantage", vantage},
                     {"client", EndpointText(connection.client, connection.clientPort)},
                     {"server", EndpointText(connection.server, connection.serverPort)}};
    m_labels.Record(action);
}

evidence::VantageFolder&
RunRecorder::FolderOf(const std::string& vantage)
{
    auto& folder = m_folders[vantage];
    if (!folder)
    {
        folder = std::make_unique<evidence::VantageFolder>(m_spec.out / "evidence" / vantage);
    }
    return *folder;
}

void
RunRecorder::Attach(world::World& world)
{
    for (const auto& [name, config] : m_scenario.vantages)
    {
        if (config.tcpdumpText)
        {
            OpenPrinter(name, config, world);
        }
        if (!config.unionOf.empty() || !Wanted(name))
        {
            continue;
        }
        if (config.capture && m_spec.capture)
        {
            OpenCapture(name, config, world);
        }
        // What a real program writes is not of our making.
        if (m_spec.live.count(config.place) == 0)
        {
            OpenLogs(name, config, world);
        }
    }
}

HostClock
RunRecorder::ClockOf(const scenario::VantageConfig& config, const world::World& world) const
{
    const std::string machine = scenario::NodesOf(m_scenario).MachineAt(config.place);
    return m_scenario.hosts.count(machine) > 0 ? world.ClockOf(machine) : world.RightClock();
}

void
RunRecorder::OpenCapture(const std::string& name,
                         const scenario::VantageConfig& config,
                         world::World& world)
{
    const HostClock clock = CaptureClockOf(config, world);
    m_recorders.push_back(
        std::make_unique<VantageRecorder>(name,
                                          config,
                                          DrawsOf(name),
                                          clock,
                                          HomeOf(m_scenario, config.place),
                                          FolderOf(name),
                                          m_spec.out / "truth" / ("annotated-" + name + ".pcapng"),
                                          m_labels,
                                          ReceivingAt(config.place)));
    Watch(config, world, m_recorders.back()->Tap());
}

/// Also where its text is not kept: that it asks for names is part of what happens.
void
RunRecorder::OpenPrinter(const std::string& name,
                         const scenario::VantageConfig& config,
                         world::World& world)
{
    const bool isKept = Wanted(name) && m_spec.capture;
    m_printers.push_back(std::make_unique<PacketPrinter>(
        config,
        DrawsOf(name),
        CaptureClockOf(config, world),
        ReceivingAt(config.place),
        isKept ? &FolderOf(name).Open("tcpdump.txt") : nullptr,
        [&world, place = config.place](IpAddress address, PacketPrinter::NameHandler onName)
        { world.AskName(place, address, std::move(onName)); }));
    Watch(config, world, m_printers.back()->Tap());
}

DrawKey
RunRecorder::DrawsOf(const std::string& vantage) const
{
    return DrawKey(m_spec.seed, "vantage/" + vantage);
}

path::Direction
RunRecorder::ReceivingAt(const std::string& place) const
{
    const scenario::Topology topology = scenario::TopologyOf(m_scenario);
    const auto end = topology.PlaceOf(place);
    return end && topology.BeginsLine(*end) ? path::Direction::Inbound : path::Direction::Outbound;
}

HostClock
RunRecorder::CaptureClockOf(const scenario::VantageConfig& config, const world::World& world) const
{
    HostClock clock = ClockOf(config, world);
    clock.offset += config.clockOffset;
    clock.resolution = config.clockResolution;
    return clock;
}

void
RunRecorder::Watch(const scenario::VantageConfig& config, world::World& world, FrameTap& tap)
{
    world.Observe(
        config.place,
        config.side,
        [&tap](path::Direction direction, const path::WirePacket& packet)
        { tap.Pass(direction, packet); },
        [&tap](const path::EthernetFrame& frame, bool received) { tap.Pass(frame, received); });
}

bool
RunRecorder::IsKept(const Dialect& dialect, const scenario::VantageConfig& config) const
{
    static const std::map<std::string_view, bool scenario::VantageConfig::*> FLAGS{
        {"bounces", &scenario::VantageConfig::bounces},
        {"client-errors", &scenario::VantageConfig::clientErrors},
        {"directory-load", &scenario::VantageConfig::directoryLoad},
        {"exchange-logs", &scenario::VantageConfig::exchangeLogs},
        {"firewall-log", &scenario::VantageConfig::firewallLog},
        {"inspections", &scenario::VantageConfig::inspections},
        {"list-pages", &scenario::VantageConfig::listPages},
        {"mail-log", &scenario::VantageConfig::mailLog},
        {"probe-log", &scenario::VantageConfig::probeLog},
        {"query-log", &scenario::VantageConfig::queryLog},
        {"relay-transcripts", &scenario::VantageConfig::relayTranscripts},
        {"send-log", &scenario::VantageConfig::sendLog},
        {"windows-events", &scenario::VantageConfig::windowsEvents}};
    if (dialect.key == "traceroutes")
    {
        return config.place == scenario::GATEWAY_INSIDE && !m_scenario.programs.traceroutes.empty();
    }
    const auto flag = FLAGS.find(dialect.key);
    return flag != FLAGS.end() && config.*flag->second &&
           dialect.IsOf(ProgramOf(dialect, config.place));
}

/// What the personas of a host say of the log that a vantage's key asks for.
std::string
RunRecorder::ProgramOf(const Dialect& dialect, const std::string& place) const
{
    const auto host = m_scenario.hosts.find(place);
    if (host == m_scenario.hosts.end())
    {
        return {};
    }
    const auto& [sends, serves] = std::tie(host->second.sends, host->second.serves);
    const bool isServers = dialect.key == "exchange-logs" || dialect.key == "send-log";
    return std::string(dialect.key == "mail-log" && sends ? NameOf(sends->value.log)
                       : isServers && serves              ? NameOf(serves->value.log)
                                                          : "");
}

evidence::LogPlace
RunRecorder::PlaceOf(const std::string& name,
                     const scenario::VantageConfig& config,
                     const world::World& world)
{
    evidence::LogPlace place{FolderOf(name), ClockOf(config, world)};
    place.seed = m_spec.seed;
    place.name = config.place;
    place.reverseName = [&world](IpAddress address) { return world.ReverseNameOf(address); };
    place.onSession = [this, host = config.place, name](const smtp::ConnectionInfo& connection)
    { RecordLogged(host, name, connection); };
    if (const auto host = m_scenario.hosts.find(config.place); host != m_scenario.hosts.end())
    {
        place.hostname = host->second.hostname;
        place.address = host->second.address;
        place.uptime = host->second.start.uptime;
        for (const auto& [connectorName, connector] : host->second.connectors)
        {
            place.hasFilter = place.hasFilter || connector.filter.has_value();
        }
    }
    if (config.firewallLog)
    {
        place.gateway = GatewayAt(config.place);
    }
    return place;
}

evidence::GatewayFacts
RunRecorder::GatewayAt(const std::string& place) const
{
    const scenario::Topology nodes = scenario::NodesOf(m_scenario);
    evidence::GatewayFacts facts;
    facts.name = nodes.GatewayAt(place);
    const scenario::Topology::Node& gateway = nodes.nodes.at(facts.name);
    for (const scenario::Topology::Interface& interface : gateway.interfaces)
    {
        if (interface.leadsOut)
        {
            facts.outside = interface.address;
        }
        else if (!interface.network.empty())
        {
            facts.card = facts.inside.empty() ? interface.mac : facts.card;
            facts.inside.push_back(
                *IpPrefix::Parse(m_scenario.networks.at(interface.network).subnet));
        }
    }
    for (const path::FilterRule& rule : gateway.filter)
    {
        facts.rules.push_back(rule.name);
    }
    return facts;
}

void
RunRecorder::OpenLogs(const std::string& name,
                      const scenario::VantageConfig& config,
                      const world::World& world)
{
    const auto open = [&](auto dialect)
    {
        using D = decltype(dialect);
        if constexpr (dialects::IsWritten<D>::value)
        {
            if (IsKept(D::FORMAT, config))
            {
                evidence::LogPlace place = PlaceOf(name, config, world);
                place.program = ProgramOf(D::FORMAT, config.place);
                if (auto writer = D::Writer(place))
                {
                    const bool ofGateway = std::is_same_v<D, dialects::FirewallLog>;
                    m_logs.push_back(
                        {ofGateway ? place.gateway->name : config.place, std::move(writer)});
                }
            }
        }
    };
    dialects::ForEach(open);
}

void
RunRecorder::Record(const provenance::Action& action)
{
    m_labels.Record(action);
}

void
RunRecorder::OnEvent(const host::Event& event)
{
    if (const auto* queue = event.As<mail::QueueEvent>())
    {
        OutcomesOf(event.place).OnQueueEvent(*queue);
        if (queue->kind == mail::QueueEvent::Kind::Lost)
        {
            OnLost(event.place, *queue);
        }
    }
    else if (const auto* stored = event.As<host::StoredEvent>())
    {
        OutcomesOf(event.place).OnLocalCopy(stored->order);
    }
    else if (const auto* attribution = event.As<host::AttributionEvent>())
    {
        OutcomesOf(event.place).Attribute(attribution->delivery, attribution->cause);
    }
    else if (const auto* message = event.As<smtp::MessageEvent>())
    {
        OnAccepted(std::string(event.place), *message);
    }
    for (const VantageLog& log : m_logs)
    {
        if (log.place == event.place)
        {
            log.writer->OnEvent(event);
        }
    }
}

void
RunRecorder::OnAccepted(const std::string& host, const smtp::MessageEvent& event)
{
    // Where several mail systems hand a message on, a copy counts for the one that had it last.
    const std::string messageId(mail::MessageIdOf(*event.content));
    const auto holder = messageId.empty() ? m_holders.end() : m_holders.find(messageId);
    const std::string giver = holder == m_holders.end() ? std::string() : holder->second.host;
    for (const smtp::EnvelopeEntry& recipient : event.envelope.recipients)
    {
        for (const auto& [sender, outcomes] : m_outcomes)
        {
            if (CountsFor(sender, giver, host))
            {
                outcomes->OnReceived(SimTime(event.time), recipient.path.Mailbox(), *event.content);
            }
        }
    }
    if (!messageId.empty() && TakesOver(host))
    {
        m_holders[messageId] = {host, giver};
    }
}

/// Whether a copy that a host has taken is one of a sender's messages. \param giver who had it last
bool
RunRecorder::CountsFor(const std::string& sender,
                       const std::string& giver,
                       const std::string& host) const
{
    return giver.empty() ? !TakesOver(sender) || sender != host : sender == giver;
}

/// Whoever handed it on has no copy there any more.
void
RunRecorder::OnLost(std::string_view host, const mail::QueueEvent& event)
{
    const auto holder = m_holders.find(std::string(mail::MessageIdOf(*event.content)));
    if (holder == m_holders.end() || holder->second.host != host)
    {
        return;
    }
    for (const auto& [sender, outcomes] : m_outcomes)
    {
        if (sender != host && CountsFor(sender, holder->second.giver, holder->second.host))
        {
            for (const std::string& recipient : event.recipients)
            {
                outcomes->OnLost(recipient, *event.content, event.cause);
            }
        }
    }
    if (holder->second.giver.empty())
    {
        m_holders.erase(holder);
        return;
    }
    holder->second = {holder->second.giver, {}};
}

bool
RunRecorder::TakesOver(const std::string& host) const
{
    const scenario::HostConfig& config = m_scenario.hosts.at(host);
    return config.sends && !config.connectors.empty();
}

mail::OutcomeTracker&
RunRecorder::OutcomesOf(std::string_view host)
{
    const auto found = m_outcomes.find(host);
    if (found != m_outcomes.end())
    {
        return *found->second;
    }
    const std::string name(host);
    auto outcomes = std::make_unique<mail::OutcomeTracker>(
        [this, name](const mail::MessageOutcome& outcome) { RecordOutcome(name, outcome); },
        FateGrace(m_scenario));
    return *m_outcomes.emplace(name, std::move(outcomes)).first->second;
}

void
RunRecorder::RecordOutcome(const std::string& host, const mail::MessageOutcome& outcome)
{
    provenance::Origin suffered;
    suffered.cause = outcome.cause;
    const std::string classLabel(m_labels.Explain(suffered).classLabel);
    const provenance::ActorId actor = m_ledger->RegisterActor(host);
    for (const mail::RecipientOutcome& recipient : outcome.recipients)
    {
        provenance::Action label = truth::OutcomeLabel(outcome,
                                                       recipient,
                                                       actor,
                                                       classLabel,
                                                       SimTime(m_scenario.duration));
        if (IsOutOfSight(recipient.recipient))
        {
            for (auto& [name, value] : label.params)
            {
                value = name == "copies" || name == "agree" ? "unknown" : value;
            }
        }
        m_labels.Record(label);
    }
    if (m_onOutcome)
    {
        m_onOutcome(host, outcome);
    }
}

/// Whether the mailbox is a real program's, so that its content is not known here.
bool
RunRecorder::IsOutOfSight(const std::string& recipient) const
{
    const std::size_t sign = recipient.rfind('@');
    const auto exchanger = sign == std::string::npos
                               ? m_scenario.mail.exchangers.end()
                               : m_scenario.mail.exchangers.find(recipient.substr(sign + 1));
    return exchanger != m_scenario.mail.exchangers.end() &&
           m_spec.live.count(exchanger->second) > 0;
}

void
RunRecorder::BuildUnion(const std::string& name, const scenario::VantageConfig& config)
{
    namespace fs = std::filesystem;
    for (const std::string& part : config.unionOf)
    {
        const auto folder = m_folders.find(part);
        if (folder == m_folders.end())
        {
            continue;
        }
        for (const std::string& file : folder->second->List())
        {
            const fs::path to = m_spec.out / "evidence" / name / part / file;
            fs::create_directories(to.parent_path());
            std::error_code error;
            fs::create_hard_link(folder->second->GetRoot() / file, to, error);
            if (error)
            {
                fs::copy_file(folder->second->GetRoot() / file, to);
            }
        }
    }
}

void
RunRecorder::Close()
{
    for (const auto& [host, outcomes] : m_outcomes)
    {
        outcomes->Finish();
    }
    for (const VantageLog& log : m_logs)
    {
        log.writer->Close();
    }
    m_labels.Close();
    for (const auto& recorder : m_recorders)
    {
        recorder->Close();
    }
    for (const auto& printer : m_printers)
    {
        printer->Close();
    }
    for (const auto& [name, folder] : m_folders)
    {
        folder->Close();
    }
    for (const auto& [name, config] : m_scenario.vantages)
    {
        const bool named = m_spec.vantages.empty() ||
                           std::count(m_spec.vantages.begin(), m_spec.vantages.end(), name) > 0;
        if (!config.unionOf.empty() && named)
        {
            BuildUnion(name, config);
        }
    }
}

} // namespace bouncelab::run

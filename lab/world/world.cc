#include "lab/world/world.h"

#include "lab/spec/utc-time.h"
#include "lab/world/mail-route.h"
#include "models/smtp/manual-session.h"

#include <ns3/global-value.h>
#include <ns3/simulator.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace bouncelab::world
{

namespace
{

constexpr const char* GATEWAY_INSIDE = "gateway-inside";
constexpr const char* GATEWAY_OUTSIDE = "gateway-outside";

std::vector<path::HopConfig>
Scaled(std::vector<path::HopConfig> hops, double scale)
{
    for (path::HopConfig& hop : hops)
    {
        hop.delay =
            Nanoseconds(static_cast<std::int64_t>(static_cast<double>(hop.delay.count()) * scale));
    }
    return hops;
}

} // namespace

void
World::Machine::SetWire(path::WireHandler wire) const
{
    if (outside)
    {
        outside->SetWire(std::move(wire));
    }
    else
    {
        host->SetWire(std::move(wire));
    }
}

void
World::Machine::Receive(const path::WirePacket& packet) const
{
    if (outside)
    {
        outside->Receive(packet);
    }
    else
    {
        host->Receive(packet);
    }
}

void
World::Machine::Show(path::Heading heading, const path::WirePacket& packet) const
{
    for (const path::WireObserver& observer : observers)
    {
        observer(heading, packet);
    }
}

World::World(const spec::Scenario& scenario,
             std::uint64_t seed,
             provenance::Ledger& ledger,
             const host::EventStream& events,
             OutsideMachines outside)
    : m_scenario(scenario)
    , m_seed(seed)
    , m_ledger(ledger)
    , m_events(events)
    , m_outside(std::move(outside))
    , m_probes(events, ledger)
{
    ns3::GlobalValue::Bind("ChecksumEnabled", ns3::BooleanValue(true));
    m_outsideQueue.received.clear();
    BuildGateway();
    for (const auto& [name, config] : scenario.hosts)
    {
        BuildMachine(name, config);
    }
    AttachToPath(scenario.site.mailHost, m_gateway->Inside(), path::End::Near);
    BuildPaths();
    BuildTunnels();
    BuildProxies();
    for (const auto& [name, config] : scenario.injectors)
    {
        m_injectors.push_back(std::make_unique<middlebox::Injector>(name,
                                                                    config.injector,
                                                                    *m_paths.at(config.path),
                                                                    seed,
                                                                    ledger));
    }
    for (const auto& [name, config] : scenario.hosts)
    {
        BuildPrograms(name, config);
        BuildMailSystem(name, config);
    }
    for (const auto& [name, config] : scenario.traceroutes)
    {
        BuildTraceroute(name, config);
    }
    for (const auto& [name, config] : scenario.telnets)
    {
        BuildTelnet(name, config);
    }
    BuildProbes();
    BuildMail();
}

World::~World()
{
    // What is still open closes into nowhere: the run is over, and nobody watches any more. Events
    // and sockets refer to the machines, so they go before them.
    for (auto& [name, machine] : m_machines)
    {
        machine.SetWire([](const path::WirePacket&) {});
        machine.sender.reset();
        machine.receiver.reset();
        machine.mailSystem.reset();
    }
    m_telnets.clear();
    m_probes.Clear();
    m_proxies.clear();
    ns3::Simulator::Destroy();
}

void
World::BuildGateway()
{
    path::GatewaySetup setup;
    setup.seed = m_seed;
    setup.form = m_scenario.pathForm;
    setup.mailHost = m_scenario.hosts.at(m_scenario.site.mailHost).address;
    setup.inside = m_scenario.site.inside;
    setup.outsideAddress = m_scenario.site.gatewayAddress;
    setup.nat = m_scenario.site.nat;
    setup.ledger = &m_ledger;
    m_gateway = std::make_unique<path::Gateway>(setup);
}

void
World::BuildMachine(const std::string& name, const spec::HostConfig& config)
{
    Machine& machine = m_machines[name];
    if (const auto outside = m_outside.find(name); outside != m_outside.end())
    {
        machine.outside = outside->second;
        return;
    }
    Ipv4 address = config.address;
    for (const auto& [tunnelName, tunnel] : m_scenario.tunnels)
    {
        if (m_scenario.paths.at(tunnel.path).to == name)
        {
            address = tunnel.tunnel.insideAddress;
        }
    }
    machine.host = std::make_unique<host::Host>(name,
                                                address,
                                                config.stack.value,
                                                config.start,
                                                m_seed,
                                                m_ledger);
}

void
World::BuildPaths()
{
    for (const auto& [name, config] : m_scenario.stations)
    {
        m_stations[name] = &m_gateway->AddStation(name, config.hops);
    }
    for (const auto& [name, config] : m_scenario.paths)
    {
        auto hops = Scaled(config.hops, config.delayScale);
        path::Path& chain = config.behind.empty()
                                ? m_gateway->AddServer(name, std::move(hops))
                                : m_stations.at(config.behind)->AddHost(name, std::move(hops));
        m_paths[name] = &chain;
        const bool isTunneled =
            std::any_of(m_scenario.tunnels.begin(),
                        m_scenario.tunnels.end(),
                        [&name = name](const auto& tunnel) { return tunnel.second.path == name; });
        if (!isTunneled)
        {
            AttachToPath(config.to, chain, path::End::Far);
        }
    }
}

void
World::BuildTunnels()
{
    for (const auto& [name, config] : m_scenario.tunnels)
    {
        const std::string& hostName = m_scenario.paths.at(config.path).to;
        Machine& machine = m_machines.at(hostName);
        machine.tunnel = std::make_unique<path::Tunnel>(*m_gateway,
                                                        *m_paths.at(config.path),
                                                        name,
                                                        config.tunnel,
                                                        m_seed,
                                                        m_ledger);
        path::Tunnel* tunnel = machine.tunnel.get();
        Attach(hostName,
               path::Heading::Inward,
               [tunnel](const path::WirePacket& packet) { tunnel->Send(packet); });
        tunnel->SetHandler(Inlet(hostName, path::Heading::Outward));
    }
}

void
World::BuildProxies()
{
    for (const auto& [name, config] : m_scenario.proxies)
    {
        path::InPathStation* station = m_stations.at(config.station);
        Machine& machine = m_machines.at(config.host);
        station->AddAddress(machine.host->Address());
        m_proxies.push_back(std::make_unique<middlebox::InterceptionProxy>(
            *machine.host,
            config.proxy,
            ClockOf(config.host),
            m_seed,
            [this, &sender = m_scenario.hosts.at(config.host)](std::string_view domain)
            {
                const auto peer = ResolveMail(m_scenario, sender, domain);
                return peer ? std::optional<Ipv4>(peer->address) : std::nullopt;
            },
            m_ledger));
        middlebox::InterceptionProxy* proxy = m_proxies.back().get();
        const auto sendTowards = [station, &machine](path::Heading heading)
        {
            return [station, &machine, heading](const path::WirePacket& packet)
            {
                machine.Show(heading, packet);
                station->Send(packet);
            };
        };
        proxy->SetWires(sendTowards(path::Heading::Outward), sendTowards(path::Heading::Inward));
        station->SetHandler(
            [proxy, &machine](path::Heading heading, path::WirePacket& packet)
            {
                if (!proxy->Takes(packet, heading == path::Heading::Inward))
                {
                    return path::Disposition::Forward;
                }
                machine.Show(heading, packet);
                proxy->Receive(packet);
                return path::Disposition::Consume;
            });
    }
}

void
World::Attach(const std::string& name, path::Heading fromHost, Outlet send)
{
    Machine& machine = m_machines.at(name);
    machine.SetWire(
        [&machine, fromHost, send](const path::WirePacket& packet)
        {
            machine.Show(fromHost, packet);
            send(packet);
        });
}

path::WireHandler
World::Inlet(const std::string& name, path::Heading toHost)
{
    Machine& machine = m_machines.at(name);
    return [&machine, toHost](const path::WirePacket& packet)
    {
        machine.Show(toHost, packet);
        machine.Receive(packet);
    };
}

void
World::AttachToPath(const std::string& name, path::Path& path, path::End end)
{
    const bool isNear = end == path::End::Near;
    Attach(name,
           isNear ? path::Heading::Outward : path::Heading::Inward,
           [&path, end](const path::WirePacket& packet) { path.Enter(end, packet); });
    path.SetHandler(end, Inlet(name, isNear ? path::Heading::Inward : path::Heading::Outward));

    const spec::HostConfig& config = m_scenario.hosts.at(name);
    Machine& machine = m_machines.at(name);
    if (machine.outside)
    {
        return;
    }
    path::HopConfig responder = path.Setup().hops.back();
    responder.address = config.address;
    responder.icmpTtl = config.stack.value.ttl;
    machine.unreachable =
        std::make_unique<path::UnreachableResponder>(path, end, m_seed, name, responder, &m_ledger);
    machine.host->SetOtherProtocols([&machine](const path::WirePacket& packet)
                                    { machine.unreachable->Take(packet); });
}

HostClock
World::ClockOf(const std::string& host) const
{
    HostClock clock;
    clock.startEpochNs = *spec::ParseUtc(m_scenario.start);
    clock.offsetNs = m_scenario.hosts.at(host).clockOffset.count();
    clock.zoneSeconds = m_scenario.site.utcOffset.count() / NANOSECONDS_PER_SECOND;
    return clock;
}

mail::QueueStart
World::QueueStartOf(const std::string& name, const spec::HostConfig& config) const
{
    mail::QueueStart start = config.queue;
    if (start.hostname.empty())
    {
        start.hostname = config.hostname;
    }
    for (std::string& domain : DomainsTakenBy(m_scenario, name))
    {
        start.localDomains.push_back(std::move(domain));
    }
    return start;
}

std::string
World::ReverseNameOf(Ipv4 address) const
{
    for (const auto& [name, config] : m_scenario.hosts)
    {
        if (config.address == address)
        {
            return config.reverseName;
        }
    }
    return {};
}

template <class What>
void
World::Publish(std::string_view place, const What& what) const
{
    const Nanoseconds now(ns3::Simulator::Now().GetNanoSeconds());
    m_events.Publish({place, now, nullptr, nullptr, &what});
}

host::SendingMta::Handlers
World::SenderHandlers(const std::string& name)
{
    return {[this, name](const mail::QueueEvent& event) { Publish(name, event); },
            [this, name](const mail::DeliveryOrder& order) {
                Publish(name, host::StoredEvent{order, order.recipient});
            },
            [this, name](std::uint64_t delivery, provenance::CauseId cause) {
                Publish(name, host::BlameEvent{delivery, cause});
            }};
}

void
World::BuildPrograms(const std::string& name, const spec::HostConfig& config)
{
    Machine& machine = m_machines.at(name);
    if (machine.outside)
    {
        return;
    }
    if (config.sends && config.connectors.empty())
    {
        machine.sender = std::make_unique<host::SendingMta>(
            *machine.host,
            config.hostname,
            config.sends->value,
            QueueStartOf(name, config),
            ClockOf(name),
            m_seed,
            [this, &config](std::string_view domain)
            { return ResolveMail(m_scenario, config, domain); },
            SenderHandlers(name));
    }
    if (config.serves && config.connectors.empty())
    {
        machine.receiver = std::make_unique<host::ReceivingMta>(
            *machine.host,
            config.hostname,
            config.serves->value,
            host::RecipientTable{config.recipientReplies, config.acceptsUnlisted},
            ClockOf(name),
            m_seed,
            [this, name](const smtp::MessageEvent& event) { Publish(name, event); });
    }
}

void
World::BuildMailSystem(const std::string& name, const spec::HostConfig& config)
{
    if (config.connectors.empty() || !config.serves || IsOutside(name))
    {
        return;
    }
    mail::QueueStart start = QueueStartOf(name, config);
    // The first domain is the server's own.
    start.localDomains.insert(start.localDomains.begin(),
                              config.organization.acceptedDomains.begin(),
                              config.organization.acceptedDomains.end());
    Machine& machine = m_machines.at(name);
    machine.mailSystem = std::make_unique<MailSystem>(
        *machine.host,
        name,
        config,
        std::move(start),
        ClockOf(name),
        m_seed,
        m_events,
        m_ledger,
        MailSystem::Surroundings{[this, &config](std::string_view domain)
                                 { return ResolveMail(m_scenario, config, domain); },
                                 [this](Ipv4 address) { return ReverseNameOf(address); },
                                 [this](std::string_view messageId)
                                 {
                                     const auto forgery = m_forgeries.find(messageId);
                                     return forgery == m_forgeries.end() ? provenance::CauseId{0}
                                                                         : forgery->second;
                                 }});
}

void
World::BuildProbes()
{
    for (const auto& [name, config] : m_scenario.relayTesters)
    {
        if (IsOutside(config.place.host))
        {
            continue;
        }
        m_probes.Add(name,
                     config,
                     *m_machines.at(config.place.host).host,
                     ClockOf(config.place.host),
                     m_seed);
    }
    for (const auto& [name, config] : m_scenario.harvesters)
    {
        if (IsOutside(config.place.host))
        {
            continue;
        }
        m_probes.Add(name, config, *m_machines.at(config.place.host).host, m_seed);
    }
}

void
World::BuildMail()
{
    for (const auto& [name, machine] : m_machines)
    {
        host::SendingMta* sender = machine.sender.get();
        host::MailServer* server = machine.mailSystem ? machine.mailSystem->Server() : nullptr;
        OutsideMachine* outside = m_scenario.hosts.at(name).sends ? machine.outside : nullptr;
        if (!sender && !server && !outside)
        {
            continue;
        }
        m_mail.push_back(std::make_unique<MailSource>(
            m_scenario.mail,
            [this, name = name, sender, server, outside](const mail::Submission& submission,
                                                         bool forgery)
            {
                if (forgery)
                {
                    NoteForgery(name, submission);
                }
                if (outside)
                {
                    outside->Submit(submission);
                }
                else if (sender)
                {
                    sender->Submit(submission);
                }
                else
                {
                    server->Submit(submission);
                }
            },
            name,
            name == m_scenario.site.mailHost,
            m_scenario.hosts.at(name).hostname,
            outside ? m_outsideQueue : m_scenario.hosts.at(name).sends->value.queue,
            ClockOf(name),
            m_seed));
    }
}

void
World::NoteForgery(const std::string& host, const mail::Submission& submission)
{
    provenance::CauseId& cause = m_campaigns[host];
    if (cause == 0)
    {
        cause = m_ledger.NewCause();
    }
    const std::string messageId(mail::MessageIdOf(*submission.content));
    m_forgeries.emplace(messageId, cause);
    provenance::Action action;
    action.timeNs = ns3::Simulator::Now().GetNanoSeconds();
    action.kind = "event";
    action.classLabel = "ordinary";
    action.cause = cause;
    action.actor = m_ledger.RegisterActor(host);
    action.params = {{"did", "forged-sender"},
                     {"sender", submission.envelope.sender},
                     {"recipient", submission.envelope.recipients.front()},
                     {"message_id", messageId}};
    m_ledger.Record(action);
}

void
World::BuildTraceroute(const std::string& name, const spec::TracerouteConfig& config)
{
    path::TracerouteConfig traceroute;
    traceroute.target = m_scenario.hosts.at(config.to).address;
    traceroute.maxHops = config.maximumHops;
    m_traceroutes.push_back(std::make_unique<path::Traceroute>(*m_gateway,
                                                               m_ledger,
                                                               m_seed,
                                                               name + "/traceroute",
                                                               traceroute));
    m_traceroutes.back()->OnFinished(
        [this, name](const path::TracerouteResult& result) {
            Publish(GATEWAY_INSIDE, host::TracerouteEvent{name, result});
        });
    ns3::Simulator::Schedule(ns3::NanoSeconds(config.at.count()),
                             &path::Traceroute::Start,
                             m_traceroutes.back().get());
}

void
World::BuildTelnet(const std::string& name, const spec::TelnetConfig& config)
{
    if (IsOutside(config.from))
    {
        return;
    }
    host::Host& host = *m_machines.at(config.from).host;
    ns3::Simulator::Schedule(ns3::NanoSeconds(config.at.count()),
                             [this, &host, &config, name]
                             {
                                 m_telnets[name] = std::make_unique<host::SessionLink>(
                                     host,
                                     host.OpenSocket(config.address, config.port),
                                     std::make_unique<smtp::ManualSession>(config.session),
                                     [](host::SessionLink&) {});
                                 m_telnets[name]->StartConnecting([] {});
                             });
}

void
World::Observe(const std::string& place, spec::StationSide side, path::WireObserver observer)
{
    if (place == GATEWAY_INSIDE)
    {
        m_gateway->ObserveInside(std::move(observer));
        return;
    }
    if (place == GATEWAY_OUTSIDE)
    {
        m_gateway->ObserveOutside(std::move(observer));
        return;
    }
    if (const auto station = m_stations.find(place); station != m_stations.end())
    {
        if (side == spec::StationSide::Site)
        {
            station->second->ObserveNear(std::move(observer));
        }
        else
        {
            station->second->ObserveFar(std::move(observer));
        }
        return;
    }
    m_machines.at(place).observers.push_back(std::move(observer));
}

void
World::Run()
{
    for (const auto& source : m_mail)
    {
        source->Start();
    }
    ns3::Simulator::Stop(ns3::NanoSeconds(m_scenario.duration.count()));
    ns3::Simulator::Run();
    for (const auto& [name, machine] : m_machines)
    {
        if (machine.mailSystem)
        {
            machine.mailSystem->Finish();
        }
    }
}

} // namespace bouncelab::world

#include "lab/world/network.h"

#include "formats/packet.h"
#include "lab/scenario/utc-time.h"
#include "lab/world/mail-route.h"
#include "models/path/rewrite.h"
#include "models/provenance/sim-now.h"

#include <ns3/global-value.h>

#include <algorithm>
#include <utility>

namespace bouncelab::world
{

namespace
{

using scenario::Topology;

/// A host with several interfaces forwards nothing.
path::Disposition
Kept(const std::vector<IpAddress>& own, const path::WirePacket& packet)
{
    const IpAddress destination{packet.header.GetDestination()};
    return std::find(own.begin(), own.end(), destination) == own.end() ? path::Disposition::Consume
                                                                       : path::Disposition::Forward;
}

/// The way out of a line's end; packets enter at its near end outbound.
path::Direction
Entering(path::PathEnd end)
{
    return end == path::PathEnd::Near ? path::Direction::Outbound : path::Direction::Inbound;
}

path::Direction
Arriving(path::PathEnd end)
{
    return end == path::PathEnd::Near ? path::Direction::Inbound : path::Direction::Outbound;
}

} // namespace

void
Network::Machine::SetWire(path::WireHandler wire) const
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
Network::Machine::Receive(const path::WirePacket& packet) const
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
Network::Machine::Show(path::Direction direction, const path::WirePacket& packet) const
{
    for (const path::WireObserver& observer : observers)
    {
        observer(direction, packet);
    }
}

Network::Network(const scenario::Scenario& scenario,
                 std::uint64_t seed,
                 provenance::Ledger& ledger,
                 const host::EventStream& events,
                 OutsideMachines outside)
    : m_scenario(scenario)
    , m_topology(scenario::TopologyOf(scenario))
    , m_seed(seed)
    , m_ledger(ledger)
    , m_events(events)
    , m_outside(std::move(outside))
    , m_clocks(scenario)
{
    ns3::GlobalValue::Bind("ChecksumEnabled", ns3::BooleanValue(true));
    for (const auto& [name, node] : m_topology.nodes)
    {
        if (node.kind != Topology::NodeKind::Host || node.IsMultihomed())
        {
            m_routes[name] = m_topology.RoutesFrom(name);
            BuildRouter(name, node);
        }
    }
    for (const auto& [name, config] : scenario.hosts)
    {
        BuildMachine(name, config);
    }
    for (const auto& [name, line] : m_topology.lines)
    {
        BuildLine(name, line);
    }
    for (const auto& [name, network] : m_topology.networks)
    {
        BuildNetwork(name, network);
    }
    for (const auto& [name, routes] : m_routes)
    {
        AddRoutes(name, routes);
        if (m_machines.count(name) > 0)
        {
            PutOnRouter(name);
        }
    }
    for (const auto& [name, config] : scenario.tunnels)
    {
        BuildTunnel(name, config);
    }
}

void
Network::CutWires()
{
    for (auto& [name, machine] : m_machines)
    {
        machine.SetWire([](const path::WirePacket&) {});
    }
}

path::WireObserver
Network::WatchersOf(const std::string& host)
{
    return
        [&machine = m_machines.at(host)](path::Direction direction, const path::WirePacket& packet)
    { machine.Show(direction, packet); };
}

WallTime
Network::Start() const
{
    return WallTime(Nanoseconds(*scenario::ParseUtc(m_scenario.start)));
}

std::optional<IpAddress>
Network::ExchangerFor(const std::string& host, std::string_view domain) const
{
    const auto peers =
        ResolveMail(m_scenario,
                    m_scenario.hosts.at(host),
                    domain,
                    [this, &host](const std::string& taker) { return AddressFor(host, taker); });
    return peers.empty() ? std::nullopt : std::optional<IpAddress>(peers.front().address);
}

void
Network::BuildMachine(const std::string& name, const scenario::HostConfig& config)
{
    Machine& machine = m_machines[name];
    if (const auto outside = m_outside.find(name); outside != m_outside.end())
    {
        machine.outside = outside->second;
        return;
    }
    IpAddress address = config.address;
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
                                                host::HostContext{m_seed, m_ledger, ClockOf(name)});
}

void
Network::BuildRouter(const std::string& name, const Topology::Node& node)
{
    Forwarder& forwarder = m_routers[name];
    forwarder.router =
        std::make_unique<path::Router>(path::RouterSetup{name, m_seed, node.icmp, &m_ledger});
    const path::Router::Interface* outside = nullptr;
    for (const Topology::Interface& interface : node.interfaces)
    {
        const bool leadsOut =
            interface.leadsOut || m_topology.BeginsLine({name, forwarder.interfaces.size()});
        forwarder.interfaces.push_back(&forwarder.router->AddInterface(
            interface.address,
            leadsOut ? path::Direction::Inbound : path::Direction::Outbound));
        if (interface.leadsOut && node.nat)
        {
            forwarder.router->Translate(*node.nat, *forwarder.interfaces.back());
        }
        outside = interface.leadsOut ? forwarder.interfaces.back() : outside;
    }
    if (node.IsMultihomed())
    {
        forwarder.router->SetHandler(
            [addresses = Topology::AddressesOf(node)](path::Direction, path::WirePacket& packet)
            { return Kept(addresses, packet); });
    }
    if (!node.filter.empty())
    {
        forwarder.router->Filter(node.filter,
                                 node.filterState,
                                 outside,
                                 [this, name](const path::FilterRule& rule,
                                              path::FilterDirection direction,
                                              const path::WirePacket& packet)
                                 { PublishFiltered(name, rule, direction, packet); });
    }
}

void
Network::PublishFiltered(const std::string& gateway,
                         const path::FilterRule& rule,
                         path::FilterDirection direction,
                         const path::WirePacket& packet) const
{
    host::PacketFiltered filtered;
    filtered.gateway = gateway;
    filtered.rule = rule.name;
    filtered.action = rule.action;
    filtered.direction = direction;
    filtered.protocol = packet.header.GetProtocol();
    filtered.source = packet.header.GetSource();
    filtered.destination = packet.header.GetDestination();
    const auto endpoints = path::EndpointsOf(packet);
    if (endpoints && endpoints->protocol != protocol::ICMP &&
        endpoints->protocol != protocol::ICMPV6)
    {
        filtered.sourcePort = endpoints->source.port;
        filtered.destinationPort = endpoints->destination.port;
    }
    filtered.bytes =
        static_cast<std::uint32_t>(packet.header.GetSerializedSize()) + packet.payload->GetSize();
    m_events.Publish({filtered.gateway, SimNow(), nullptr, nullptr, &filtered});
}

/// Beyond one end of a line lies a host, or what the node at its near end finds there; all else is
/// beyond the other.
void
Network::BuildLine(const std::string& name, const Topology::Line& line)
{
    path::PathSetup setup;
    setup.name = name;
    setup.seed = m_seed;
    setup.hops = line.hops;
    setup.ledger = &m_ledger;
    const Topology::Node& near = m_topology.nodes.at(line.near.node);
    const bool fromHost = near.kind == Topology::NodeKind::Host;
    setup.hostEnd = fromHost ? path::PathEnd::Near : path::PathEnd::Far;
    setup.hostAddress = fromHost ? m_topology.At(line.near).address : line.hops.back().address;
    auto& built = m_lines[name];
    built = path::NetworkPath::Make(m_scenario.pathForm, setup);
    for (const auto& [address, step] : fromHost ? Routes() : m_routes.at(line.near.node))
    {
        if (step.line == name && address != setup.hostAddress)
        {
            built->AddAddress(address);
        }
    }
    JoinEnd(*built, path::PathEnd::Near, line.near);
    const bool isTunneled =
        std::any_of(m_scenario.tunnels.begin(),
                    m_scenario.tunnels.end(),
                    [&name](const auto& tunnel) { return tunnel.second.path == name; });
    if (!isTunneled)
    {
        JoinEnd(*built, path::PathEnd::Far, line.far);
    }
}

void
Network::JoinEnd(path::NetworkPath& line, path::PathEnd end, const Topology::End& node)
{
    const auto found = m_routers.find(node.node);
    if (found != m_routers.end())
    {
        found->second.router->Attach(*found->second.interfaces.at(node.interface), line, end);
        return;
    }
    AttachToLine(node.node, line, end);
}

void
Network::AddRoutes(const std::string& name, const Routes& routes)
{
    const Forwarder& forwarder = m_routers.at(name);
    const bool isStation = m_topology.nodes.at(name).kind == Topology::NodeKind::Station;
    for (const auto& [address, step] : routes)
    {
        path::Router::Interface& out = *forwarder.interfaces.at(step.interface);
        if (step.line.empty())
        {
            const Lan& lan = LanOf({name, step.interface});
            forwarder.router->AddRoute(
                address,
                out,
                Into(lan, PortOf(lan, {name, step.interface}), step.neighbor));
            continue;
        }
        path::NetworkPath& line = *m_lines.at(step.line);
        const bool isNear = m_topology.lines.at(step.line).near.node == name;
        if (isNear || !isStation)
        {
            forwarder.router->AddRoute(address,
                                       out,
                                       line,
                                       isNear ? path::PathEnd::Near : path::PathEnd::Far);
        }
    }
    if (isStation)
    {
        forwarder.router->SetDefaultRoute(*forwarder.interfaces.front(),
                                          *m_lines.at(name),
                                          path::PathEnd::Far);
    }
}

const Network::Lan&
Network::LanOf(const Topology::End& member) const
{
    return m_lans.at(m_topology.At(member).network);
}

path::Segment::Port&
Network::PortOf(const Lan& lan, const Topology::End& member)
{
    const auto& members = lan.network->members;
    const auto found =
        std::find_if(members.begin(),
                     members.end(),
                     [&member](const Topology::End& other) { return other == member; });
    return *lan.ports.at(static_cast<std::size_t>(found - members.begin()));
}

path::WireHandler
Network::Into(const Lan& lan, path::Segment::Port& port, IpAddress nextHop)
{
    return [segment = lan.segment.get(), &port, nextHop](const path::WirePacket& packet)
    { segment->Send(port, nextHop, packet); };
}

void
Network::BuildNetwork(const std::string& name, const Topology::Network& network)
{
    Lan& lan = m_lans[name];
    lan.segment = std::make_unique<path::Segment>(
        path::SegmentSetup{network.delay, network.arpTimeout, &m_ledger});
    lan.network = &network;
    for (const Topology::End& member : network.members)
    {
        const auto router = m_routers.find(member.node);
        const bool isRouter = router != m_routers.end();
        const Topology::Interface& interface = m_topology.At(member);
        path::WireHandler receive =
            isRouter ? [&to = *router->second.router,
                        &at = *router->second.interfaces.at(member.interface)](
                           const path::WirePacket& packet) { to.Receive(at, packet); }
                     : Inlet(member.node, path::Direction::Inbound);
        lan.ports.push_back(&lan.segment->Join(member.node,
                                               interface.address,
                                               interface.mac,
                                               std::move(receive),
                                               interface.card));
        if (isRouter && m_topology.nodes.at(member.node).kind != Topology::NodeKind::Host)
        {
            lan.routers.push_back(member);
        }
        if (!isRouter)
        {
            AttachToNetwork(member.node, lan, *lan.ports.back());
        }
    }
}

/// A neighbor, or the router with the shortest way; of equal ones the first by name.
IpAddress
Network::NextHop(const Lan& lan, IpAddress destination) const
{
    if (lan.network->subnet.Contains(destination) || lan.routers.empty())
    {
        return destination;
    }
    const Topology::End* best = &lan.routers.front();
    std::optional<Nanoseconds> shortest;
    for (const Topology::End& router : lan.routers)
    {
        const Routes& routes = m_routes.at(router.node);
        const auto route = routes.find(destination);
        if (lan.routers.size() > 1 && route != routes.end() &&
            (!shortest || route->second.delay < *shortest))
        {
            shortest = route->second.delay;
            best = &router;
        }
    }
    return m_topology.At(*best).address;
}

void
Network::AttachToNetwork(const std::string& name, const Lan& lan, path::Segment::Port& port)
{
    const auto send = [this, &lan, &port](const path::WirePacket& packet)
    {
        const IpAddress destination{packet.header.GetDestination()};
        lan.segment->Send(port, NextHop(lan, destination), packet);
    };
    Attach(name, path::Direction::Outbound, send);
    AnswerUdp(name, {}, send);
}

/// What the router takes is the host's, and what the host sends leaves by the router's interfaces.
void
Network::PutOnRouter(const std::string& name)
{
    path::Router& router = *m_routers.at(name).router;
    Machine& machine = m_machines.at(name);
    const auto send = [&router](const path::WirePacket& packet) { router.SendOwn(packet); };
    Attach(name, path::Direction::Outbound, send);
    router.AddLocalHandler(Inlet(name, path::Direction::Inbound));
    if (machine.host)
    {
        std::vector<IpAddress> addresses;
        for (const Topology::Interface& interface : m_topology.nodes.at(name).interfaces)
        {
            addresses.push_back(interface.address);
        }
        machine.host->SetAddresses(addresses,
                                   [&router](IpAddress remote) { return router.SourceTo(remote); });
        AnswerUdp(name, {}, send);
    }
}

void
Network::BuildTunnel(const std::string& name, const scenario::TunnelToHost& config)
{
    const Topology::Line& line = m_topology.lines.at(config.path);
    const Topology::End end = m_topology.GatewayBefore(config.path);
    const Forwarder& gateway = m_routers.at(end.node);
    Machine& machine = m_machines.at(line.far.node);
    machine.tunnel =
        std::make_unique<path::Tunnel>(*gateway.router,
                                       gateway.interfaces.at(end.interface)->Address().AsIpv4(),
                                       *m_lines.at(config.path),
                                       name,
                                       config.tunnel,
                                       m_seed,
                                       m_ledger);
    path::Tunnel* tunnel = machine.tunnel.get();
    Attach(line.far.node,
           path::Direction::Inbound,
           [tunnel](const path::WirePacket& packet) { tunnel->Send(packet); });
    tunnel->SetHandler(Inlet(line.far.node, path::Direction::Outbound));
}

void
Network::Attach(const std::string& name, path::Direction fromHost, path::WireHandler send)
{
    Machine& machine = m_machines.at(name);
    machine.SetWire(
        [&machine, fromHost, send = std::move(send)](const path::WirePacket& packet)
        {
            machine.Show(fromHost, packet);
            send(packet);
        });
}

path::WireHandler
Network::Inlet(const std::string& name, path::Direction toHost)
{
    Machine& machine = m_machines.at(name);
    return [&machine, toHost](const path::WirePacket& packet)
    {
        machine.Show(toHost, packet);
        machine.Receive(packet);
    };
}

void
Network::AttachToLine(const std::string& name, path::NetworkPath& line, path::PathEnd end)
{
    Attach(name,
           Entering(end),
           [&line, end](const path::WirePacket& packet) { line.Enter(end, packet); });
    line.SetHandler(end, Inlet(name, Arriving(end)));

    AnswerUdp(name,
              line.Setup().hops.back(),
              [&line, end](const path::WirePacket& packet) { line.Enter(end, packet); });
}

/// A host answers UDP to ports that nothing listens to. \param figures how long that takes
void
Network::AnswerUdp(const std::string& name, path::HopConfig figures, path::WireHandler send)
{
    const scenario::HostConfig& config = m_scenario.hosts.at(name);
    Machine& machine = m_machines.at(name);
    if (machine.outside)
    {
        return;
    }
    figures.address = config.address;
    figures.icmpTtl = config.stack.value.ttl;
    machine.unreachable = std::make_unique<path::UnreachableResponder>(std::move(send),
                                                                       m_seed,
                                                                       name,
                                                                       figures,
                                                                       &m_ledger);
    machine.unreachable->QuoteOctets(config.stack.value.quotedOctets);
    machine.host->SetOtherProtocols([&machine](const path::WirePacket& packet)
                                    { machine.unreachable->Take(packet); });
}

IpAddress
Network::AddressFor(const std::string& from, const std::string& to) const
{
    const auto [known, isNew] = m_servers.try_emplace({from, to});
    if (isNew)
    {
        known->second = m_topology.AddressFor(from, to, SMTP_PORT);
    }
    return known->second;
}

std::string
Network::ReverseNameOf(IpAddress address) const
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

void
Network::Observe(const std::string& place,
                 scenario::StationSide side,
                 path::WireObserver packets,
                 path::FrameObserver frames)
{
    if (const auto lan = m_lans.find(place); lan != m_lans.end())
    {
        lan->second.segment->Mirror(std::move(frames));
        return;
    }
    const auto interface = m_topology.InterfaceAt(place);
    const auto node = m_topology.nodes.find(place);
    const bool isStation =
        node != m_topology.nodes.end() && node->second.kind == Topology::NodeKind::Station;
    const bool isHost =
        node != m_topology.nodes.end() && node->second.kind == Topology::NodeKind::Host;
    if (!interface && !isStation && !isHost)
    {
        m_machines.at(place).observers.push_back(std::move(packets)); // of the host on a gateway
        return;
    }
    const Topology::End end = interface.value_or(
        Topology::End{place, isStation && side == scenario::StationSide::Customers ? 1U : 0U});
    if (!m_topology.At(end).network.empty())
    {
        const Lan& lan = LanOf(end);
        lan.segment->Observe(PortOf(lan, end), std::move(frames));
    }
    else if (isHost && !node->second.IsMultihomed())
    {
        m_machines.at(place).observers.push_back(std::move(packets));
    }
    else
    {
        m_routers.at(end.node).interfaces.at(end.interface)->Observe(std::move(packets));
    }
}

} // namespace bouncelab::world

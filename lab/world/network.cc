#include "lab/world/network.h"

#include "lab/scenario/utc-time.h"
#include "lab/world/mail-route.h"

#include <ns3/global-value.h>

#include <algorithm>
#include <utility>

namespace bouncelab::world
{

namespace
{

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
                 OutsideMachines outside)
    : m_scenario(scenario)
    , m_seed(seed)
    , m_ledger(ledger)
    , m_outside(std::move(outside))
{
    ns3::GlobalValue::Bind("ChecksumEnabled", ns3::BooleanValue(true));
    BuildGateway();
    for (const auto& [name, config] : scenario.hosts)
    {
        BuildMachine(name, config);
    }
    AttachToPath(scenario.site.mailHost, m_gateway->Inside(), path::PathEnd::Near);
    BuildPaths();
    BuildTunnels();
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

std::optional<Ipv4>
Network::ExchangerFor(const std::string& host, std::string_view domain) const
{
    const auto peer = ResolveMail(m_scenario, m_scenario.hosts.at(host), domain);
    return peer ? std::optional<Ipv4>(peer->address) : std::nullopt;
}

void
Network::BuildGateway()
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
Network::BuildMachine(const std::string& name, const scenario::HostConfig& config)
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
                                                host::HostContext{m_seed, m_ledger, ClockOf(name)});
}

void
Network::BuildPaths()
{
    for (const auto& [name, config] : m_scenario.stations)
    {
        m_stations[name] = &m_gateway->AddStation(name, config.hops);
    }
    for (const auto& [name, config] : m_scenario.paths)
    {
        auto hops = Scaled(config.hops, config.delayScale);
        path::NetworkPath& chain =
            config.behind.empty() ? m_gateway->AddServer(name, std::move(hops))
                                  : m_stations.at(config.behind)->AddHost(name, std::move(hops));
        m_paths[name] = &chain;
        const bool isTunneled =
            std::any_of(m_scenario.tunnels.begin(),
                        m_scenario.tunnels.end(),
                        [&name = name](const auto& tunnel) { return tunnel.second.path == name; });
        if (!isTunneled)
        {
            AttachToPath(config.to, chain, path::PathEnd::Far);
        }
    }
}

void
Network::BuildTunnels()
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
               path::Direction::Inbound,
               [tunnel](const path::WirePacket& packet) { tunnel->Send(packet); });
        tunnel->SetHandler(Inlet(hostName, path::Direction::Outbound));
    }
}

void
Network::Attach(const std::string& name, path::Direction fromHost, PacketHandler send)
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
Network::AttachToPath(const std::string& name, path::NetworkPath& path, path::PathEnd end)
{
    const bool isNear = end == path::PathEnd::Near;
    Attach(name,
           isNear ? path::Direction::Outbound : path::Direction::Inbound,
           [&path, end](const path::WirePacket& packet) { path.Enter(end, packet); });
    path.SetHandler(end,
                    Inlet(name, isNear ? path::Direction::Inbound : path::Direction::Outbound));

    const scenario::HostConfig& config = m_scenario.hosts.at(name);
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
Network::ClockOf(const std::string& host) const
{
    HostClock clock;
    clock.start = WallTime(Nanoseconds(*scenario::ParseUtc(m_scenario.start)));
    clock.offset = m_scenario.hosts.at(host).clockOffset;
    clock.zoneSeconds = m_scenario.site.utcOffset.count() / NANOSECONDS_PER_SECOND;
    return clock;
}

std::string
Network::ReverseNameOf(Ipv4 address) const
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
Network::Observe(const std::string& place, scenario::StationSide side, path::WireObserver observer)
{
    if (place == scenario::GATEWAY_INSIDE)
    {
        m_gateway->ObserveInside(std::move(observer));
        return;
    }
    if (place == scenario::GATEWAY_OUTSIDE)
    {
        m_gateway->ObserveOutside(std::move(observer));
        return;
    }
    if (const auto station = m_stations.find(place); station != m_stations.end())
    {
        if (side == scenario::StationSide::Site)
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

} // namespace bouncelab::world

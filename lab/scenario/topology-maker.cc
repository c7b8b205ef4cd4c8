#include "formats/random.h"
#include "lab/scenario/topology.h"

#include <algorithm>
#include <utility>

namespace bouncelab::scenario
{

namespace
{

using Node = Topology::Node;
using NodeKind = Topology::NodeKind;

/// Six octets that no other machine has, but for an accident.
MacAddress
MacOf(const NetworkCard& card, const std::string& machine)
{
    if (!(card.mac == MacAddress()))
    {
        return card.mac;
    }
    const auto vendor = static_cast<std::uint32_t>(card.vendor);
    const std::uint64_t own = DrawKey(0, machine)("mac").Value();
    MacAddress mac;
    for (int i = 0; i < 3; ++i)
    {
        mac.bytes[i] = static_cast<std::uint8_t>(vendor >> (16 - 8 * i));
        mac.bytes[3 + i] = static_cast<std::uint8_t>(own >> (8 * i));
    }
    return mac;
}

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

/// Puts the graph together, key by key.
class TopologyMaker
{
  public:
    explicit TopologyMaker(const Scenario& scenario)
        : m_scenario(scenario)
    {
    }

    Topology Nodes()
    {
        for (const auto& [name, host] : m_scenario.hosts)
        {
            Node& node = m_topology.nodes[name];
            std::vector<Topology::Interface>& interfaces = node.interfaces;
            node.icmp.address = host.address;
            interfaces.push_back(InterfaceOf("", {host.address, host.card}, name));
            for (const auto& [further, config] : host.interfaces)
            {
                interfaces.push_back(InterfaceOf(further, config, name + "/" + further));
            }
        }
        if (!m_scenario.site.inside.empty())
        {
            AddSite();
        }
        for (const auto& [name, config] : m_scenario.gateways)
        {
            m_topology.nodes[name] = GatewayOf(name, config);
        }
        for (const auto& [name, config] : m_scenario.stations)
        {
            Node station;
            station.kind = NodeKind::Station;
            station.icmp = config.hops.back();
            station.interfaces = {{"site", station.icmp.address, false, "", {}, {}},
                                  {"customers", station.icmp.address, true, "", {}, {}}};
            m_topology.nodes[name] = std::move(station);
        }
        return std::move(m_topology);
    }

    Topology Make()
    {
        m_topology = Nodes();
        AddLines();
        for (const auto& [name, config] : m_scenario.networks)
        {
            m_topology.networks[name] = {*IpPrefix::Parse(config.subnet),
                                         config.delay,
                                         config.arpTimeout,
                                         MembersOf(name)};
        }
        for (const auto& [name, proxy] : m_scenario.middleboxes.proxies)
        {
            m_topology.nodes.at(proxy.station)
                .further.push_back(m_scenario.hosts.at(proxy.host).address);
        }
        for (const auto& [name, tunnel] : m_scenario.tunnels)
        {
            const std::string gateway = m_topology.GatewayBefore(tunnel.path).node;
            m_topology.nodes.at(gateway).further.push_back(tunnel.tunnel.insideAddress);
        }
        return std::move(m_topology);
    }

  private:
    /// `site` as the gateway that it is short for.
    void AddSite()
    {
        const SiteConfig& site = m_scenario.site;
        GatewayConfig config;
        config.interfaces["inside"].address = site.inside.back().address;
        config.interfaces["outside"].address = site.gatewayAddress;
        config.nat = site.nat;
        Node gateway = GatewayOf(std::string(SITE_GATEWAY), config);
        gateway.icmp = site.inside.back();
        m_topology.nodes[std::string(SITE_GATEWAY)] = std::move(gateway);
    }

    /// \param machine names its card
    static Topology::Interface InterfaceOf(const std::string& name,
                                           const InterfaceConfig& config,
                                           const std::string& machine)
    {
        return {name,
                config.address,
                false,
                config.card.network,
                MacOf(config.card, machine),
                config.card.habits};
    }

    static Node GatewayOf(const std::string& name, const GatewayConfig& config)
    {
        Node gateway;
        gateway.kind = NodeKind::Gateway;
        for (const auto& [interfaceName, interface] : config.interfaces)
        {
            gateway.interfaces.push_back(
                InterfaceOf(interfaceName, interface, name + "/" + interfaceName));
            gateway.interfaces.back().leadsOut = interfaceName == config.outside;
            if (!gateway.icmp.address.IsSet() || gateway.interfaces.back().leadsOut)
            {
                gateway.icmp.address = interface.address;
            }
        }
        gateway.nat = config.nat;
        if (config.nat && config.nat->publicAddress.value != 0)
        {
            gateway.further.push_back(config.nat->publicAddress);
        }
        gateway.filter = config.filter;
        gateway.filterState = config.filterState.value_or(path::FilterState{});
        gateway.routes = config.routes;
        return gateway;
    }

    void AddLines()
    {
        const SiteConfig& site = m_scenario.site;
        if (!site.inside.empty())
        {
            m_topology.lines[std::string(SITE_LINE)] = {*m_topology.FindEnd(site.from),
                                                        {std::string(SITE_GATEWAY), 0},
                                                        site.inside};
        }
        const auto begin = [this](const std::string& from)
        { return *m_topology.FindEnd(from.empty() ? std::string(SITE_GATEWAY) : from); };
        for (const auto& [name, station] : m_scenario.stations)
        {
            m_topology.lines[name] = {begin(station.from), {name, 0}, station.hops};
        }
        for (const auto& [name, path] : m_scenario.paths)
        {
            m_topology.lines[name] = {begin(path.from),
                                      *m_topology.FindEnd(path.to),
                                      Scaled(path.hops, path.delayScale)};
        }
    }

    std::vector<Topology::End> MembersOf(const std::string& network) const
    {
        std::vector<Topology::End> members;
        for (const auto& [name, node] : m_topology.nodes)
        {
            for (std::size_t i = 0; i < node.interfaces.size(); ++i)
            {
                if (node.interfaces[i].network == network)
                {
                    members.push_back({name, i});
                }
            }
        }
        return members;
    }

    const Scenario& m_scenario;
    Topology m_topology;
};

} // namespace

Topology
NodesOf(const Scenario& scenario)
{
    return TopologyMaker(scenario).Nodes();
}

Topology
TopologyOf(const Scenario& scenario)
{
    return TopologyMaker(scenario).Make();
}

} // namespace bouncelab::scenario

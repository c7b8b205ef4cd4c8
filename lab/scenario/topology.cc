#include "lab/scenario/topology.h"

#include "formats/random.h"

#include <algorithm>
#include <set>
#include <utility>

namespace bouncelab::scenario
{

namespace
{

using Node = Topology::Node;
using NodeKind = Topology::NodeKind;

/// A way from one node to the next.
struct Edge
{
    std::string via; //!< The line or the network.
    Topology::Step step;
    std::size_t arriving = 0; //!< Interface by which it arrives.
};

/// The edges that leave a node, in order of the names of what they lead over.
std::vector<Edge>
EdgesFrom(const Topology& topology, const std::string& node)
{
    std::vector<Edge> edges;
    for (const auto& [name, line] : topology.lines)
    {
        if (line.near.node != node && line.far.node != node)
        {
            continue;
        }
        Nanoseconds delay(0);
        for (const path::HopConfig& hop : line.hops)
        {
            delay += hop.delay;
        }
        const bool isNear = line.near.node == node;
        const Topology::End& from = isNear ? line.near : line.far;
        const Topology::End& to = isNear ? line.far : line.near;
        edges.push_back({name, {from.interface, name, {}, to.node, delay}, to.interface});
    }
    const std::vector<Topology::Interface>& interfaces = topology.nodes.at(node).interfaces;
    for (std::size_t i = 0; i < interfaces.size(); ++i)
    {
        const auto network = topology.networks.find(interfaces[i].network);
        if (network == topology.networks.end())
        {
            continue;
        }
        for (const Topology::End& to : network->second.members)
        {
            if (to.node != node)
            {
                edges.push_back({network->first,
                                 {i, "", topology.At(to).address, to.node, network->second.delay},
                                 to.interface});
            }
        }
    }
    std::stable_sort(edges.begin(),
                     edges.end(),
                     [](const Edge& a, const Edge& b) { return a.via < b.via; });
    return edges;
}

/// Whether what arrives at an interface may go on to others.
bool
LetsThrough(const Node& node, std::size_t arriving)
{
    const bool translated = node.nat && node.nat->masquerade && node.interfaces[arriving].leadsOut;
    return node.kind != NodeKind::Host && !translated;
}

std::vector<IpAddress>
AddressesOf(const Node& node)
{
    std::vector<IpAddress> addresses = node.further;
    for (const Topology::Interface& interface : node.interfaces)
    {
        addresses.push_back(interface.address);
    }
    return addresses;
}

bool
Speaks(const Node& node, bool isIpv6)
{
    const std::vector<IpAddress> addresses = AddressesOf(node);
    return std::any_of(addresses.begin(),
                       addresses.end(),
                       [isIpv6](const IpAddress& address) { return address.IsIpv6() == isIpv6; });
}

/// Whether an edge is of a family: the interface at which it arrives is.
bool
LeadsInto(const Topology& topology, const Edge& edge, bool isIpv6)
{
    return topology.At({edge.step.to, edge.arriving}).address.IsIpv6() == isIpv6;
}

const std::map<std::string, path::PortForward> NO_FORWARDS;

/// Of a node that translates.
IpAddress
PublicAddressOf(const Node& node)
{
    const auto outside = std::find_if(node.interfaces.begin(),
                                      node.interfaces.end(),
                                      [](const Topology::Interface& i) { return i.leadsOut; });
    return node.nat->publicAddress.value != 0 ? IpAddress(node.nat->publicAddress)
                                              : outside->address;
}

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
            m_topology.nodes[name].interfaces = {{"",
                                                  host.address,
                                                  false,
                                                  host.card.network,
                                                  MacOf(host.card, name),
                                                  host.card.habits}};
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

    static Node GatewayOf(const std::string& name, const GatewayConfig& config)
    {
        Node gateway;
        gateway.kind = NodeKind::Gateway;
        for (const auto& [interfaceName, interface] : config.interfaces)
        {
            gateway.interfaces.push_back({interfaceName,
                                          interface.address,
                                          interfaceName == config.outside,
                                          interface.card.network,
                                          MacOf(interface.card, name + "/" + interfaceName),
                                          interface.card.habits});
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

Topology::Routes
Topology::RoutesFrom(const std::string& node) const
{
    Routes routes;
    for (const bool isIpv6 : {false, true})
    {
        const bool isSpoken =
            std::any_of(nodes.begin(),
                        nodes.end(),
                        [isIpv6](const auto& other) { return Speaks(other.second, isIpv6); });
        if (isSpoken)
        {
            AddShortest(node, isIpv6, routes);
        }
    }
    for (const IpAddress& own : AddressesOf(nodes.at(node)))
    {
        routes.erase(own);
    }
    SetByHand(node, routes);
    return routes;
}

/// The shortest ways to the addresses of one family, over what is of it.
void
Topology::AddShortest(const std::string& node, bool isIpv6, Routes& routes) const
{
    std::map<std::string, Edge> reached; //!< With the first step, and where it arrives.
    std::set<std::pair<Nanoseconds, std::string>> frontier{{Nanoseconds(0), node}};
    std::set<std::string> done;
    while (!frontier.empty())
    {
        const auto [delay, name] = frontier.extract(frontier.begin()).value();
        const bool isStart = name == node;
        if (!done.insert(name).second)
        {
            continue;
        }
        for (const IpAddress& address :
             isStart ? std::vector<IpAddress>() : AddressesOf(nodes.at(name)))
        {
            if (address.IsIpv6() == isIpv6)
            {
                routes.emplace(address, reached.at(name).step);
            }
        }
        if (!isStart && !LetsThrough(nodes.at(name), reached.at(name).arriving))
        {
            continue;
        }
        for (Edge& edge : EdgesFrom(*this, name))
        {
            const std::string to = edge.step.to;
            const Nanoseconds total = delay + edge.step.delay;
            const auto known = reached.find(to);
            if (to != node && LeadsInto(*this, edge, isIpv6) &&
                (known == reached.end() || total < known->second.step.delay))
            {
                Step step = isStart ? edge.step : reached.at(name).step;
                step.delay = total;
                reached[to] = {edge.via, step, edge.arriving};
                frontier.emplace(total, to);
            }
        }
    }
}

/// Longer prefixes win.
void
Topology::SetByHand(const std::string& node, Routes& routes) const
{
    std::map<std::uint32_t, std::vector<std::pair<IpPrefix, std::string>>> byLength;
    for (const auto& [prefix, neighbor] : nodes.at(node).routes)
    {
        const IpPrefix parsed = *IpPrefix::Parse(prefix);
        byLength[parsed.Length()].emplace_back(parsed, neighbor);
    }
    const std::vector<Edge> edges = byLength.empty() ? std::vector<Edge>() : EdgesFrom(*this, node);
    for (const auto& [length, ways] : byLength)
    {
        for (const auto& way : ways)
        {
            const auto edge = std::find_if(edges.begin(),
                                           edges.end(),
                                           [this, &way](const Edge& e) {
                                               return e.step.to == way.second &&
                                                      LeadsInto(*this, e, way.first.IsIpv6());
                                           });
            for (const auto& [name, other] : nodes)
            {
                for (const IpAddress& address : AddressesOf(other))
                {
                    if (name != node && way.first.Contains(address))
                    {
                        routes[address] = edge->step;
                    }
                }
            }
        }
    }
}

std::optional<Topology::End>
Topology::InterfaceAt(const std::string& place) const
{
    for (const auto& [name, node] : nodes)
    {
        for (std::size_t i = 0; i < node.interfaces.size(); ++i)
        {
            if (node.kind == NodeKind::Gateway && place == name + "-" + node.interfaces[i].name)
            {
                return End{name, i};
            }
        }
    }
    return std::nullopt;
}

std::string
Topology::GatewayAt(const std::string& place) const
{
    const auto interface = InterfaceAt(place);
    const std::string name = interface ? interface->node : place;
    const auto found = nodes.find(name);
    return found != nodes.end() && found->second.kind == NodeKind::Gateway ? name : "";
}

Topology::End
Topology::GatewayBefore(const std::string& line) const
{
    End end = lines.at(line).near;
    while (nodes.at(end.node).kind == NodeKind::Station)
    {
        end = lines.at(end.node).near; // which is named as the station
    }
    return end;
}

bool
Topology::IsJoined(const std::string& node) const
{
    return !EdgesFrom(*this, node).empty();
}

bool
Topology::AreNeighbors(const std::string& node, const std::string& other, bool inIpv6) const
{
    const std::vector<Edge> edges = EdgesFrom(*this, node);
    return std::any_of(edges.begin(),
                       edges.end(),
                       [&](const Edge& edge)
                       { return edge.step.to == other && LeadsInto(*this, edge, inIpv6); });
}

std::set<IpAddress>
Topology::AddressesBehind(const std::string& node, bool outside) const
{
    std::set<IpAddress> addresses;
    std::set<std::string> done{node};
    std::vector<std::string> ahead;
    const auto take = [&](const Edge& edge)
    {
        ahead.push_back(edge.step.to);
        if (!edge.step.line.empty())
        {
            for (const path::HopConfig& hop : lines.at(edge.step.line).hops)
            {
                addresses.insert(hop.address);
            }
        }
    };
    for (const Edge& edge : EdgesFrom(*this, node))
    {
        if (nodes.at(node).interfaces[edge.step.interface].leadsOut == outside)
        {
            take(edge);
        }
    }
    while (!ahead.empty())
    {
        const std::string at = ahead.back();
        ahead.pop_back();
        if (!done.insert(at).second)
        {
            continue;
        }
        const std::vector<IpAddress> own = AddressesOf(nodes.at(at));
        addresses.insert(own.begin(), own.end());
        const std::vector<Edge> edges = EdgesFrom(*this, at);
        std::for_each(edges.begin(), edges.end(), take);
    }
    for (const IpAddress& own : AddressesOf(nodes.at(node)))
    {
        addresses.erase(own);
    }
    return addresses;
}

const Node*
Topology::TranslatorAt(const IpAddress& address) const
{
    const auto found =
        std::find_if(nodes.begin(),
                     nodes.end(),
                     [&address](const auto& node)
                     { return node.second.nat && PublicAddressOf(node.second) == address; });
    return found == nodes.end() ? nullptr : &found->second;
}

bool
Topology::Arrives(const std::string& node, const IpAddress& address) const
{
    std::string at = node;
    for (std::size_t steps = 0; steps <= nodes.size(); ++steps)
    {
        const std::vector<IpAddress> own = AddressesOf(nodes.at(at));
        if (std::find(own.begin(), own.end(), address) != own.end())
        {
            return true;
        }
        const Routes routes = RoutesFrom(at);
        const auto route = routes.find(address);
        if (route == routes.end())
        {
            return false;
        }
        at = route->second.to;
    }
    return false;
}

IpAddress
Topology::AddressFor(const std::string& from, const std::string& to, std::uint16_t port) const
{
    const Routes routes = RoutesFrom(from);
    const std::vector<Interface>& interfaces = nodes.at(to).interfaces;
    for (const Interface& interface : interfaces)
    {
        if (routes.count(interface.address) > 0)
        {
            return interface.address;
        }
    }
    for (const auto& [name, node] : nodes)
    {
        for (const auto& [forwardName, forward] : node.nat ? node.nat->forwards : NO_FORWARDS)
        {
            if (forward.port == port && forward.to == interfaces.front().address)
            {
                return PublicAddressOf(node);
            }
        }
    }
    return interfaces.front().address;
}

std::optional<Topology::End>
Topology::FindEnd(const std::string& text) const
{
    const std::size_t colon = text.find(':');
    const std::string name = text.substr(0, colon);
    const auto node = nodes.find(name);
    if (node == nodes.end())
    {
        return std::nullopt;
    }
    const std::vector<Interface>& interfaces = node->second.interfaces;
    std::vector<End> free;
    for (std::size_t i = 0; i < interfaces.size(); ++i)
    {
        const bool isNamed =
            colon != std::string::npos && interfaces[i].name == text.substr(colon + 1);
        if (isNamed ||
            (colon == std::string::npos && interfaces[i].leadsOut && interfaces[i].network.empty()))
        {
            return End{name, i};
        }
        if (interfaces[i].network.empty())
        {
            free.push_back({name, i});
        }
    }
    return colon == std::string::npos && free.size() == 1 ? std::optional<End>(free.front())
                                                          : std::nullopt;
}

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

#include "lab/scenario/topology.h"

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

bool
Speaks(const Node& node, bool isIpv6)
{
    const std::vector<IpAddress> addresses = Topology::AddressesOf(node);
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
            if (to == node || !LeadsInto(*this, edge, isIpv6))
            {
                continue;
            }
            Step step = isStart ? edge.step : reached.at(name).step;
            step.delay = delay + edge.step.delay;
            if (nodes.at(to).IsMultihomed())
            {
                // Each of its addresses is found at the interface that has it.
                const auto [known, isNew] = routes.emplace(At({to, edge.arriving}).address, step);
                if (!isNew && step.delay < known->second.delay)
                {
                    known->second = step;
                }
                continue;
            }
            const auto known = reached.find(to);
            if (known == reached.end() || step.delay < known->second.step.delay)
            {
                reached[to] = {edge.via, step, edge.arriving};
                frontier.emplace(step.delay, to);
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
            const std::string& own = node.interfaces[i].name;
            if (node.kind != NodeKind::Station && !own.empty() && place == name + "-" + own)
            {
                return End{name, i};
            }
        }
    }
    return std::nullopt;
}

std::optional<Topology::End>
Topology::PlaceOf(const std::string& place) const
{
    const auto interface = InterfaceAt(place);
    return interface || nodes.count(place) == 0 ? interface : End {
        place, 0
    };
}

std::string
Topology::MachineAt(const std::string& place) const
{
    const auto interface = InterfaceAt(place);
    return interface && nodes.at(interface->node).kind == NodeKind::Host ? interface->node : place;
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

std::vector<IpAddress>
Topology::AddressesOf(const Node& node)
{
    std::vector<IpAddress> addresses = node.further;
    for (const Topology::Interface& interface : node.interfaces)
    {
        addresses.push_back(interface.address);
    }
    return addresses;
}

bool
Topology::BeginsLine(const End& end) const
{
    return nodes.at(end.node).kind == NodeKind::Host &&
           std::any_of(lines.begin(),
                       lines.end(),
                       [&end](const auto& line) { return line.second.near == end; });
}

std::string
Topology::LineNamed(const std::string& key) const
{
    return key == SITE_LINE_KEY && lines.count(key) == 0 ? std::string(SITE_LINE) : key;
}

bool
Topology::EndsLine(const End& end) const
{
    return std::any_of(lines.begin(),
                       lines.end(),
                       [&end](const auto& line)
                       { return line.second.near == end || line.second.far == end; });
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
    if (colon == std::string::npos && node->second.kind == NodeKind::Host &&
        interfaces.front().network.empty())
    {
        return End{name, 0};
    }
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

} // namespace bouncelab::scenario

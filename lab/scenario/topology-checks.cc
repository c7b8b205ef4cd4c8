#include "formats/prefix.h"
#include "lab/scenario/section-checker.h"
#include "lab/scenario/topology.h"

#include <set>

namespace bouncelab::scenario
{

namespace
{

/// Checks what follows from how nodes are joined: ends, addresses, routes, and who reaches whom.
class TopologyChecker : SectionChecker
{
  public:
    TopologyChecker(const Scenario& scenario, const Marks& marks)
        : SectionChecker(scenario, marks)
    {
    }

    void Check()
    {
        CheckPaths();
        CheckTunnels();
        m_topology = TopologyOf(m_scenario);
        CheckLines();
        CheckAddresses();
        CheckForwards();
        CheckRouters();
        CheckRoutes();
        CheckReach(m_scenario, m_marks, m_topology);
        CheckFilters(m_scenario, m_marks, m_topology);
        CheckInterfaces();
    }

  private:
    void CheckPaths() const
    {
        CheckNames("paths", m_scenario.paths);
        const Topology nodes = NodesOf(m_scenario);
        std::map<std::pair<std::string, std::size_t>, std::string> ends;
        for (const auto& [name, station] : m_scenario.stations)
        {
            CheckEnd(nodes, JoinPath(JoinPath("stations", name), "from"), BeginOf(station.from));
        }
        if (!m_scenario.site.inside.empty())
        {
            ends.emplace(std::pair(m_scenario.site.from, 0U), "inside");
        }
        for (const auto& [name, path] : m_scenario.paths)
        {
            const std::string key = JoinPath("paths", name);
            const Topology::End end = CheckEnd(nodes, JoinPath(key, "to"), path.to);
            if (!m_scenario.site.inside.empty() && path.to == m_scenario.site.from)
            {
                Fail(JoinPath(key, "to"),
                     fmt::format("found {}, which is inside, expected a remote host",
                                 Quote(path.to)));
            }
            const Topology::End begin = CheckEnd(nodes, JoinPath(key, "from"), BeginOf(path.from));
            if (begin.node == end.node)
            {
                Fail(JoinPath(key, "to"),
                     fmt::format("found {}, at which the path begins, expected another node",
                                 Quote(path.to)));
            }
            for (const auto& [field, at] : {std::pair("to", end), std::pair("from", begin)})
            {
                const bool isHost = nodes.nodes.at(at.node).kind == Topology::NodeKind::Host;
                const auto [other, isNew] = ends.emplace(std::pair(at.node, at.interface), name);
                if (isHost && !isNew)
                {
                    Fail(JoinPath(key, field),
                         fmt::format("found {}, to which path `{}` leads already, expected one "
                                     "path to a host",
                                     Quote(at.node),
                                     other->second));
                }
            }
            CheckLastHop(JoinPath(key, "hops"), path, nodes.At(end).address);
        }
    }

    static std::string BeginOf(const std::string& from)
    {
        return from.empty() ? std::string(SITE_GATEWAY) : from;
    }

    Topology::End CheckEnd(const Topology& nodes,
                           const std::string& key,
                           const std::string& text) const
    {
        const std::string name = text.substr(0, text.find(':'));
        CheckReference(key, name, "host, gateway or station", nodes.nodes);
        const auto end = nodes.FindEnd(text);
        if (!end || !nodes.At(*end).network.empty())
        {
            Fail(key,
                 fmt::format("found {}, expected a host that is on no network, or NODE:INTERFACE "
                             "with such an interface",
                             Quote(text)));
        }
        return *end;
    }

    /// \param isEnd the link leads to or from an end, which is no router of the path
    void CheckHop(const std::string& key, const path::HopConfig& hop, bool isEnd) const
    {
        const std::uint16_t least = hop.address.IsIpv6() ? 1280 : 576;
        if (hop.wakeDelay.count() > 0 && hop.sleepsAfter.count() == 0)
        {
            Fail(
                JoinPath(key, "wake-delay"),
                fmt::format("found {}, expected `sleeps-after` beside it: a link that never sleeps "
                            "need not wake",
                            FormatDuration(hop.wakeDelay)));
        }
        if (hop.mtu > 0 && (hop.mtu < least || isEnd))
        {
            Fail(JoinPath(key, "mtu"),
                 fmt::format("found {}, expected at least {}, and a link between two routers of "
                             "the path",
                             hop.mtu,
                             least));
        }
        if (hop.detour && hop.detour->until.count() > 0 && hop.detour->until <= hop.detour->from)
        {
            Fail(JoinPath(JoinPath(key, "detour"), "until"),
                 fmt::format("found {}, expected a moment after `from`",
                             FormatDuration(hop.detour->until)));
        }
        for (const auto& [name, host] : m_scenario.hosts)
        {
            if (hop.mtu > 0 && !hop.address.IsIpv6() && !host.stack.value.dontFragment)
            {
                Fail(JoinPath(key, "mtu"),
                     fmt::format("found {}, and the stack of {} sends without DF, expected "
                                 "`dont-fragment`: fragments are not modeled",
                                 hop.mtu,
                                 Quote(name)));
            }
        }
    }

    void CheckLastHop(const std::string& hops,
                      const PathConfig& path,
                      const IpAddress& address) const
    {
        if (path.hops.empty())
        {
            Fail(hops, "found an empty list, expected hops up to the host");
        }
        if (path.hops.back().address != address)
        {
            Fail(JoinPath(JoinPath(hops, std::to_string(path.hops.size())), "address"),
                 fmt::format("found {}, expected {}: the last hop is `{}` itself",
                             path.hops.back().address.ToString(),
                             address.ToString(),
                             path.to));
        }
    }

    void CheckTunnels() const
    {
        for (const auto& [name, tunnel] : m_scenario.tunnels)
        {
            const std::string key = JoinPath("tunnels", name);
            CheckReference(JoinPath(key, "path"), tunnel.path, "path", m_scenario.paths);
            const PathConfig& path = m_scenario.paths.at(tunnel.path);
            const bool fromHost =
                m_scenario.hosts.count(path.from) > 0 && m_scenario.gateways.count(path.from) == 0;
            if (m_scenario.hosts.count(path.to) == 0 || fromHost)
            {
                Fail(JoinPath(key, "path"),
                     fmt::format("found {}, expected a path from a gateway or a station to a host",
                                 Quote(tunnel.path)));
            }
            for (const auto& [hostName, host] : m_scenario.hosts)
            {
                if (host.address == tunnel.tunnel.insideAddress)
                {
                    Fail(JoinPath(key, "inside-address"),
                         fmt::format("found {}, the address of {}, expected one of its own",
                                     tunnel.tunnel.insideAddress.ToString(),
                                     Quote(hostName)));
                }
            }
        }
    }

    /// A line is of one family, from end to end; what translates and what tunnels is of IPv4.
    void CheckLines() const
    {
        for (const auto& [name, line] : m_topology.lines)
        {
            const bool isSite = name == SITE_LINE;
            const bool isStation = m_scenario.stations.count(name) > 0;
            const std::string key = isSite      ? "site"
                                    : isStation ? JoinPath("stations", name)
                                                : JoinPath("paths", name);
            const IpAddress& end = line.hops.back().address;
            for (std::size_t i = 0; i < line.hops.size(); ++i)
            {
                const std::string hop =
                    fmt::format("{}.{}.{}", key, isSite ? "inside" : "hops", i + 1);
                CheckFamily(JoinPath(hop, "address"), line.hops[i].address, end, "the line's end");
                CheckHop(hop, line.hops[i], i == 0 || i + 1 == line.hops.size());
                const auto before = line.hops.begin() + static_cast<std::ptrdiff_t>(i);
                if (before->address.IsSet() &&
                    std::any_of(line.hops.begin(),
                                before,
                                [before](const path::HopConfig& other)
                                { return other.address == before->address; }))
                {
                    Fail(JoinPath(hop, "address"),
                         fmt::format("found {}, through which the line leads already, expected "
                                     "another router",
                                     before->address.ToString()));
                }
            }
            CheckFamily(isSite ? "hosts." + line.near.node + ".address" : key,
                        m_topology.At(line.near).address,
                        end,
                        "the other end of its line");
        }
        for (const auto& [name, node] : m_topology.nodes)
        {
            const bool translatesIpv6 =
                node.nat && std::any_of(node.interfaces.begin(),
                                        node.interfaces.end(),
                                        [](const Topology::Interface& interface) {
                                            return interface.leadsOut && interface.address.IsIpv6();
                                        });
            if (translatesIpv6)
            {
                Fail(name == SITE_GATEWAY ? "site.nat"
                                          : JoinPath(JoinPath("gateways", name), "nat"),
                     "found a translation at an IPv6 address, expected an IPv4 one: IPv6 is not "
                     "translated");
            }
        }
        for (const auto& [name, tunnel] : m_scenario.tunnels)
        {
            if (m_scenario.paths.at(tunnel.path).hops.back().address.IsIpv6())
            {
                Fail(JoinPath(JoinPath("tunnels", name), "path"),
                     fmt::format("found {}, whose hops are IPv6, expected a path of IPv4",
                                 Quote(tunnel.path)));
            }
        }
    }

    void CheckFamily(const std::string& key,
                     const IpAddress& found,
                     const IpAddress& other,
                     const std::string& whose) const
    {
        if (found.IsIpv6() != other.IsIpv6())
        {
            Fail(key,
                 fmt::format("found {}, expected an {} address as {} has, {}",
                             found.ToString(),
                             other.IsIpv6() ? "IPv6" : "IPv4",
                             whose,
                             other.ToString()));
        }
    }

    /// No two nodes have one address, and no two machines one card.
    void CheckAddresses() const
    {
        std::map<IpAddress, std::string> owners;
        std::map<std::string, std::string> cards;
        for (const auto& [name, node] : NodesInOrder())
        {
            const std::string noun = node.kind == Topology::NodeKind::Host ? "host `" + name + "`"
                                     : node.kind == Topology::NodeKind::Station
                                         ? "station `" + name + "`"
                                     : name == SITE_GATEWAY ? "the gateway"
                                                            : "gateway `" + name + "`";
            for (const Topology::Interface& interface : node.interfaces)
            {
                const auto [owner, isNew] = owners.emplace(interface.address, noun);
                if (!isNew && (owner->second != noun || CanLeadNowhere(name, node)))
                {
                    FailTaken(name, node, interface, owner->second);
                }
                const auto [card, isOwn] = cards.emplace(interface.mac.ToString(), noun);
                if (!interface.network.empty() && !isOwn)
                {
                    Fail(KeyOf(name, node, interface) + ".mac",
                         fmt::format("found {}, the Ethernet address of {}, expected one of its "
                                     "own",
                                     card->first,
                                     card->second));
                }
            }
        }
    }

    /// Whether a node's interfaces are told one by one, so that one may be forgotten.
    bool CanLeadNowhere(const std::string& name, const Topology::Node& node) const
    {
        return node.IsMultihomed() || m_scenario.gateways.count(name) > 0;
    }

    /// Interfaces lead somewhere, each to a network of its own.
    void CheckInterfaces() const
    {
        for (const auto& [name, node] : m_topology.nodes)
        {
            std::map<std::string, std::string> networks;
            for (std::size_t i = 0; i < node.interfaces.size(); ++i)
            {
                const Topology::Interface& interface = node.interfaces[i];
                const std::string key = KeyOf(name, node, interface);
                const auto [other, isNew] = networks.emplace(interface.network, interface.name);
                if (!interface.network.empty() && !isNew)
                {
                    Fail(key + ".network",
                         fmt::format("found {}, on which {} is already, expected another",
                                     Quote(interface.network),
                                     other->second.empty() ? "the host" : Quote(other->second)));
                }
                if (CanLeadNowhere(name, node) && interface.network.empty() &&
                    !m_topology.EndsLine({name, i}))
                {
                    Fail(key,
                         "found an interface on no network and at no end of a path, expected one "
                         "of them");
                }
            }
        }
    }

    /// Behind each forward of a translation is a machine.
    void CheckForwards() const
    {
        std::set<IpAddress> known;
        for (const auto& [name, node] : m_topology.nodes)
        {
            const std::vector<IpAddress> own = Topology::AddressesOf(node);
            known.insert(own.begin(), own.end());
        }
        for (const auto& [name, node] : m_topology.nodes)
        {
            const std::string key = m_scenario.gateways.count(name) == 0
                                        ? "site.nat.forwards"
                                        : "gateways." + name + ".nat.forwards";
            for (const auto& [forwardName, forward] :
                 node.nat ? node.nat->forwards : std::map<std::string, path::PortForward>())
            {
                if (known.count(forward.to) == 0)
                {
                    Fail(JoinPath(JoinPath(key, forwardName), "to"),
                         fmt::format("found {}, an address that no machine has, expected one that "
                                     "is there",
                                     IpAddress(forward.to).ToString()));
                }
            }
        }
    }

    /// No router within a line has the address of a machine, and no translation another's.
    void CheckRouters() const
    {
        for (const auto& [name, line] : m_topology.lines)
        {
            const bool isStation = m_scenario.stations.count(name) > 0;
            const std::string key =
                name == SITE_LINE
                    ? "site.inside"
                    : fmt::format("{}.{}.hops", isStation ? "stations" : "paths", name);
            for (std::size_t i = 0; i + 1 < line.hops.size(); ++i)
            {
                CheckIsFree(fmt::format("{}.{}.address", key, i + 1), line.hops[i].address, "");
            }
        }
        for (const auto& [name, node] : m_topology.nodes)
        {
            if (node.nat && node.nat->publicAddress.value != 0)
            {
                CheckIsFree(name == SITE_GATEWAY && m_scenario.gateways.count(name) == 0
                                ? "site.nat.public-address"
                                : "gateways." + name + ".nat.public-address",
                            node.nat->publicAddress,
                            name);
            }
        }
    }

    /// \param own the node that may have it
    void CheckIsFree(const std::string& key, const IpAddress& address, const std::string& own) const
    {
        for (const auto& [name, node] : m_topology.nodes)
        {
            const std::vector<IpAddress>& further = node.further;
            const bool has = std::find(further.begin(), further.end(), address) != further.end() ||
                             std::any_of(node.interfaces.begin(),
                                         node.interfaces.end(),
                                         [&address](const Topology::Interface& interface)
                                         { return interface.address == address; });
            if (has && name != own)
            {
                Fail(key,
                     fmt::format("found {}, the address of `{}`, expected one of its own",
                                 address.ToString(),
                                 name));
            }
        }
    }

    /// What forwards comes first: its addresses are not where the mistake is.
    std::vector<std::pair<std::string, Topology::Node>> NodesInOrder() const
    {
        std::vector<std::pair<std::string, Topology::Node>> nodes(m_topology.nodes.begin(),
                                                                  m_topology.nodes.end());
        std::stable_partition(nodes.begin(),
                              nodes.end(),
                              [](const auto& node)
                              { return node.second.kind != Topology::NodeKind::Host; });
        return nodes;
    }

    [[noreturn]] void FailTaken(const std::string& name,
                                const Topology::Node& node,
                                const Topology::Interface& interface,
                                const std::string& owner) const
    {
        Fail(KeyOf(name, node, interface) + ".address",
             fmt::format("found {}, the address of {}, expected one of its own",
                         interface.address.ToString(),
                         owner));
    }

    std::string KeyOf(const std::string& name,
                      const Topology::Node& node,
                      const Topology::Interface& interface) const
    {
        return node.kind == Topology::NodeKind::Host
                   ? "hosts." + name +
                         (interface.name.empty() ? "" : ".interfaces." + interface.name)
               : node.kind == Topology::NodeKind::Station
                   ? fmt::format("stations.{}.hops.{}",
                                 name,
                                 m_scenario.stations.at(name).hops.size())
               : m_scenario.gateways.count(name) == 0
                   ? "site"
                   : "gateways." + name + ".interfaces." + interface.name;
    }

    /// Routes by hand name neighbors, and lead nowhere in circles.
    void CheckRoutes() const
    {
        for (const auto& [name, gateway] : m_scenario.gateways)
        {
            for (const auto& [prefix, neighbor] : gateway.routes)
            {
                const std::string key =
                    JoinPath(JoinPath(JoinPath("gateways", name), "routes"), prefix);
                CheckPrefix(key, prefix.empty() ? "-" : prefix);
                if (!m_topology.AreNeighbors(name, neighbor, IpPrefix::Parse(prefix)->IsIpv6()))
                {
                    Fail(key,
                         fmt::format("found {}, expected a neighbor of `{}`: the other end of a "
                                     "path, or a machine on its network, of the prefix's family",
                                     Quote(neighbor),
                                     name));
                }
            }
        }
        for (const auto& [name, gateway] : m_scenario.gateways)
        {
            for (const auto& [prefix, neighbor] : gateway.routes)
            {
                for (const auto& [address, step] : m_topology.RoutesFrom(name))
                {
                    if (IpPrefix::Parse(prefix)->Contains(address) &&
                        !m_topology.Arrives(name, address))
                    {
                        Fail(JoinPath(JoinPath(JoinPath("gateways", name), "routes"), prefix),
                             fmt::format("found a route by which {} is never reached",
                                         address.ToString()));
                    }
                }
            }
        }
    }

    Topology m_topology;
};

} // namespace

void
CheckTopology(const Scenario& scenario, const Marks& marks)
{
    TopologyChecker(scenario, marks).Check();
}

} // namespace bouncelab::scenario

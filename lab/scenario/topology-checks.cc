#include "formats/prefix.h"
#include "lab/scenario/section-checker.h"
#include "lab/scenario/topology.h"

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
        CheckRoutes();
        CheckReach();
    }

  private:
    void CheckPaths() const
    {
        CheckNames("paths", m_scenario.paths);
        const Topology nodes = NodesOf(m_scenario);
        std::map<std::string, std::string> ends;
        for (const auto& [name, station] : m_scenario.stations)
        {
            CheckEnd(nodes, JoinPath(JoinPath("stations", name), "from"), BeginOf(station.from));
        }
        if (!m_scenario.site.inside.empty())
        {
            ends.emplace(m_scenario.site.mailHost, "inside");
        }
        for (const auto& [name, path] : m_scenario.paths)
        {
            const std::string key = JoinPath("paths", name);
            const Topology::End end = CheckEnd(nodes, JoinPath(key, "to"), path.to);
            if (!m_scenario.site.inside.empty() && path.to == m_scenario.site.mailHost)
            {
                Fail(JoinPath(key, "to"),
                     fmt::format("found {}, which is inside, expected a remote host",
                                 Quote(path.to)));
            }
            const Topology::End begin = CheckEnd(nodes, JoinPath(key, "from"), BeginOf(path.from));
            for (const auto& [field, node] :
                 {std::pair("to", end.node), std::pair("from", begin.node)})
            {
                const bool isHost = nodes.nodes.at(node).kind == Topology::NodeKind::Host;
                const auto [other, isNew] = ends.emplace(node, name);
                if (isHost && !isNew)
                {
                    Fail(JoinPath(key, field),
                         fmt::format("found {}, to which path `{}` leads already, expected one "
                                     "path to a host",
                                     Quote(node),
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
            Fail(
                key,
                fmt::format("found {}, expected a host that is on no network, or GATEWAY:INTERFACE "
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
                if (!isNew && owner->second != noun)
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
        return node.kind == Topology::NodeKind::Host ? "hosts." + name
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

    /// Hosts reach what their mail and their programs are for.
    void CheckReach() const
    {
        const auto check =
            [this](const std::string& key, const std::string& from, IpAddress address)
        {
            const std::string place = PlaceOf(from);
            const bool isReached =
                !address.IsSet() || m_topology.RoutesFrom(place).count(address) > 0 ||
                m_topology.Arrives(place, address) || m_scenario.hosts.at(from).address == address;
            if (m_topology.IsJoined(from) && !isReached)
            {
                Fail(key,
                     fmt::format("found {}, to which `{}` has no route", address.ToString(), from));
            }
        };
        for (const auto& [name, host] : m_scenario.hosts)
        {
            if (host.relay)
            {
                check(JoinPath(JoinPath("hosts", name), "relay.address"),
                      name,
                      host.relay->address);
            }
            const std::string sources = JoinPath(JoinPath("hosts", name), "time-service.sources");
            for (std::size_t i = 0; host.timeService && i < host.timeService->sources.size(); ++i)
            {
                check(JoinPath(sources, std::to_string(i + 1)), name, host.timeService->sources[i]);
            }
        }
        for (const auto& [name, telnet] : m_scenario.programs.telnets)
        {
            if (m_scenario.hosts.count(telnet.from) > 0)
            {
                check(JoinPath(JoinPath("telnets", name), "address"), telnet.from, telnet.address);
            }
        }
        const auto checkPlaces = [&](const std::string& kind, const auto& programs)
        {
            for (const auto& [name, program] : programs)
            {
                if (m_scenario.hosts.count(program.place.host) > 0)
                {
                    check(JoinPath(JoinPath(kind, name), "target"),
                          program.place.host,
                          program.place.target);
                }
            }
        };
        checkPlaces("relay-testers", m_scenario.programs.relayTesters);
        checkPlaces("harvesters", m_scenario.programs.harvesters);
        checkPlaces("path-probers", m_scenario.programs.pathProbers);
        for (const auto& [name, message] : m_scenario.mail.messages)
        {
            const std::string from = message.via.empty() ? m_scenario.site.mailHost : message.via;
            const auto taker =
                m_scenario.mail.exchangers.find(message.to.substr(message.to.rfind('@') + 1));
            if (m_scenario.hosts.count(from) == 0 || m_scenario.hosts.at(from).relay ||
                taker == m_scenario.mail.exchangers.end())
            {
                continue;
            }
            for (const std::string& host : TakersOf(taker->first))
            {
                if (host == from || m_scenario.hosts.count(host) == 0)
                {
                    break;
                }
                check(JoinPath(JoinPath("mail.messages", name), "to"),
                      from,
                      m_topology.AddressFor(from, host, SMTP_PORT));
            }
        }
    }

    /// The exchanger of a domain and its alternates. \pre it has an exchanger
    std::vector<std::string> TakersOf(const std::string& domain) const
    {
        std::vector<std::string> takers{m_scenario.mail.exchangers.at(domain)};
        const auto found = m_scenario.mail.alternates.find(domain);
        if (found != m_scenario.mail.alternates.end())
        {
            takers.insert(takers.end(), found->second.begin(), found->second.end());
        }
        return takers;
    }

    /// The node from which a host's packets go their ways: a tunnel ends at a gateway.
    std::string PlaceOf(const std::string& host) const
    {
        for (const auto& [name, tunnel] : m_scenario.tunnels)
        {
            if (m_topology.lines.at(tunnel.path).far.node == host)
            {
                return m_topology.GatewayBefore(tunnel.path).node;
            }
        }
        return host;
    }

    static constexpr std::uint16_t SMTP_PORT = 25;

    Topology m_topology;
};

} // namespace

void
CheckTopology(const Scenario& scenario, const Marks& marks)
{
    TopologyChecker(scenario, marks).Check();
}

} // namespace bouncelab::scenario

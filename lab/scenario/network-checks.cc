#include "formats/prefix.h"
#include "lab/scenario/section-checker.h"
#include "lab/scenario/topology.h"

namespace bouncelab::scenario
{

namespace
{

/// Whether a rule takes all that a later one would.
bool
Covers(const path::FilterRule& earlier, const path::FilterRule& later)
{
    const auto holds = [](const std::string& whole, const std::string& part)
    {
        const auto prefix = Ipv4Prefix::Parse(whole).value_or(Ipv4Prefix{});
        return prefix.Contains(Ipv4Prefix::Parse(part).value_or(Ipv4Prefix{}));
    };
    return (earlier.direction == path::FilterDirection::Any ||
            earlier.direction == later.direction) &&
           (earlier.protocol == path::FilterProtocol::Any || earlier.protocol == later.protocol) &&
           (earlier.port == 0 || earlier.port == later.port) &&
           holds(earlier.source, later.source) && holds(earlier.destination, later.destination);
}

class NetworkChecker : SectionChecker
{
  public:
    NetworkChecker(const Scenario& scenario, const Marks& marks)
        : SectionChecker(scenario, marks)
    {
    }

    void Check()
    {
        CheckHosts();
        CheckGateways();
        CheckSite();
        CheckNetworks();
        CheckInPath();
        CheckPaths();
        CheckTunnels();
        m_topology = TopologyOf(m_scenario);
        CheckAddresses();
        CheckRoutes();
        CheckReach();
    }

  private:
    void CheckHosts() const
    {
        CheckNames("hosts", m_scenario.hosts);
        for (const auto& [name, host] : m_scenario.hosts)
        {
            const std::string path = JoinPath("hosts", name);
            if (host.address.value == 0)
            {
                Fail(JoinPath(path, "address"), "found 0.0.0.0, expected the address of a host");
            }
            CheckStack(host.stack.value, JoinPath(path, "stack"), m_marks);
            if (host.serves)
            {
                CheckServer(host.serves->value, JoinPath(path, "serves"), m_marks);
            }
            CheckRecipientReplies(JoinPath(path, "recipient-replies"), host);
        }
    }

    void CheckRecipientReplies(const std::string& path, const HostConfig& host) const
    {
        for (const auto& [recipient, reply] : host.recipientReplies)
        {
            const std::string entry = JoinPath(path, recipient);
            if (!IsMailbox(recipient))
            {
                Fail(
                    entry,
                    fmt::format("found {}, expected a recipient as user@domain", Quote(recipient)));
            }
            const bool hasCode = reply.size() >= 3 &&
                                 std::string_view("245").find(reply[0]) != std::string_view::npos &&
                                 reply[1] >= '0' && reply[1] <= '5' && reply[2] >= '0' &&
                                 reply[2] <= '9' && (reply.size() == 3 || reply[3] == ' ');
            if (!hasCode)
            {
                Fail(entry,
                     fmt::format("found {}, expected a reply such as \"550 no such user\"",
                                 Quote(reply)));
            }
        }
        if (!host.recipientReplies.empty() && !host.serves)
        {
            Fail(path, "found replies of a host that serves no mail, expected none");
        }
    }

    void CheckGateways() const
    {
        CheckNames("gateways", m_scenario.gateways);
        for (const auto& [name, gateway] : m_scenario.gateways)
        {
            const std::string path = JoinPath("gateways", name);
            if (name == SITE_GATEWAY && !m_scenario.site.inside.empty())
            {
                Fail(path, "found `gateway`, the name of the gateway that `site` describes");
            }
            if (m_scenario.stations.count(name) > 0)
            {
                Fail(path, fmt::format("found {}, the name of a station", Quote(name)));
            }
            CheckNames(JoinPath(path, "interfaces"), gateway.interfaces);
            if (gateway.interfaces.empty())
            {
                Fail(JoinPath(path, "interfaces"), "found none, expected at least one");
            }
            if (gateway.nat && gateway.interfaces.count(gateway.outside) == 0)
            {
                Fail(JoinPath(path, "nat"),
                     fmt::format("found a translation without the interface {} (`outside`)",
                                 Quote(gateway.outside)));
            }
            const auto host = m_scenario.hosts.find(name);
            if (host != m_scenario.hosts.end() && !HasAddress(gateway, host->second.address))
            {
                Fail(JoinPath(JoinPath("hosts", name), "address"),
                     fmt::format("found {}, expected an address of gateway `{}`, on which it runs",
                                 host->second.address.ToString(),
                                 name));
            }
            CheckFilter(JoinPath(path, "filter"), gateway.filter);
        }
    }

    static bool HasAddress(const GatewayConfig& gateway, Ipv4 address)
    {
        return std::any_of(gateway.interfaces.begin(),
                           gateway.interfaces.end(),
                           [address](const auto& interface)
                           { return interface.second.address == address; });
    }

    void CheckFilter(const std::string& path, const std::vector<path::FilterRule>& rules) const
    {
        for (std::size_t i = 0; i < rules.size(); ++i)
        {
            const std::string key = JoinPath(path, std::to_string(i + 1));
            CheckPrefix(JoinPath(key, "source"), rules[i].source);
            CheckPrefix(JoinPath(key, "destination"), rules[i].destination);
            using Protocol = path::FilterProtocol;
            if (rules[i].port != 0 && rules[i].protocol != Protocol::Tcp &&
                rules[i].protocol != Protocol::Udp)
            {
                Fail(JoinPath(key, "port"),
                     fmt::format("found {}, expected `protocol` to be tcp or udp", rules[i].port));
            }
            for (std::size_t j = 0; j < i; ++j)
            {
                if (Covers(rules[j], rules[i]))
                {
                    Fail(
                        key,
                        fmt::format("found rule {}, which can never match: rule {} before it takes "
                                    "all that it would",
                                    Quote(rules[i].name),
                                    Quote(rules[j].name)));
                }
            }
        }
    }

    void CheckPrefix(const std::string& path, const std::string& text) const
    {
        if (!text.empty() && !Ipv4Prefix::Parse(text))
        {
            Fail(path,
                 fmt::format("found {}, expected an address or a network as 192.168.1.0/24",
                             Quote(text)));
        }
    }

    void CheckSite() const
    {
        const SiteConfig& site = m_scenario.site;
        CheckReference("site.mail-host", site.mailHost, "host", m_scenario.hosts);
        const HostConfig& mailHost = m_scenario.hosts.at(site.mailHost);
        if (!mailHost.sends && !mailHost.serves)
        {
            Fail("site.mail-host",
                 fmt::format("found {}, expected a host that has `sends` or `serves`",
                             Quote(site.mailHost)));
        }
        if (site.inside.empty() && m_scenario.gateways.empty() && m_scenario.networks.empty())
        {
            Fail("site.inside",
                 "found an empty list, expected at least the gateway's inside interface");
        }
        if (site.inside.empty() != (site.gatewayAddress.value == 0))
        {
            Fail("site.gateway-address",
                 site.inside.empty()
                     ? "found the address of a gateway that `inside` does not lead to"
                     : "found none, expected the gateway's outside address");
        }
        if (site.inside.empty() && site.nat)
        {
            Fail("site.nat", "found the translation of a gateway that `inside` does not lead to");
        }
        if (!site.inside.empty() && !mailHost.card.network.empty())
        {
            Fail("site.inside",
                 fmt::format("found a line from {}, which is on a network", Quote(site.mailHost)));
        }
    }

    void CheckNetworks() const
    {
        CheckNames("networks", m_scenario.networks);
        std::vector<std::pair<Ipv4Prefix, std::string>> seen;
        for (const auto& [name, network] : m_scenario.networks)
        {
            const std::string key = JoinPath(JoinPath("networks", name), "subnet");
            CheckPrefix(key, network.subnet);
            const auto subnet = Ipv4Prefix::Parse(network.subnet);
            if (!subnet)
            {
                Fail(key, "found none, expected a network as 192.168.1.0/24");
            }
            for (const auto& [other, otherName] : seen)
            {
                if (other.Contains(*subnet) || subnet->Contains(other))
                {
                    Fail(key,
                         fmt::format("found {}, which overlaps network `{}`, {}",
                                     network.subnet,
                                     otherName,
                                     other.ToString()));
                }
            }
            seen.emplace_back(*subnet, name);
        }
        for (const auto& [name, host] : m_scenario.hosts)
        {
            CheckCard(JoinPath("hosts", name), host.card, host.address);
        }
        for (const auto& [name, gateway] : m_scenario.gateways)
        {
            for (const auto& [interfaceName, interface] : gateway.interfaces)
            {
                CheckCard(
                    JoinPath(JoinPath(JoinPath("gateways", name), "interfaces"), interfaceName),
                    interface.card,
                    interface.address);
            }
        }
    }

    void CheckCard(const std::string& key, const NetworkCard& card, Ipv4 address) const
    {
        if (card.network.empty())
        {
            return;
        }
        CheckReference(JoinPath(key, "network"), card.network, "network", m_scenario.networks);
        const std::string& subnet = m_scenario.networks.at(card.network).subnet;
        if (!Ipv4Prefix::Parse(subnet)->Contains(address))
        {
            Fail(JoinPath(key, "address"),
                 fmt::format("found {}, expected an address of network `{}`, {}",
                             address.ToString(),
                             card.network,
                             subnet));
        }
    }

    void CheckInPath() const
    {
        CheckNames("stations", m_scenario.stations);
        for (const auto& [name, station] : m_scenario.stations)
        {
            const std::string key = JoinPath("stations", name);
            if (station.hops.empty())
            {
                Fail(JoinPath(key, "hops"), "found none, expected at least the station itself");
            }
            if (m_scenario.hosts.count(name) > 0 || m_scenario.paths.count(name) > 0)
            {
                Fail(key, fmt::format("found {}, the name of a host or a path", Quote(name)));
            }
        }
    }

    void CheckPaths() const
    {
        CheckNames("paths", m_scenario.paths);
        if (!m_scenario.site.inside.empty() &&
            m_scenario.hosts.count(std::string(SITE_GATEWAY)) > 0)
        {
            Fail(JoinPath("hosts", std::string(SITE_GATEWAY)),
                 "found the name of the site's gateway, expected one of its own");
        }
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

    void CheckLastHop(const std::string& hops, const PathConfig& path, Ipv4 address) const
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

    /// No two nodes have one address, and no two machines one card.
    void CheckAddresses() const
    {
        std::map<Ipv4, std::string> owners;
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
                if (!m_topology.AreNeighbors(name, neighbor))
                {
                    Fail(key,
                         fmt::format("found {}, expected a neighbor of `{}`: the other end of a "
                                     "path, or a machine on its network",
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
                    if (Ipv4Prefix::Parse(prefix)->Contains(address) &&
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
        const auto check = [this](const std::string& key, const std::string& from, Ipv4 address)
        {
            const std::string place = PlaceOf(from);
            const bool isReached =
                address.value == 0 || m_topology.RoutesFrom(place).count(address) > 0 ||
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
        for (const auto& [name, message] : m_scenario.mail.messages)
        {
            const std::string from = message.via.empty() ? m_scenario.site.mailHost : message.via;
            const auto taker =
                m_scenario.mail.exchangers.find(message.to.substr(message.to.rfind('@') + 1));
            if (m_scenario.hosts.count(from) == 0 || m_scenario.hosts.at(from).relay ||
                taker == m_scenario.mail.exchangers.end() ||
                m_scenario.hosts.count(taker->second) == 0 || taker->second == from)
            {
                continue;
            }
            check(JoinPath(JoinPath("mail.messages", name), "to"),
                  from,
                  m_topology.AddressFor(from, taker->second, SMTP_PORT));
        }
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
CheckNetwork(const Scenario& scenario, const Marks& marks)
{
    NetworkChecker(scenario, marks).Check();
}

} // namespace bouncelab::scenario

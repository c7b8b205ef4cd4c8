#include "lab/scenario/section-checker.h"
#include "lab/scenario/topology.h"

#include "formats/text.h"
#include "models/dns/name.h"
#include "models/dns/zone-entry.h"

#include <set>

namespace bouncelab::scenario
{

namespace
{

/// What zones say of machines that the scenario has, of one another and of who takes mail.
class ZoneAgreementChecker : SectionChecker
{
  public:
    ZoneAgreementChecker(const Scenario& scenario, const Marks& marks)
        : SectionChecker(scenario, marks)
        , m_nodes(NodesOf(scenario))
    {
        for (const auto& [host, config] : scenario.hosts)
        {
            if (config.nameServer)
            {
                AddZones(JoinPath(JoinPath("hosts", host), "name-server.zones"),
                         config.nameServer->zones);
            }
        }
    }

    void Check() const
    {
        for (const Line& line : m_lines)
        {
            CheckServers(line);
            CheckAddress(line);
        }
        CheckLists();
        CheckExchangers();
    }

  private:
    struct Line
    {
        std::string key;
        dns::ZoneEntry entry;
    };

    void AddZones(const std::string& key, const std::map<std::string, dns::ZoneConfig>& zones)
    {
        for (const auto& [zone, config] : zones)
        {
            std::size_t number = 0;
            for (const dns::ZoneEntry& entry : dns::EntriesOf(zone, config))
            {
                m_lines.push_back({fmt::format("{}.{}.records.{}", key, zone, ++number), entry});
            }
        }
    }

    /// The addresses of a name in any zone.
    std::vector<IpAddress> AddressesOf(const std::string& name) const
    {
        std::vector<IpAddress> addresses;
        for (const Line& line : m_lines)
        {
            if (line.entry.address.IsSet() && line.entry.owner == name)
            {
                addresses.push_back(line.entry.address);
            }
        }
        return addresses;
    }

    /// The machine that has an address; empty if it is nobody's.
    std::string MachineAt(const IpAddress& address) const
    {
        for (const auto& [name, host] : m_scenario.hosts)
        {
            if (host.address == address)
            {
                return name;
            }
        }
        for (const auto& [name, node] : m_nodes.nodes)
        {
            const std::vector<IpAddress>& further = node.further;
            if (std::find(further.begin(), further.end(), address) != further.end() ||
                std::any_of(node.interfaces.begin(),
                            node.interfaces.end(),
                            [&address](const Topology::Interface& interface)
                            { return interface.address == address; }))
            {
                return name;
            }
        }
        return {};
    }

    /// The machine that a connection to an address and port comes to: behind a translation, too.
    std::string ServerAt(const IpAddress& address,
                         path::ForwardProtocol protocol,
                         std::uint16_t port) const
    {
        const std::string machine = MachineAt(address);
        const auto node = m_nodes.nodes.find(machine);
        if (node != m_nodes.nodes.end() && node->second.nat)
        {
            for (const auto& [name, forward] : node->second.nat->forwards)
            {
                if (forward.protocol == protocol && forward.port == port)
                {
                    return MachineAt(forward.to);
                }
            }
        }
        return machine;
    }

    /// Who is named as a name server is one, as far as the scenario has the machine.
    void CheckServers(const Line& line) const
    {
        for (const IpAddress& address :
             line.entry.type == "NS" ? AddressesOf(line.entry.target) : std::vector<IpAddress>())
        {
            const std::string machine = ServerAt(address, path::ForwardProtocol::Udp, DNS_PORT);
            const auto host = m_scenario.hosts.find(machine);
            if (!machine.empty() && (host == m_scenario.hosts.end() || !host->second.nameServer))
            {
                Fail(line.key,
                     fmt::format("found an NS to {}, whose address {} leads to {}, expected a host "
                                 "that has a `name-server`",
                                 line.entry.target,
                                 address.ToString(),
                                 Quote(machine)));
            }
        }
    }

    /// All machines of a network are known; those elsewhere need not be.
    void CheckAddress(const Line& line) const
    {
        const IpAddress& address = line.entry.address;
        if (!address.IsSet() || !MachineAt(address).empty() || IsBroughtByTunnel(address))
        {
            return;
        }
        for (const auto& [name, network] : m_scenario.networks)
        {
            const auto subnet = IpPrefix::Parse(network.subnet);
            if (subnet && subnet->Contains(address))
            {
                Fail(line.key,
                     fmt::format("found {}, an address of network `{}` that no machine has, "
                                 "expected one that is there",
                                 address.ToString(),
                                 name));
            }
        }
    }

    bool IsBroughtByTunnel(const IpAddress& address) const
    {
        return std::any_of(m_scenario.tunnels.begin(),
                           m_scenario.tunnels.end(),
                           [&address](const auto& tunnel)
                           { return tunnel.second.tunnel.insideAddress == address; });
    }

    /// Lists that servers ask are there, and found by the zones above.
    void CheckLists() const
    {
        for (const auto& [name, host] : m_scenario.hosts)
        {
            for (const auto& [connectorName, connector] : host.connectors)
            {
                const auto& lists = connector.checks.blacklists;
                for (std::size_t i = 0; i < lists.size(); ++i)
                {
                    CheckList(fmt::format("hosts.{}.connectors.{}.checks.blacklists.{}.zone",
                                          name,
                                          connectorName,
                                          i + 1),
                              lists[i].zone);
                }
            }
        }
    }

    void CheckList(const std::string& key, const std::string& text) const
    {
        const auto zone = dns::ReadName(text);
        if (!zone)
        {
            return; // which is told elsewhere
        }
        const auto runs = std::find_if(
            m_scenario.hosts.begin(),
            m_scenario.hosts.end(),
            [&zone](const auto& host) {
                return host.second.blacklist && dns::ReadName(host.second.blacklist->zone) == zone;
            });
        if (runs == m_scenario.hosts.end())
        {
            const bool isKnown = std::any_of(m_lines.begin(),
                                             m_lines.end(),
                                             [&zone](const Line& line)
                                             { return dns::IsAtOrBelow(line.entry.owner, *zone); });
            if (!isKnown)
            {
                Fail(key,
                     fmt::format("found {}, of which no name server of the scenario knows a name, "
                                 "expected the zone of a `blacklist`",
                                 Quote(text)));
            }
            return;
        }
        const bool isDelegated = std::any_of(m_lines.begin(),
                                             m_lines.end(),
                                             [&zone](const Line& line) {
                                                 return line.entry.type == "NS" &&
                                                        dns::IsAtOrBelow(*zone, line.entry.owner);
                                             });
        if (!isDelegated && !IsAskedAt(runs->second.address))
        {
            Fail(JoinPath(JoinPath("hosts", runs->first), "blacklist.zone"),
                 fmt::format("found {}, which servers ask and no zone delegates, expected an NS "
                             "record of it",
                             Quote(runs->second.blacklist->zone)));
        }
    }

    /// Whether anybody asks a name server by its address.
    bool IsAskedAt(const IpAddress& address) const
    {
        const auto asks = [&address](const dns::ResolverConfig& resolver)
        {
            return std::find(resolver.servers.begin(), resolver.servers.end(), address) !=
                   resolver.servers.end();
        };
        return std::any_of(m_scenario.hosts.begin(),
                           m_scenario.hosts.end(),
                           [&asks](const auto& entry)
                           {
                               const HostConfig& host = entry.second;
                               return (host.resolver && asks(*host.resolver)) ||
                                      (host.nameServer && host.nameServer->recursion &&
                                       asks(*host.nameServer->recursion));
                           });
    }

    /// Who takes a domain's mail by MX records is who `mail` says, or hands it on.
    void CheckExchangers() const
    {
        for (const auto& [domain, exchanger] : m_scenario.mail.exchangers)
        {
            const std::set<std::string> named = ExchangersOf(domain);
            const auto found = m_scenario.mail.alternates.find(domain);
            std::vector<std::string> takers{exchanger};
            if (found != m_scenario.mail.alternates.end())
            {
                takers.insert(takers.end(), found->second.begin(), found->second.end());
            }
            const bool agrees =
                named.empty() ||
                std::any_of(named.begin(),
                            named.end(),
                            [&](const std::string& name) {
                                return HandsOn(name) ||
                                       std::find(takers.begin(), takers.end(), name) !=
                                           takers.end();
                            });
            if (!agrees)
            {
                Fail(JoinPath("mail.exchangers", domain),
                     fmt::format("found {}, and the MX records of the domain lead to {}, expected "
                                 "the same host",
                                 Quote(exchanger),
                                 Quote(*named.begin())));
            }
        }
    }

    /// Whether a host takes mail of domains that are not its own.
    bool HandsOn(const std::string& name) const
    {
        const auto host = m_scenario.hosts.find(name);
        return host != m_scenario.hosts.end() &&
               (host->second.relay || !host->second.organization.relayDomains.empty());
    }

    /// The machines of the scenario that a domain's MX records lead to.
    std::set<std::string> ExchangersOf(const std::string& domain) const
    {
        const auto name = dns::ReadName(domain);
        std::set<std::string> machines;
        for (const Line& line : m_lines)
        {
            if (line.entry.type != "MX" || !name || line.entry.owner != *name)
            {
                continue;
            }
            for (const IpAddress& address : AddressesOf(line.entry.target))
            {
                machines.insert(ServerAt(address, path::ForwardProtocol::Tcp, SMTP_PORT));
            }
        }
        machines.erase("");
        return machines;
    }

    static constexpr std::uint16_t SMTP_PORT = 25;
    static constexpr std::uint16_t DNS_PORT = 53;

    Topology m_nodes;
    std::vector<Line> m_lines;
};

} // namespace

void
CheckZonesAgree(const Scenario& scenario, const Marks& marks)
{
    ZoneAgreementChecker(scenario, marks).Check();
}

} // namespace bouncelab::scenario

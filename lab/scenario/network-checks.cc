#include "formats/prefix.h"
#include "lab/scenario/section-checker.h"
#include "lab/scenario/topology.h"

#include <utility>

namespace bouncelab::scenario
{

namespace
{

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
    }

  private:
    void CheckHosts() const
    {
        CheckNames("hosts", m_scenario.hosts);
        for (const auto& [name, host] : m_scenario.hosts)
        {
            const std::string path = JoinPath("hosts", name);
            CheckNames(JoinPath(path, "interfaces"), host.interfaces);
            CheckStack(host.stack.value, JoinPath(path, "stack"), m_marks);
            if (host.serves)
            {
                CheckServer(host.serves->value, JoinPath(path, "serves"), m_marks);
            }
            CheckRecipientReplies(JoinPath(path, "recipient-replies"), host);
            CheckConnectors(JoinPath(path, "connectors"), host.connectors);
            FailOnFirst(JoinPath(path, "organization"),
                        connector::CheckOrganization(host.organization));
        }
    }

    void CheckConnectors(const std::string& path,
                         const std::map<std::string, ConnectorConfig>& connectors) const
    {
        for (const auto& [name, connector] : connectors)
        {
            const std::string entry = JoinPath(path, name);
            FailOnFirst(JoinPath(entry, "policy"),
                        connector::CheckReceiveConnector(connector.policy.value));
            if (connector.filter)
            {
                FailOnFirst(JoinPath(entry, "filter"),
                            connector::CheckFilter(connector.filter->value));
            }
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
            if (gateway.nat)
            {
                CheckForwards(JoinPath(path, "nat"), *gateway.nat);
            }
            CheckFilter(JoinPath(path, "filter"), gateway.filter);
            if (gateway.filterState && gateway.filter.empty())
            {
                Fail(JoinPath(path, "filter-state"),
                     "found it at a gateway without `filter`, expected rules beside it");
            }
        }
    }

    /// A port leads to one host.
    void CheckForwards(const std::string& path, const path::NatConfig& nat) const
    {
        std::map<std::pair<path::ForwardProtocol, std::uint16_t>, std::string> seen;
        for (const auto& [name, forward] : nat.forwards)
        {
            const auto [other, isNew] =
                seen.emplace(std::pair(forward.protocol, forward.port), name);
            if (!isNew)
            {
                Fail(JoinPath(JoinPath(JoinPath(path, "forwards"), name), "port"),
                     fmt::format("found {}, which {} forwards already, expected another",
                                 forward.port,
                                 Quote(other->second)));
            }
        }
    }

    static bool HasAddress(const GatewayConfig& gateway, const IpAddress& address)
    {
        return std::any_of(gateway.interfaces.begin(),
                           gateway.interfaces.end(),
                           [&address](const auto& interface)
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
            if (rules[i].strays && rules[i].protocol != Protocol::Tcp)
            {
                Fail(JoinPath(key, "strays"), "found true, expected `protocol` to be tcp");
            }
        }
    }

    void CheckSite() const
    {
        const SiteConfig& site = m_scenario.site;
        if (site.inside.empty() != site.from.empty())
        {
            Fail("site.from",
                 site.inside.empty()
                     ? "found the beginning of a line, and no `inside`, expected both"
                     : "found none, expected the host that `inside` begins at");
        }
        if (!site.from.empty())
        {
            CheckReference("site.from", site.from, "host", m_scenario.hosts);
        }
        if (!site.inside.empty() && m_scenario.hosts.count(std::string(SITE_GATEWAY)) > 0)
        {
            Fail(JoinPath("hosts", std::string(SITE_GATEWAY)),
                 "found the name of the site's gateway, expected one of its own");
        }
        if (site.inside.empty() != (!site.gatewayAddress.IsSet()))
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
        if (site.nat)
        {
            CheckForwards("site.nat", *site.nat);
        }
        if (!site.inside.empty() && !m_scenario.hosts.at(site.from).card.network.empty())
        {
            Fail("site.from",
                 fmt::format("found {}, which is on a network, expected a host that is on none",
                             Quote(site.from)));
        }
        CheckClockChanges();
    }

    void CheckClockChanges() const
    {
        const auto& changes = m_scenario.site.clockChanges;
        for (std::size_t i = 1; i < changes.size(); ++i)
        {
            if (changes[i].at <= changes[i - 1].at)
            {
                Fail(JoinPath(JoinPath("site.clock-changes", std::to_string(i + 1)), "at"),
                     "found a moment that is not after the change before it, expected changes in "
                     "order of time");
            }
        }
    }

    void CheckNetworks() const
    {
        CheckNames("networks", m_scenario.networks);
        std::vector<std::pair<IpPrefix, std::string>> seen;
        for (const auto& [name, network] : m_scenario.networks)
        {
            const std::string key = JoinPath(JoinPath("networks", name), "subnet");
            CheckPrefix(key, network.subnet);
            const auto subnet = IpPrefix::Parse(network.subnet);
            if (!subnet)
            {
                Fail(key, "found none, expected a network as 192.168.1.0/24 or 2001:db8:1::/64");
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
            CheckCards(JoinPath(JoinPath("hosts", name), "interfaces"), host.interfaces);
        }
        for (const auto& [name, gateway] : m_scenario.gateways)
        {
            CheckCards(JoinPath(JoinPath("gateways", name), "interfaces"), gateway.interfaces);
        }
    }

    void CheckCards(const std::string& path,
                    const std::map<std::string, InterfaceConfig>& interfaces) const
    {
        for (const auto& [name, interface] : interfaces)
        {
            CheckCard(JoinPath(path, name), interface.card, interface.address);
        }
    }

    void CheckCard(const std::string& key, const NetworkCard& card, const IpAddress& address) const
    {
        if (card.network.empty())
        {
            return;
        }
        CheckReference(JoinPath(key, "network"), card.network, "network", m_scenario.networks);
        const std::string& subnet = m_scenario.networks.at(card.network).subnet;
        if (!IpPrefix::Parse(subnet)->Contains(address))
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
};

} // namespace

void
CheckNetwork(const Scenario& scenario, const Marks& marks)
{
    NetworkChecker(scenario, marks).Check();
    CheckNodes(scenario, marks);
    CheckTopology(scenario, marks);
}

} // namespace bouncelab::scenario

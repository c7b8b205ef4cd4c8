#include "lab/scenario/section-checker.h"
#include "lab/scenario/topology.h"

namespace bouncelab::scenario
{

namespace
{

/// Checks each node for itself, and what names it.
class NodeChecker : SectionChecker
{
  public:
    NodeChecker(const Scenario& scenario, const Marks& marks)
        : SectionChecker(scenario, marks)
    {
    }

    void Check() const
    {
        CheckPlaces();
        for (const auto& [name, host] : m_scenario.hosts)
        {
            const std::string key = JoinPath("hosts", name);
            CheckAddress(key, host.address, host.card);
            CheckInterfaces(key, host.interfaces);
            CheckFamily(key, host);
            CheckIsOnGateway(key, name, host);
        }
        for (const auto& [name, gateway] : m_scenario.gateways)
        {
            CheckInterfaces(JoinPath("gateways", name), gateway.interfaces);
        }
        CheckStations();
    }

  private:
    /// A vantage's place means one thing.
    void CheckPlaces() const
    {
        std::map<std::string, std::string> places;
        for (const auto& [name, network] : m_scenario.networks)
        {
            places.emplace(name, "a network");
        }
        for (const auto& [kind, names] : {std::pair("hosts", KeysOfMap(m_scenario.hosts)),
                                          std::pair("gateways", KeysOfMap(m_scenario.gateways)),
                                          std::pair("stations", KeysOfMap(m_scenario.stations))})
        {
            for (const std::string_view name : names)
            {
                CheckIsFree(JoinPath(kind, std::string(name)), std::string(name), places);
            }
        }
        for (const auto& [name, node] : NodesOf(m_scenario).nodes)
        {
            places.emplace(name, "a machine");
        }
        for (const auto& [name, host] : m_scenario.hosts)
        {
            CheckInterfacePlaces(JoinPath("hosts", name), name, host.interfaces, places);
        }
        for (const auto& [name, gateway] : m_scenario.gateways)
        {
            CheckInterfacePlaces(JoinPath("gateways", name), name, gateway.interfaces, places);
        }
    }

    void CheckInterfacePlaces(const std::string& key,
                              const std::string& node,
                              const std::map<std::string, InterfaceConfig>& interfaces,
                              const std::map<std::string, std::string>& places) const
    {
        for (const auto& [name, interface] : interfaces)
        {
            CheckIsFree(JoinPath(JoinPath(key, "interfaces"), name), node + "-" + name, places);
        }
    }

    void CheckIsFree(const std::string& key,
                     const std::string& place,
                     const std::map<std::string, std::string>& places) const
    {
        const auto other = places.find(place);
        if (other != places.end())
        {
            Fail(key,
                 fmt::format("found {}, as which vantages know {}, expected another name",
                             Quote(place),
                             other->second));
        }
    }

    void CheckInterfaces(const std::string& key,
                         const std::map<std::string, InterfaceConfig>& interfaces) const
    {
        for (const auto& [name, interface] : interfaces)
        {
            CheckAddress(JoinPath(JoinPath(key, "interfaces"), name),
                         interface.address,
                         interface.card);
        }
    }

    /// An address that a machine can have, on a network one of its own.
    void CheckAddress(const std::string& node,
                      const IpAddress& address,
                      const NetworkCard& card) const
    {
        const std::string key = JoinPath(node, "address");
        if (!address.IsSet() || address.IsGroup())
        {
            Fail(key,
                 fmt::format("found {}, expected the address of one machine", address.ToString()));
        }
        const auto network = m_scenario.networks.find(card.network);
        const auto subnet = network == m_scenario.networks.end()
                                ? std::nullopt
                                : IpPrefix::Parse(network->second.subnet);
        constexpr std::uint32_t LONGEST = 30; // Longer ones have no broadcast address.
        if (!subnet || subnet->IsIpv6() || subnet->Length() > LONGEST)
        {
            return;
        }
        const std::uint32_t rest = ~std::uint32_t{0} >> subnet->Length();
        const std::uint32_t own = address.AsIpv4().value & rest;
        if (subnet->Contains(address) && (own == 0 || own == rest))
        {
            Fail(
                key,
                fmt::format("found {}, the {} of network `{}`, expected the address of one machine",
                            address.ToString(),
                            own == 0 ? "first address" : "broadcast address",
                            card.network));
        }
    }

    /// A host's programs speak one family.
    void CheckFamily(const std::string& key, const HostConfig& host) const
    {
        for (const auto& [name, interface] : host.interfaces)
        {
            if (interface.address.IsIpv6() != host.address.IsIpv6())
            {
                Fail(
                    JoinPath(JoinPath(JoinPath(key, "interfaces"), name), "address"),
                    fmt::format("found {}, expected an address of the family of the host's own, {}",
                                interface.address.ToString(),
                                host.address.ToString()));
            }
        }
    }

    void CheckIsOnGateway(const std::string& key,
                          const std::string& name,
                          const HostConfig& host) const
    {
        if (m_scenario.gateways.count(name) == 0)
        {
            return;
        }
        if (!host.interfaces.empty() || !host.card.network.empty())
        {
            Fail(JoinPath(key, host.interfaces.empty() ? "network" : "interfaces"),
                 "found one of a host on a gateway, expected it at the gateway");
        }
    }

    /// A line to a station begins at something else in the end.
    void CheckStations() const
    {
        for (const auto& [name, station] : m_scenario.stations)
        {
            std::string at = station.from;
            for (std::size_t i = 0; m_scenario.stations.count(at) > 0; ++i)
            {
                if (at == name || i > m_scenario.stations.size())
                {
                    Fail(JoinPath(JoinPath("stations", name), "from"),
                         fmt::format("found {}, which leads round in a circle, expected a station "
                                     "that a gateway leads to",
                                     Quote(station.from)));
                }
                at = m_scenario.stations.at(at).from;
            }
        }
    }
};

} // namespace

void
CheckNodes(const Scenario& scenario, const Marks& marks)
{
    NodeChecker(scenario, marks).Check();
}

} // namespace bouncelab::scenario

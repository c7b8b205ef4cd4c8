#include "lab/scenario/section-checker.h"
#include "lab/scenario/topology.h"

#include <set>

namespace bouncelab::scenario
{

namespace
{

using path::FilterDirection;
using path::FilterProtocol;
using path::FilterRule;

IpPrefix
PrefixOf(const std::string& text)
{
    return IpPrefix::Parse(text).value_or(IpPrefix{});
}

/// A kind of packet at a moment; `Any` is what is none of the others.
struct Instance
{
    FilterDirection direction = FilterDirection::Any;
    FilterProtocol protocol = FilterProtocol::Any;
    bool isStray = false;
    Nanoseconds at{0};
};

bool
IsInList(const FilterRule& rule, Nanoseconds at)
{
    return rule.from <= at && (rule.until.count() == 0 || at < rule.until);
}

bool
Takes(const FilterRule& rule, const Instance& packet)
{
    return (rule.direction == FilterDirection::Any || rule.direction == packet.direction) &&
           (rule.protocol == FilterProtocol::Any || rule.protocol == packet.protocol) &&
           (!rule.strays || packet.isStray) && IsInList(rule, packet.at);
}

/// Whether a rule is about all ports and addresses that a later one is about.
bool
IsAbout(const FilterRule& rule, const FilterRule& later)
{
    return (rule.port == 0 || rule.port == later.port) &&
           PrefixOf(rule.source).Contains(PrefixOf(later.source)) &&
           PrefixOf(rule.destination).Contains(PrefixOf(later.destination));
}

class FilterChecker : SectionChecker
{
  public:
    FilterChecker(const Scenario& scenario, const Marks& marks, const Topology& topology)
        : SectionChecker(scenario, marks)
        , m_topology(topology)
    {
    }

    void Check()
    {
        for (const auto& [name, gateway] : m_scenario.gateways)
        {
            if (gateway.filter.empty())
            {
                continue;
            }
            m_node = &m_topology.nodes.at(name);
            m_inside = m_topology.AddressesBehind(name, false);
            m_outside = m_topology.AddressesBehind(name, true);
            const std::string path = JoinPath(JoinPath("gateways", name), "filter");
            for (std::size_t i = 0; i < gateway.filter.size(); ++i)
            {
                const FilterRule& rule = gateway.filter[i];
                const std::string key = JoinPath(path, std::to_string(i + 1));
                if (rule.direction != FilterDirection::Any &&
                    gateway.interfaces.count(gateway.outside) == 0)
                {
                    Fail(JoinPath(key, "direction"),
                         fmt::format("found one at a gateway without the interface {} (`outside`), "
                                     "which it is about",
                                     Quote(gateway.outside)));
                }
                CheckTimes(key, rule);
                CheckSource(key, rule);
                CheckDestination(key, rule);
                CheckEarlier(key, rule, {&gateway.filter[0], &gateway.filter[0] + i});
            }
        }
    }

  private:
    using Rules = std::pair<const FilterRule*, const FilterRule*>; //!< Begin and end.

    static bool HoldsAny(const IpPrefix& prefix, const std::set<IpAddress>& addresses)
    {
        return std::any_of(addresses.begin(),
                           addresses.end(),
                           [&prefix](const IpAddress& address)
                           { return prefix.Contains(address); });
    }

    /// An address of the gateway itself, or of what a tunnel brings there.
    bool HoldsOwn(const IpPrefix& prefix) const
    {
        const std::vector<IpAddress>& further = m_node->further;
        return std::any_of(m_node->interfaces.begin(),
                           m_node->interfaces.end(),
                           [&prefix](const Topology::Interface& interface)
                           { return prefix.Contains(interface.address); }) ||
               std::any_of(further.begin(),
                           further.end(),
                           [&prefix](const IpAddress& address)
                           { return prefix.Contains(address); });
    }

    /// Whether nothing for an address of a prefix leaves by the outside.
    bool IsInside(const IpPrefix& prefix) const
    {
        if (HoldsAny(prefix, m_outside))
        {
            return false;
        }
        const bool isOne = prefix.Length() == (prefix.IsIpv6() ? 128U : 32U);
        return (isOne && HoldsAny(prefix, m_inside)) ||
               std::any_of(
                   m_node->interfaces.begin(),
                   m_node->interfaces.end(),
                   [&](const Topology::Interface& interface)
                   {
                       return !interface.leadsOut && !interface.network.empty() &&
                              m_topology.networks.at(interface.network).subnet.Contains(prefix);
                   });
    }

    void CheckTimes(const std::string& key, const FilterRule& rule) const
    {
        CheckTiming(JoinPath(key, "from"), rule.from);
        if (rule.until.count() > 0 && rule.until <= rule.from)
        {
            Fail(JoinPath(key, "until"),
                 fmt::format("found {}, expected a moment after `from`",
                             FormatDuration(rule.until)));
        }
    }

    void CheckSource(const std::string& key, const FilterRule& rule) const
    {
        const IpPrefix source = PrefixOf(rule.source);
        const bool isThere =
            (rule.direction != FilterDirection::Inbound && HoldsAny(source, m_inside)) ||
            (rule.direction != FilterDirection::Outbound && HoldsAny(source, m_outside)) ||
            HoldsOwn(source);
        if (rule.source.empty() || isThere)
        {
            return;
        }
        const bool isElsewhere = HoldsAny(source, m_inside) || HoldsAny(source, m_outside);
        const bool comesIn = rule.direction == FilterDirection::Inbound;
        Fail(JoinPath(key, "source"),
             fmt::format("found {}, {}, expected somebody who can begin what the rule is about",
                         rule.source,
                         !isElsewhere ? "which nobody has"
                         : comesIn    ? "which is inside, in a rule of what comes in"
                                      : "which is outside, in a rule of what goes out"));
    }

    void CheckDestination(const std::string& key, const FilterRule& rule) const
    {
        const IpPrefix destination = PrefixOf(rule.destination);
        if (rule.direction == FilterDirection::Outbound && IsInside(destination))
        {
            Fail(JoinPath(key, "destination"),
                 fmt::format("found {}, which is inside, in a rule of what goes out, expected an "
                             "outside address",
                             rule.destination));
        }
        if (rule.direction != FilterDirection::Inbound || rule.port == 0 || !m_node->nat)
        {
            return;
        }
        const auto translates = [&](const auto& entry)
        {
            const bool isTcp = entry.second.protocol == path::ForwardProtocol::Tcp;
            return entry.second.port == rule.port &&
                   rule.protocol == (isTcp ? FilterProtocol::Tcp : FilterProtocol::Udp);
        };
        const auto& forwards = m_node->nat->forwards;
        const auto forward = std::find_if(forwards.begin(), forwards.end(), translates);
        const auto address = IpAddress::Parse(rule.destination);
        if (forward != forwards.end() && address && m_topology.TranslatorAt(*address) == m_node)
        {
            Fail(JoinPath(key, "destination"),
                 fmt::format("found {}, whose port {} `nat` forwards before rules see it, expected "
                             "the inside address, {}",
                             rule.destination,
                             rule.port,
                             forward->second.to.ToString()));
        }
    }

    void CheckEarlier(const std::string& key, const FilterRule& rule, const Rules& earlier) const
    {
        for (const FilterRule* other = earlier.first; other != earlier.second; ++other)
        {
            if (other->name == rule.name)
            {
                Fail(JoinPath(key, "name"),
                     fmt::format("found {}, the name of an earlier rule, expected one of its own",
                                 Quote(rule.name)));
            }
        }
        const std::vector<std::string> takers = TakersOf(rule, earlier);
        if (!takers.empty())
        {
            Fail(key,
                 fmt::format("found rule {}, which can never match: {} {} before it {} all that it "
                             "would",
                             Quote(rule.name),
                             takers.size() == 1 ? "rule" : "rules",
                             fmt::join(takers, ", "),
                             takers.size() == 1 ? "takes" : "take"));
        }
    }

    /// The names of the rules that leave nothing to a later one, in quotes; none if some is left.
    std::vector<std::string> TakersOf(const FilterRule& rule, const Rules& earlier) const
    {
        std::vector<const FilterRule*> others;
        for (const FilterRule* other = earlier.first; other != earlier.second; ++other)
        {
            if (IsAbout(*other, rule))
            {
                others.push_back(other);
            }
        }
        const std::vector<Instance> packets = InstancesOf(rule, others);
        const auto alone = std::find_if(others.begin(),
                                        others.end(),
                                        [&packets](const FilterRule* other)
                                        {
                                            return std::all_of(packets.begin(),
                                                               packets.end(),
                                                               [other](const Instance& packet)
                                                               { return Takes(*other, packet); });
                                        });
        if (alone != others.end())
        {
            return {Quote((*alone)->name)};
        }
        std::vector<std::string> takers;
        for (const Instance& packet : packets)
        {
            const auto taker =
                std::find_if(others.begin(),
                             others.end(),
                             [&packet](const FilterRule* other) { return Takes(*other, packet); });
            if (taker == others.end())
            {
                return {};
            }
            if (const std::string name = Quote((*taker)->name);
                std::find(takers.begin(), takers.end(), name) == takers.end())
            {
                takers.push_back(name);
            }
        }
        return takers;
    }

    /// A packet of each kind that a rule is about, at each moment when the list changes.
    std::vector<Instance> InstancesOf(const FilterRule& rule,
                                      const std::vector<const FilterRule*>& others) const
    {
        std::vector<Nanoseconds> moments{rule.from};
        for (const FilterRule* other : others)
        {
            moments.push_back(other->from);
            moments.push_back(other->until);
        }
        std::vector<Instance> packets;
        for (const Nanoseconds at : moments)
        {
            for (const FilterDirection direction : DirectionsOf(rule))
            {
                for (const FilterProtocol protocol : ProtocolsOf(rule))
                {
                    for (const bool isStray : {false, true})
                    {
                        const bool exists = !isStray || protocol == FilterProtocol::Tcp;
                        const Instance packet{direction, protocol, isStray, at};
                        if (exists && Takes(rule, packet))
                        {
                            packets.push_back(packet);
                        }
                    }
                }
            }
        }
        return packets;
    }

    /// What is neither outbound nor inbound goes to the gateway, or between its inside interfaces.
    std::vector<FilterDirection> DirectionsOf(const FilterRule& rule) const
    {
        if (rule.direction != FilterDirection::Any)
        {
            return {rule.direction};
        }
        std::vector<FilterDirection> directions{FilterDirection::Outbound,
                                                FilterDirection::Inbound};
        const auto inside =
            std::count_if(m_node->interfaces.begin(),
                          m_node->interfaces.end(),
                          [](const Topology::Interface& interface) { return !interface.leadsOut; });
        if (inside > 1 || HoldsOwn(PrefixOf(rule.destination)))
        {
            directions.push_back(FilterDirection::Any);
        }
        return directions;
    }

    /// Of others than these three, there are the packets of tunnels.
    std::vector<FilterProtocol> ProtocolsOf(const FilterRule& rule) const
    {
        if (rule.protocol != FilterProtocol::Any)
        {
            return {rule.protocol};
        }
        std::vector<FilterProtocol> protocols{FilterProtocol::Icmp,
                                              FilterProtocol::Tcp,
                                              FilterProtocol::Udp};
        if (!m_scenario.tunnels.empty())
        {
            protocols.push_back(FilterProtocol::Any);
        }
        return protocols;
    }

    const Topology& m_topology;
    const Topology::Node* m_node = nullptr; //!< The gateway that is being checked,
    std::set<IpAddress> m_inside;           //!< and what is on either side of it.
    std::set<IpAddress> m_outside;
};

} // namespace

void
CheckFilters(const Scenario& scenario, const Marks& marks, const Topology& topology)
{
    FilterChecker(scenario, marks, topology).Check();
}

} // namespace bouncelab::scenario

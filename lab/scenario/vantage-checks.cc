#include "lab/scenario/section-checker.h"
#include "lab/scenario/topology.h"

namespace bouncelab::scenario
{

namespace
{

class VantageChecker : SectionChecker
{
  public:
    VantageChecker(const Scenario& scenario, const Marks& marks)
        : SectionChecker(scenario, marks)
    {
    }

    void Check() const { CheckAll(); }

  private:
    void CheckAll() const
    {
        CheckNames("vantages", m_scenario.vantages);
        for (const auto& [name, vantage] : m_scenario.vantages)
        {
            const std::string key = JoinPath("vantages", name);
            if (vantage.place.empty() == vantage.unionOf.empty())
            {
                Fail(key,
                     vantage.place.empty()
                         ? "found neither `place` nor `union-of`, expected one of them"
                         : "found both `place` and `union-of`, expected one of them");
            }
            if (vantage.place.empty())
            {
                CheckUnion(key, name, vantage);
            }
            else
            {
                CheckPlace(key, vantage);
            }
        }
    }

    void CheckUnion(const std::string& key,
                    const std::string& name,
                    const VantageConfig& vantage) const
    {
        for (std::size_t i = 0; i < vantage.unionOf.size(); ++i)
        {
            const std::string item = JoinPath(JoinPath(key, "union-of"), std::to_string(i + 1));
            CheckReference(item, vantage.unionOf[i], "vantage", m_scenario.vantages);
            if (vantage.unionOf[i] == name ||
                !m_scenario.vantages.at(vantage.unionOf[i]).unionOf.empty())
            {
                Fail(item,
                     fmt::format("found {}, which is a union, expected a vantage with a `place`",
                                 Quote(vantage.unionOf[i])));
            }
        }
        if (vantage.capture || vantage.snort || vantage.mailLog || vantage.bounces)
        {
            Fail(key, "found evidence of its own in a union, expected only `union-of`");
        }
    }

    bool HasTester(const std::string& host) const
    {
        return std::any_of(m_scenario.programs.relayTesters.begin(),
                           m_scenario.programs.relayTesters.end(),
                           [&host](const auto& tester)
                           { return tester.second.place.host == host; });
    }

    /// The places at gateways.
    static std::vector<std::string> InterfacesOf(const Topology& nodes)
    {
        std::vector<std::string> places;
        for (const auto& [name, node] : nodes.nodes)
        {
            for (const Topology::Interface& interface : node.interfaces)
            {
                if (node.kind == Topology::NodeKind::Gateway)
                {
                    places.push_back(name + "-" + interface.name);
                }
            }
        }
        return places;
    }

    void CheckPlace(const std::string& key, const VantageConfig& vantage) const
    {
        const Topology nodes = NodesOf(m_scenario);
        const auto interface = nodes.InterfaceAt(vantage.place);
        const bool atGateway = interface || m_scenario.stations.count(vantage.place) > 0 ||
                               m_scenario.networks.count(vantage.place) > 0;
        const auto host = m_scenario.hosts.find(vantage.place);
        if (!atGateway && host == m_scenario.hosts.end())
        {
            std::vector<std::string_view> places = KeysOfMap(m_scenario.hosts);
            std::vector<std::string> interfaces = InterfacesOf(nodes);
            places.insert(places.end(), interfaces.begin(), interfaces.end());
            for (const auto& more :
                 {KeysOfMap(m_scenario.stations), KeysOfMap(m_scenario.networks)})
            {
                places.insert(places.end(), more.begin(), more.end());
            }
            Fail(JoinPath(key, "place"),
                 fmt::format("found no place {}{}",
                             Quote(vantage.place),
                             Suggest(vantage.place, places)));
        }
        const bool hasMailProgram = !atGateway && host->second.sends;
        if ((vantage.mailLog || vantage.bounces) && !hasMailProgram)
        {
            Fail(JoinPath(key, vantage.mailLog ? "mail-log" : "bounces"),
                 fmt::format("found true at {}, expected it only at a host that has `sends`",
                             Quote(vantage.place)));
        }
        if (vantage.exchangeLogs && (atGateway || host->second.connectors.empty()))
        {
            Fail(JoinPath(key, "exchange-logs"),
                 fmt::format("found true at {}, expected it only at a host that has `connectors`",
                             Quote(vantage.place)));
        }
        if (vantage.directoryLoad && (atGateway || !host->second.directory))
        {
            Fail(JoinPath(key, "directory-load"),
                 fmt::format("found true at {}, expected it only at a host that has a `directory`",
                             Quote(vantage.place)));
        }
        if (vantage.queryLog && (atGateway || !host->second.nameServer))
        {
            Fail(
                JoinPath(key, "query-log"),
                fmt::format("found true at {}, expected it only at a host that has a `name-server`",
                            Quote(vantage.place)));
        }
        if (vantage.listPages && (atGateway || !host->second.blacklist))
        {
            Fail(JoinPath(key, "list-pages"),
                 fmt::format("found true at {}, expected it only at a host that has a `blacklist`",
                             Quote(vantage.place)));
        }
        if (vantage.relayTranscripts && !HasTester(vantage.place))
        {
            Fail(JoinPath(key, "relay-transcripts"),
                 fmt::format("found true at {}, expected it only at a host of a relay tester",
                             Quote(vantage.place)));
        }
        const bool onNetwork =
            m_scenario.networks.count(vantage.place) > 0 ||
            (interface && !nodes.At(*interface).network.empty()) ||
            (host != m_scenario.hosts.end() && !host->second.card.network.empty());
        if (onNetwork || (!vantage.capture && !vantage.snort))
        {
            return;
        }
        // A capture whose Ethernet addresses are zero would tell what made it.
        const std::pair<std::string, const MacAddress*> addresses[] = {
            {"outward-source", &vantage.outwardSource},
            {"outward-destination", &vantage.outwardDestination},
            {"inward-source", &vantage.inwardSource},
            {"inward-destination", &vantage.inwardDestination},
        };
        for (const auto& [field, address] : addresses)
        {
            if (*address == MacAddress())
            {
                Fail(JoinPath(key, field),
                     "found none, expected an Ethernet address, because packets are captured");
            }
        }
    }
};

} // namespace

void
CheckVantages(const Scenario& scenario, const Marks& marks)
{
    VantageChecker(scenario, marks).Check();
}

} // namespace bouncelab::scenario

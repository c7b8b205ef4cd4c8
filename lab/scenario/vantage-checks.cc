#include "lab/scenario/capture-filter.h"
#include "lab/scenario/section-checker.h"
#include "lab/scenario/topology.h"

#include <stdexcept>

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

    /// Whether a program of a kind runs at a host.
    template <class Programs>
    static bool IsPlaceOf(const Programs& programs, const std::string& host)
    {
        return std::any_of(programs.begin(),
                           programs.end(),
                           [&host](const auto& program)
                           { return program.second.place.host == host; });
    }

    /// The places at interfaces.
    static std::vector<std::string> InterfacesOf(const Topology& nodes)
    {
        std::vector<std::string> places;
        for (const auto& [name, node] : nodes.nodes)
        {
            for (const Topology::Interface& interface : node.interfaces)
            {
                if (node.kind != Topology::NodeKind::Station && !interface.name.empty())
                {
                    places.push_back(name + "-" + interface.name);
                }
            }
        }
        return places;
    }

    static bool HasFilter(const Topology& nodes, const std::string& place)
    {
        const std::string gateway = nodes.GatewayAt(place);
        return !gateway.empty() && !nodes.nodes.at(gateway).filter.empty();
    }

    /// What has to be at a place for each kind of log. \param host null where the place is none
    void CheckLogs(const std::string& key,
                   const VantageConfig& vantage,
                   const Topology& nodes,
                   const HostConfig* host) const
    {
        struct Need
        {
            const char* log;
            bool asked;
            bool met;
            const char* expected;
        };

        const bool hasMailProgram = host && host->sends;
        const Need needs[] = {
            {"mail-log", vantage.mailLog, hasMailProgram, "host that has `sends`"},
            {"bounces", vantage.bounces, hasMailProgram, "host that has `sends`"},
            {"exchange-logs",
             vantage.exchangeLogs,
             host && !host->connectors.empty(),
             "host that has `connectors`"},
            {"send-log",
             vantage.sendLog,
             hasMailProgram && !host->connectors.empty(),
             "host that has `sends` and `connectors`"},
            {"directory-load",
             vantage.directoryLoad,
             host && host->directory,
             "host that has a `directory`"},
            {"query-log",
             vantage.queryLog,
             host && host->nameServer,
             "host that has a `name-server`"},
            {"list-pages",
             vantage.listPages,
             host && host->blacklist,
             "host that has a `blacklist`"},
            {"firewall-log",
             vantage.firewallLog,
             HasFilter(nodes, vantage.place),
             "gateway that has a `filter`"},
            {"relay-transcripts",
             vantage.relayTranscripts,
             IsPlaceOf(m_scenario.programs.relayTesters, vantage.place),
             "host of a relay tester"},
            {"probe-log",
             vantage.probeLog,
             IsPlaceOf(m_scenario.programs.pathProbers, vantage.place),
             "host of a path prober"}};
        for (const Need& need : needs)
        {
            if (need.asked && !need.met)
            {
                Fail(JoinPath(key, need.log),
                     fmt::format("found true at {}, expected it only at a {}",
                                 Quote(vantage.place),
                                 need.expected));
            }
        }
        if (vantage.tcpdumpText && !vantage.capture)
        {
            Fail(JoinPath(key, "tcpdump-text"),
                 "found true without `capture`, whose frames it prints, expected both");
        }
    }

    /// What is captured, and when.
    void CheckCapture(const std::string& key, const VantageConfig& vantage) const
    {
        const bool isPart = !vantage.filter.empty() || vantage.from.count() > 0 ||
                            vantage.until.count() > 0 || vantage.flaws.Any();
        if (isPart && !vantage.capture)
        {
            Fail(key, "found a part of a capture, and no `capture`, expected both");
        }
        CheckTiming(JoinPath(key, "from"), vantage.from);
        if (vantage.until.count() > 0 && vantage.until <= vantage.from)
        {
            Fail(JoinPath(key, "until"),
                 fmt::format("found {}, expected a moment after `from`",
                             FormatDuration(vantage.until)));
        }
        if (vantage.flaws.missesFrom.count() > 0 &&
            vantage.flaws.missesUntil <= vantage.flaws.missesFrom)
        {
            Fail(JoinPath(key, "misses-until"),
                 fmt::format("found {}, expected a moment after `misses-from`",
                             FormatDuration(vantage.flaws.missesUntil)));
        }
        try
        {
            CaptureFilter{vantage.filter};
        }
        catch (const std::invalid_argument& fault)
        {
            Fail(JoinPath(key, "filter"),
                 fmt::format("found {}, expected a filter of tcpdump's: {}",
                             Quote(vantage.filter),
                             fault.what()));
        }
    }

    /// At a gateway, a place is one of its interfaces.
    void CheckIsNoGateway(const std::string& key,
                          const std::string& place,
                          const Topology& nodes) const
    {
        if (nodes.GatewayAt(place).empty())
        {
            return;
        }
        std::vector<std::string> interfaces;
        for (const Topology::Interface& interface : nodes.nodes.at(place).interfaces)
        {
            interfaces.push_back(place + "-" + interface.name);
        }
        Fail(key,
             fmt::format("found the gateway {}, expected one of its interfaces: {}",
                         Quote(place),
                         fmt::join(interfaces, ", ")));
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
            CheckIsNoGateway(JoinPath(key, "place"), vantage.place, nodes);
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
        CheckLogs(key, vantage, nodes, atGateway ? nullptr : &host->second);
        CheckCapture(key, vantage);
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

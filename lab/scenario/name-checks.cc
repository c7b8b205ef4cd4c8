#include "lab/scenario/section-checker.h"
#include "models/dns/name.h"

namespace bouncelab::scenario
{

namespace
{

/// Name servers, resolvers, lists, and what asks them.
class NameServiceChecker : SectionChecker
{
  public:
    NameServiceChecker(const Scenario& scenario, const Marks& marks)
        : SectionChecker(scenario, marks)
    {
    }

    void Check() const
    {
        for (const auto& [name, host] : m_scenario.hosts)
        {
            const std::string path = JoinPath("hosts", name);
            if (host.nameServer)
            {
                CheckServer(JoinPath(path, "name-server"), name, host);
            }
            if (host.resolver)
            {
                CheckResolver(JoinPath(path, "resolver"), name, *host.resolver);
            }
            if (host.blacklist)
            {
                CheckBlacklist(JoinPath(path, "blacklist"), host);
                if (!HasPlace(name))
                {
                    Fail(JoinPath(path, "blacklist"),
                         "found a list of a host to which no path leads, expected a host with a "
                         "place");
                }
            }
            CheckAskers(path, host);
        }
    }

  private:
    void CheckServer(const std::string& path, const std::string& name, const HostConfig& host) const
    {
        const dns::NameServerConfig& server = *host.nameServer;
        if (server.zones.empty() && !server.recursion && !host.blacklist)
        {
            Fail(path, "found neither `zones` nor `recursion`, expected one of them");
        }
        std::map<std::string, std::string> zones;
        for (const auto& [zone, config] : server.zones)
        {
            const std::string key = JoinPath(JoinPath(path, "zones"), zone);
            FailOnFirst(key, dns::CheckZone(zone, config));
            const auto [other, isNew] = zones.emplace(*dns::ReadName(zone), zone);
            if (!isNew)
            {
                Fail(key,
                     fmt::format("found {}, the same zone as {}, expected it once",
                                 Quote(zone),
                                 Quote(other->second)));
            }
        }
        if (server.recursion)
        {
            CheckResolver(JoinPath(path, "recursion"), name, *server.recursion);
        }
    }

    void CheckResolver(const std::string& path,
                       const std::string& name,
                       const dns::ResolverConfig& resolver) const
    {
        FailOnFirst(path, dns::CheckResolver(resolver));
        for (const auto& [key, addresses] :
             {std::pair{"servers", &resolver.servers}, std::pair{"roots", &resolver.roots}})
        {
            for (std::size_t i = 0; i < addresses->size(); ++i)
            {
                CheckAsked(JoinPath(JoinPath(path, key), std::to_string(i + 1)),
                           name,
                           (*addresses)[i],
                           std::string_view(key) == "servers");
            }
        }
    }

    /// The address of a name server that can answer.
    void CheckAsked(const std::string& path,
                    const std::string& asker,
                    IpAddress address,
                    bool recursive) const
    {
        const auto host =
            std::find_if(m_scenario.hosts.begin(),
                         m_scenario.hosts.end(),
                         [address](const auto& entry) { return entry.second.address == address; });
        if (host == m_scenario.hosts.end() || !host->second.nameServer)
        {
            Fail(path,
                 fmt::format("found {}, expected the address of a host that has a `name-server`",
                             address.ToString()));
        }
        if (host->first == asker)
        {
            Fail(path,
                 fmt::format("found {}, the host's own address, expected another host's",
                             address.ToString()));
        }
        const bool answers = recursive ? host->second.nameServer->recursion.has_value() ||
                                             !host->second.nameServer->zones.empty()
                                       : host->second.nameServer->zones.count("") > 0 ||
                                             host->second.nameServer->zones.count(".") > 0;
        if (!answers)
        {
            Fail(path,
                 fmt::format("found {}, whose host {} has no {}, expected one that has",
                             address.ToString(),
                             Quote(host->first),
                             recursive ? "`recursion`" : "zone \".\""));
        }
    }

    void CheckBlacklist(const std::string& path, const HostConfig& host) const
    {
        const BlacklistConfig& list = *host.blacklist;
        FailOnFirst(JoinPath(path, "policy"), dns::CheckBlacklistPolicy(list.policy.value));
        const auto zone = dns::ReadName(list.zone);
        if (!zone || zone->empty())
        {
            Fail(JoinPath(path, "zone"),
                 fmt::format("found {}, expected the name of a zone", Quote(list.zone)));
        }
        if (!host.nameServer)
        {
            Fail(path, "found a list of a host without `name-server`, expected it to have one");
        }
        for (const auto& [name, config] : host.nameServer->zones)
        {
            if (dns::ReadName(name) == zone)
            {
                Fail(JoinPath(path, "zone"),
                     fmt::format("found {}, which is among the host's `zones`, expected another",
                                 Quote(list.zone)));
            }
        }
        CheckSensors(JoinPath(path, "spam-traps"), list.spamTraps);
        CheckSensors(JoinPath(path, "filters"), list.filters);
        for (const auto& [name, removal] : list.removals)
        {
            CheckTiming(JoinPath(JoinPath(JoinPath(path, "removals"), name), "at"), removal.at);
        }
    }

    void CheckSensors(const std::string& path, const std::vector<std::string>& hosts) const
    {
        for (std::size_t i = 0; i < hosts.size(); ++i)
        {
            const std::string key = JoinPath(path, std::to_string(i + 1));
            CheckReference(key, hosts[i], "host", m_scenario.hosts);
            if (!m_scenario.hosts.at(hosts[i]).serves)
            {
                Fail(key,
                     fmt::format("found {}, expected a host that has `serves`", Quote(hosts[i])));
            }
        }
    }

    void CheckAskers(const std::string& path, const HostConfig& host) const
    {
        for (const auto& [name, connector] : host.connectors)
        {
            const std::string key =
                JoinPath(JoinPath(JoinPath(path, "connectors"), name), "checks");
            FailOnFirst(key, connector::CheckSenderChecks(connector.checks));
            if (connector.checks.NeedsResolver() && !host.resolver)
            {
                Fail(key,
                     "found checks that ask for names, and the host has no `resolver`, expected "
                     "one");
            }
        }
        if (host.relay && !host.relay->address.IsSet() &&
            (!host.resolver || host.relay->name.empty()))
        {
            Fail(JoinPath(path, "relay"),
                 "found no `address`, expected one, or a `name` and the host's `resolver`");
        }
    }
};

} // namespace

void
CheckNameService(const Scenario& scenario, const Marks& marks)
{
    NameServiceChecker(scenario, marks).Check();
    CheckZonesAgree(scenario, marks);
}

} // namespace bouncelab::scenario

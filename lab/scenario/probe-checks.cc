#include "lab/scenario/section-checker.h"

#include "formats/prefix.h"
#include "formats/text.h"

#include <map>
#include <utility>

namespace bouncelab::scenario
{

namespace
{

class ProbeChecker : SectionChecker
{
  public:
    ProbeChecker(const Scenario& scenario, const Marks& marks)
        : SectionChecker(scenario, marks)
    {
    }

    void Check() const
    {
        CheckTraceroutes();
        CheckTelnets();
        CheckTestersAndAttackers();
        CheckProxies();
        CheckServices();
    }

  private:
    void CheckTraceroutes() const
    {
        CheckNames("traceroutes", m_scenario.programs.traceroutes);
        for (const auto& [name, traceroute] : m_scenario.programs.traceroutes)
        {
            const std::string key = JoinPath("traceroutes", name);
            if (m_scenario.site.inside.empty())
            {
                Fail(key, "found a traceroute from the site's gateway, which `site` has not");
            }
            CheckReference(JoinPath(key, "to"), traceroute.to, "host", m_scenario.hosts);
            if (!HasPlace(traceroute.to))
            {
                Fail(JoinPath(key, "to"),
                     fmt::format(
                         "found {}, to which no path leads, expected a host at the end of a path",
                         Quote(traceroute.to)));
            }
            CheckTiming(JoinPath(key, "at"), traceroute.at);
        }
    }

    /// Who tests or attacks sits at a host that packets reach.
    void CheckPlace(const std::string& path, const std::string& host) const
    {
        CheckReference(path, host, "host", m_scenario.hosts);
        if (!HasPlace(host))
        {
            Fail(path,
                 fmt::format("found {}, to which no path leads, expected a host with a place",
                             Quote(host)));
        }
    }

    void CheckTelnets() const
    {
        CheckNames("telnets", m_scenario.programs.telnets);
        for (const auto& [name, telnet] : m_scenario.programs.telnets)
        {
            const std::string key = JoinPath("telnets", name);
            CheckPlace(JoinPath(key, "from"), telnet.from);
            if (telnet.address == m_scenario.hosts.at(telnet.from).address)
            {
                Fail(JoinPath(key, "address"),
                     fmt::format("found {}, the host's own address, expected another's",
                                 telnet.address.ToString()));
            }
            CheckTiming(JoinPath(key, "at"), telnet.at);
            for (std::size_t i = 0; i < telnet.session.lines.size(); ++i)
            {
                CheckTypedLine(JoinPath(key, fmt::format("lines.{}", i + 1)),
                               telnet.session.lines[i]);
            }
        }
    }

    void CheckProbePlace(const std::string& key, const ProbePlace& place) const
    {
        CheckPlace(JoinPath(key, "host"), place.host);
        if (place.target == m_scenario.hosts.at(place.host).address)
        {
            Fail(JoinPath(key, "target"),
                 fmt::format("found {}, the host's own address, expected another's",
                             place.target.ToString()));
        }
        CheckTiming(JoinPath(key, "at"), place.at);
    }

    void CheckTestersAndAttackers() const
    {
        CheckNames("relay-testers", m_scenario.programs.relayTesters);
        for (const auto& [name, tester] : m_scenario.programs.relayTesters)
        {
            const std::string key = JoinPath("relay-testers", name);
            CheckProbePlace(key, tester.place);
            FailOnFirst(key, probe::CheckRelayTester(tester.tester));
        }
        CheckNames("harvesters", m_scenario.programs.harvesters);
        for (const auto& [name, harvester] : m_scenario.programs.harvesters)
        {
            const std::string key = JoinPath("harvesters", name);
            CheckProbePlace(key, harvester.place);
            FailOnFirst(key, probe::CheckHarvester(harvester.harvester));
        }
        CheckNames("path-probers", m_scenario.programs.pathProbers);
        for (const auto& [name, prober] : m_scenario.programs.pathProbers)
        {
            const std::string key = JoinPath("path-probers", name);
            CheckProbePlace(key, prober.place);
            FailOnFirst(key, probe::CheckPathProber(prober.prober));
            for (std::size_t i = 0; i < prober.prober.lines.size(); ++i)
            {
                CheckTypedLine(JoinPath(key, fmt::format("lines.{}", i + 1)),
                               prober.prober.lines[i]);
            }
        }
        for (const auto& [name, host] : m_scenario.hosts)
        {
            if (host.directory)
            {
                FailOnFirst("hosts." + name + ".directory",
                            service::CheckDirectory(*host.directory));
            }
        }
    }

    void CheckServices() const
    {
        CheckNames("tcp-services", m_scenario.programs.tcpServices);
        for (const auto& [name, service] : m_scenario.programs.tcpServices)
        {
            const std::string key = JoinPath("tcp-services", name);
            CheckPlace(JoinPath(key, "host"), service.host);
            for (const auto& [client, dialog] : service.service.clients)
            {
                const std::string at = JoinPath(JoinPath(key, "clients"), client);
                CheckPlace(JoinPath(at, "from"), dialog.from);
                if (dialog.from == service.host)
                {
                    Fail(JoinPath(at, "from"),
                         fmt::format("found {}, the service's own host, expected another",
                                     Quote(dialog.from)));
                }
                CheckTiming(JoinPath(at, "at"), dialog.at);
            }
        }
    }

    void CheckProxies() const
    {
        CheckNames("http-proxies", m_scenario.programs.httpProxies);
        std::map<std::pair<std::string, std::uint16_t>, std::string> ports;
        for (const auto& [name, proxy] : m_scenario.programs.httpProxies)
        {
            const std::string key = JoinPath("http-proxies", name);
            CheckPlace(JoinPath(key, "host"), proxy.host);
            const std::string& clients = proxy.proxy.clients;
            if (!clients.empty() && !IpPrefix::Parse(clients))
            {
                Fail(JoinPath(key, "clients"),
                     fmt::format(
                         "found {}, expected a network as 192.168.1.0/24 or 2001:db8:1::/64, or an "
                         "address",
                         Quote(clients)));
            }
            const auto [other, isFirst] =
                ports.emplace(std::pair(proxy.host, proxy.proxy.port), name);
            if (!isFirst)
            {
                Fail(JoinPath(key, "port"),
                     fmt::format("found {}, which {} listens to on the same host",
                                 proxy.proxy.port,
                                 Quote(other->second)));
            }
        }
        for (const auto& [name, host] : m_scenario.hosts)
        {
            const std::string key = JoinPath(JoinPath("hosts", name), "proxy");
            if (host.proxy && !host.sends)
            {
                Fail(key, "found a proxy at a host that does not send, expected `sends` beside it");
            }
            if (host.proxy && host.proxy->address == host.address)
            {
                Fail(JoinPath(key, "address"),
                     fmt::format("found {}, the host's own address, expected another's",
                                 host.proxy->address.ToString()));
            }
        }
    }

    /// What Enter sends is one command line (RFC 5321 4.5.3.1.4).
    void CheckTypedLine(const std::string& key, const std::string& line) const
    {
        constexpr std::size_t COMMAND_LINE = 510;
        const bool isPrintable = std::all_of(line.begin(), line.end(), IsPrintable);
        if (!isPrintable || line.size() > COMMAND_LINE)
        {
            Fail(key,
                 fmt::format("found {}, expected at most {} printable ASCII characters",
                             Quote(line.substr(0, 60)),
                             COMMAND_LINE));
        }
    }
};

} // namespace

void
CheckProbes(const Scenario& scenario, const Marks& marks)
{
    ProbeChecker(scenario, marks).Check();
}

} // namespace bouncelab::scenario

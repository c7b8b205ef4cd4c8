#include "lab/scenario/section-checker.h"
#include "lab/scenario/topology.h"

namespace bouncelab::scenario
{

namespace
{

class ReachChecker : SectionChecker
{
  public:
    ReachChecker(const Scenario& scenario, const Marks& marks, const Topology& topology)
        : SectionChecker(scenario, marks)
        , m_topology(topology)
    {
    }

    void Check() const
    {
        for (const auto& [name, host] : m_scenario.hosts)
        {
            CheckHost(JoinPath("hosts", name), name, host);
        }
        CheckPrograms();
        CheckMessages();
    }

  private:
    void CheckHost(const std::string& key, const std::string& name, const HostConfig& host) const
    {
        if (host.relay)
        {
            CheckRoute(JoinPath(key, "relay.address"), name, host.relay->address);
        }
        if (host.timeService)
        {
            CheckRoutes(JoinPath(key, "time-service.sources"), name, host.timeService->sources);
        }
        if (host.resolver)
        {
            CheckResolver(JoinPath(key, "resolver"), name, *host.resolver);
        }
        if (host.nameServer && host.nameServer->recursion)
        {
            CheckResolver(JoinPath(key, "name-server.recursion"),
                          name,
                          *host.nameServer->recursion);
        }
    }

    void CheckResolver(const std::string& key,
                       const std::string& name,
                       const dns::ResolverConfig& resolver) const
    {
        CheckRoutes(JoinPath(key, "servers"), name, resolver.servers);
        CheckRoutes(JoinPath(key, "roots"), name, resolver.roots);
    }

    void CheckRoutes(const std::string& key,
                     const std::string& from,
                     const std::vector<IpAddress>& addresses) const
    {
        for (std::size_t i = 0; i < addresses.size(); ++i)
        {
            CheckRoute(JoinPath(key, std::to_string(i + 1)), from, addresses[i]);
        }
    }

    void CheckRoute(const std::string& key, const std::string& from, const IpAddress& address) const
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
    }

    /// Whether a host is a box within a line, which needs no place of its own.
    bool IsBox(const std::string& host) const
    {
        const auto& proxies = m_scenario.middleboxes.proxies;
        return std::any_of(proxies.begin(),
                           proxies.end(),
                           [&host](const auto& proxy) { return proxy.second.host == host; });
    }

    void CheckPrograms() const
    {
        for (const auto& [name, telnet] : m_scenario.programs.telnets)
        {
            if (m_scenario.hosts.count(telnet.from) > 0)
            {
                CheckRoute(JoinPath(JoinPath("telnets", name), "address"),
                           telnet.from,
                           telnet.address);
            }
        }
        CheckTargets("relay-testers", m_scenario.programs.relayTesters);
        CheckTargets("harvesters", m_scenario.programs.harvesters);
        CheckTargets("path-probers", m_scenario.programs.pathProbers);
        for (const auto& [name, service] : m_scenario.programs.tcpServices)
        {
            CheckClients(JoinPath(JoinPath("tcp-services", name), "clients"), service);
        }
    }

    template <class Programs>
    void CheckTargets(const std::string& kind, const Programs& programs) const
    {
        for (const auto& [name, program] : programs)
        {
            if (m_scenario.hosts.count(program.place.host) > 0)
            {
                CheckRoute(JoinPath(JoinPath(kind, name), "target"),
                           program.place.host,
                           program.place.target);
            }
        }
    }

    void CheckClients(const std::string& path, const TcpServiceAtHost& service) const
    {
        const auto host = m_scenario.hosts.find(service.host);
        for (const auto& [name, client] : service.service.clients)
        {
            if (host == m_scenario.hosts.end() || m_scenario.hosts.count(client.from) == 0)
            {
                continue;
            }
            const bool isDirect = !client.address.IsSet();
            const std::string key = JoinPath(JoinPath(path, name), isDirect ? "from" : "address");
            const IpAddress address = isDirect ? host->second.address : client.address;
            CheckRoute(key, client.from, address);
            CheckForward(key, address, service.service.port);
        }
    }

    /// Behind the address of a translation there is nobody but by a forward.
    void CheckForward(const std::string& key, const IpAddress& address, std::uint16_t port) const
    {
        const Topology::Node* translator = m_topology.TranslatorAt(address);
        const bool isHost =
            std::any_of(m_scenario.hosts.begin(),
                        m_scenario.hosts.end(),
                        [&address](const auto& host) { return host.second.address == address; });
        if (!translator || isHost)
        {
            return;
        }
        const auto& forwards = translator->nat->forwards;
        const bool isForwarded =
            std::any_of(forwards.begin(),
                        forwards.end(),
                        [port](const auto& forward) {
                            return forward.second.port == port &&
                                   forward.second.protocol == path::ForwardProtocol::Tcp;
                        });
        if (!isForwarded)
        {
            Fail(key,
                 fmt::format("found {}, whose translation forwards no TCP port {}, expected an "
                             "address at which the service is reached",
                             address.ToString(),
                             port));
        }
    }

    void CheckMessages() const
    {
        for (const auto& [name, message] : m_scenario.mail.messages)
        {
            const std::string from = SenderOf(m_scenario, message.via);
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
                const std::string key = JoinPath("mail.messages", name);
                if (!m_topology.IsJoined(from) && !IsBox(from))
                {
                    Fail(JoinPath(key, "via"),
                         fmt::format("found {}, which nothing joins to the others, expected a host "
                                     "with a place",
                                     Quote(from)));
                }
                CheckRoute(JoinPath(key, "to"), from, m_topology.AddressFor(from, host, SMTP_PORT));
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

    const Topology& m_topology;
};

} // namespace

void
CheckReach(const Scenario& scenario, const Marks& marks, const Topology& topology)
{
    ReachChecker(scenario, marks, topology).Check();
}

} // namespace bouncelab::scenario

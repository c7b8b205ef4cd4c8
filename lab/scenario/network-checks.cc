#include "lab/scenario/section-checker.h"

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

    void Check() const
    {
        CheckHosts();
        CheckSite();
        CheckPaths();
        CheckInPath();
    }

  private:
    void CheckHosts() const
    {
        CheckNames("hosts", m_scenario.hosts);
        std::map<Ipv4, std::string> owners{{m_scenario.site.gatewayAddress, "the gateway"}};
        for (const auto& [name, host] : m_scenario.hosts)
        {
            const std::string path = JoinPath("hosts", name);
            const auto [owner, isNew] = owners.emplace(host.address, "host `" + name + "`");
            if (!isNew)
            {
                Fail(JoinPath(path, "address"),
                     fmt::format("found {}, the address of {}, expected one of its own",
                                 host.address.ToString(),
                                 owner->second));
            }
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

    void CheckSite() const
    {
        CheckReference("site.mail-host", m_scenario.site.mailHost, "host", m_scenario.hosts);
        const HostConfig& mailHost = m_scenario.hosts.at(m_scenario.site.mailHost);
        if (!mailHost.sends && !mailHost.serves)
        {
            Fail("site.mail-host",
                 fmt::format("found {}, expected a host that has `sends` or `serves`",
                             Quote(m_scenario.site.mailHost)));
        }
        if (m_scenario.site.inside.empty())
        {
            Fail("site.inside",
                 "found an empty list, expected at least the gateway's inside interface");
        }
    }

    void CheckPaths() const
    {
        CheckNames("paths", m_scenario.paths);
        std::map<std::string, std::string> ends;
        for (const auto& [name, path] : m_scenario.paths)
        {
            const std::string key = JoinPath("paths", name);
            CheckReference(JoinPath(key, "to"), path.to, "host", m_scenario.hosts);
            if (path.to == m_scenario.site.mailHost)
            {
                Fail(JoinPath(key, "to"),
                     fmt::format("found {}, which is inside, expected a remote host",
                                 Quote(path.to)));
            }
            const auto [end, isNew] = ends.emplace(path.to, name);
            if (!isNew)
            {
                Fail(JoinPath(key, "to"),
                     fmt::format(
                         "found {}, to which path `{}` leads already, expected one path to a host",
                         Quote(path.to),
                         end->second));
            }
            const std::string hops = JoinPath(key, "hops");
            if (path.hops.empty())
            {
                Fail(hops, "found an empty list, expected hops up to the host");
            }
            const Ipv4 address = m_scenario.hosts.at(path.to).address;
            if (path.hops.back().address != address)
            {
                Fail(JoinPath(JoinPath(hops, std::to_string(path.hops.size())), "address"),
                     fmt::format("found {}, expected {}: the last hop is host `{}` itself",
                                 path.hops.back().address.ToString(),
                                 address.ToString(),
                                 path.to));
            }
        }
    }

    void CheckInPath() const
    {
        CheckNames("stations", m_scenario.stations);
        for (const auto& [name, path] : m_scenario.paths)
        {
            if (!path.behind.empty())
            {
                CheckReference("paths." + name + ".behind",
                               path.behind,
                               "station",
                               m_scenario.stations);
            }
        }
        for (const auto& [name, station] : m_scenario.stations)
        {
            if (station.hops.empty())
            {
                Fail("stations." + name + ".hops",
                     "found none, expected at least the station itself");
            }
        }
        for (const auto& [name, tunnel] : m_scenario.tunnels)
        {
            CheckReference("tunnels." + name + ".path", tunnel.path, "path", m_scenario.paths);
            for (const auto& [hostName, host] : m_scenario.hosts)
            {
                if (host.address == tunnel.tunnel.insideAddress)
                {
                    Fail("tunnels." + name + ".inside-address",
                         fmt::format("found {}, the address of {}, expected one of its own",
                                     tunnel.tunnel.insideAddress.ToString(),
                                     Quote(hostName)));
                }
            }
        }
    }
};

} // namespace

void
CheckNetwork(const Scenario& scenario, const Marks& marks)
{
    NetworkChecker(scenario, marks).Check();
}

} // namespace bouncelab::scenario

#include "lab/spec/checks.h"
#include "lab/spec/persona-library.h"
#include "lab/spec/scalar-text.h"
#include "lab/spec/utc-time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace bouncelab::spec
{

namespace
{

constexpr std::string_view GATEWAY = "gateway-inside";
constexpr std::string_view GATEWAY_OUTSIDE = "gateway-outside";
constexpr std::size_t MAX_FORGED_PAYLOAD = 1460;

template <class T>
std::vector<std::string_view>
KeysOfMap(const std::map<std::string, T>& map)
{
    std::vector<std::string_view> keys;
    for (const auto& entry : map)
    {
        keys.push_back(entry.first);
    }
    return keys;
}

std::string
LowerCase(std::string_view text)
{
    std::string lower(text);
    for (char& c : lower)
    {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return lower;
}

class ScenarioChecker
{
  public:
    ScenarioChecker(const Scenario& scenario, const Marks& marks)
        : m_scenario(scenario)
        , m_marks(marks)
    {
    }

    void Check() const
    {
        CheckHead();
        CheckHosts();
        CheckSite();
        CheckPaths();
        CheckInjectors();
        CheckInPath();
        CheckMail();
        CheckVantages();
        CheckTraceroutes();
        CheckTelnets();
        CheckProbes();
    }

  private:
    [[noreturn]] void Fail(const std::string& path, const std::string& text) const
    {
        throw SpecError(m_marks.Find(path), path, text);
    }

    template <class T>
    void CheckNames(const std::string& path, const std::map<std::string, T>& map) const
    {
        for (const auto& entry : map)
        {
            if (!IsName(entry.first))
            {
                Fail(JoinPath(path, entry.first),
                     "found name " + Quote(entry.first) +
                         ", expected lower-case letters, digits, - and .");
            }
        }
    }

    /// A value that names an entry of another map.
    template <class T>
    void CheckReference(const std::string& path,
                        const std::string& name,
                        const std::string& kind,
                        const std::map<std::string, T>& map) const
    {
        if (map.find(name) == map.end())
        {
            Fail(path,
                 fmt::format("found no {} {}{}", kind, Quote(name), Suggest(name, KeysOfMap(map))));
        }
    }

    bool HasPath(const std::string& host) const
    {
        return std::any_of(m_scenario.paths.begin(),
                           m_scenario.paths.end(),
                           [&](const auto& path) { return path.second.to == host; });
    }

    void CheckMoment(const std::string& path, Nanoseconds at) const
    {
        if (at > m_scenario.duration)
        {
            Fail(path,
                 fmt::format("found {}, expected a moment before the run ends at {}",
                             FormatDuration(at),
                             FormatDuration(m_scenario.duration)));
        }
    }

    void CheckHead() const
    {
        if (!ParseUtc(m_scenario.start))
        {
            Fail("start",
                 fmt::format("found {}, expected UTC such as 2006-09-26T06:44:50Z",
                             Quote(m_scenario.start)));
        }
        static constexpr std::array<std::string_view, 6> DOCUMENTS{
            {"", "S000", "S001", "S002", "S003", "S004"}};
        if (std::find(DOCUMENTS.begin(), DOCUMENTS.end(), m_scenario.document) == DOCUMENTS.end())
        {
            Fail("document",
                 fmt::format("found {}, expected one of S000, S001, S002, S003, S004",
                             Quote(m_scenario.document)));
        }
    }

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

    void CheckInjectors() const
    {
        CheckNames("injectors", m_scenario.injectors);
        for (const auto& [name, injector] : m_scenario.injectors)
        {
            const std::string key = JoinPath("injectors", name);
            CheckReference(JoinPath(key, "path"), injector.path, "path", m_scenario.paths);
            const std::size_t hops = m_scenario.paths.at(injector.path).hops.size();
            if (injector.injector.atHop > hops)
            {
                Fail(JoinPath(key, "at-hop"),
                     fmt::format("found {}, expected 1 to {}, the hops of path `{}`",
                                 injector.injector.atHop,
                                 hops,
                                 injector.path));
            }
            if (injector.injector.payload.empty() ||
                injector.injector.payload.size() > MAX_FORGED_PAYLOAD)
            {
                Fail(JoinPath(key, "payload"),
                     fmt::format("found {} bytes, expected 1 to {}, one segment",
                                 injector.injector.payload.size(),
                                 MAX_FORGED_PAYLOAD));
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
                Fail("stations." + name + ".hops", "found none, expected at least the station itself");
            }
        }
        for (const auto& [name, proxy] : m_scenario.proxies)
        {
            CheckReference("proxies." + name + ".station",
                           proxy.station,
                           "station",
                           m_scenario.stations);
            CheckReference("proxies." + name + ".host", proxy.host, "host", m_scenario.hosts);
            CheckProxyPlace("proxies." + name, name, proxy);
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

    /// A proxy is a machine at its station and nowhere else, and a station has one.
    void CheckProxyPlace(const std::string& key,
                         const std::string& name,
                         const ProxyAtStation& proxy) const
    {
        if (proxy.host == m_scenario.site.mailHost || HasPath(proxy.host))
        {
            Fail(JoinPath(key, "host"),
                 fmt::format("found {}, which has a place already, expected a host that is neither "
                             "the mail host nor at the end of a path",
                             Quote(proxy.host)));
        }
        for (const auto& [otherName, other] : m_scenario.proxies)
        {
            if (otherName < name && (other.host == proxy.host || other.station == proxy.station))
            {
                Fail(JoinPath(key, other.station == proxy.station ? "station" : "host"),
                     fmt::format("found {}, where {} is already, expected one proxy at each",
                                 Quote(other.station == proxy.station ? proxy.station : proxy.host),
                                 Quote(otherName)));
            }
        }
    }

    void CheckSender(const std::string& path, const std::string& via) const
    {
        if (via.empty())
        {
            if (!m_scenario.hosts.at(m_scenario.site.mailHost).sends)
            {
                Fail(path,
                     fmt::format("found no host, and the mail host {} does not send; expected a "
                                 "host that has `sends`",
                                 Quote(m_scenario.site.mailHost)));
            }
            return;
        }
        CheckReference(path, via, "host", m_scenario.hosts);
        if (!m_scenario.hosts.at(via).sends)
        {
            Fail(path, fmt::format("found {}, expected a host that has `sends`", Quote(via)));
        }
    }

    bool HasExchanger(std::string_view mailbox) const
    {
        const std::string domain = LowerCase(mailbox.substr(mailbox.rfind('@') + 1));
        const auto& exchangers = m_scenario.mail.exchangers;
        return std::any_of(exchangers.begin(),
                           exchangers.end(),
                           [&](const auto& entry) { return LowerCase(entry.first) == domain; });
    }

    bool IsLocal(std::string_view mailbox) const
    {
        const std::string domain = LowerCase(mailbox.substr(mailbox.rfind('@') + 1));
        const auto& local = m_scenario.hosts.at(m_scenario.site.mailHost).queue.localDomains;
        return std::any_of(local.begin(),
                           local.end(),
                           [&](const std::string& name) { return LowerCase(name) == domain; });
    }

    /// Both ends of a message need a way: bounces go back to the sender.
    void CheckMailbox(const std::string& path, const std::string& mailbox) const
    {
        if (!IsMailbox(mailbox))
        {
            Fail(path, fmt::format("found {}, expected an address as user@domain", Quote(mailbox)));
        }
        if (!HasExchanger(mailbox) && !IsLocal(mailbox))
        {
            Fail(path,
                 fmt::format("found {}, for whose domain no host takes mail, expected a domain of "
                             "mail.exchangers",
                             Quote(mailbox)));
        }
    }

    void CheckMail() const
    {
        const MailConfig& mail = m_scenario.mail;
        for (const auto& [domain, host] : mail.exchangers)
        {
            const std::string key = JoinPath("mail.exchangers", domain);
            CheckReference(key, host, "host", m_scenario.hosts);
            if (host == m_scenario.site.mailHost)
            {
                continue;
            }
            if (!HasPath(host))
            {
                Fail(key,
                     fmt::format(
                         "found {}, to which no path leads, expected a host at the end of a path",
                         Quote(host)));
            }
            if (!m_scenario.hosts.at(host).serves)
            {
                Fail(key, fmt::format("found {}, expected a host that has `serves`", Quote(host)));
            }
        }
        CheckNames("mail.messages", mail.messages);
        for (const auto& [name, message] : mail.messages)
        {
            const std::string key = JoinPath("mail.messages", name);
            if (!message.from.empty())
            {
                CheckMailbox(JoinPath(key, "from"), message.from);
            }
            CheckMailbox(JoinPath(key, "to"), message.to);
            CheckSender(JoinPath(key, "via"), message.via);
            CheckMoment(JoinPath(key, "at"), message.at);
        }
        CheckOrdinaryMail("mail.ordinary", mail.ordinary);
        CheckNames("mail.sources", mail.sources);
        for (const auto& [name, source] : mail.sources)
        {
            CheckOrdinaryMail(JoinPath("mail.sources", name), source);
        }
    }

    void CheckOrdinaryMail(const std::string& key, const OrdinaryMail& ordinary) const
    {
        const std::pair<std::string, const std::vector<std::string>*> lists[] = {
            {JoinPath(key, "senders"), &ordinary.senders},
            {JoinPath(key, "recipients"), &ordinary.recipients},
        };
        if (ordinary.perMinute > 0)
        {
            CheckSender(JoinPath(key, "via"), ordinary.via);
            CheckMoment(JoinPath(key, "start"), ordinary.start);
        }
        for (const auto& [path, list] : lists)
        {
            if (ordinary.perMinute > 0 && list->empty())
            {
                Fail(path, "found none, expected at least one, because `per-minute` is not 0");
            }
            for (std::size_t i = 0; i < list->size(); ++i)
            {
                CheckMailbox(JoinPath(path, std::to_string(i + 1)), (*list)[i]);
            }
        }
        if (ordinary.minimumBytes > ordinary.maximumBytes)
        {
            Fail(JoinPath(key, "minimum-bytes"),
                 fmt::format("found {}, expected at most `maximum-bytes`, {}",
                             ordinary.minimumBytes,
                             ordinary.maximumBytes));
        }
    }

    void CheckVantages() const
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

    void CheckPlace(const std::string& key, const VantageConfig& vantage) const
    {
        const bool atGateway = vantage.place == GATEWAY || vantage.place == GATEWAY_OUTSIDE ||
                               m_scenario.stations.count(vantage.place) > 0;
        const auto host = m_scenario.hosts.find(vantage.place);
        if (!atGateway && host == m_scenario.hosts.end())
        {
            std::vector<std::string_view> places = KeysOfMap(m_scenario.hosts);
            places.push_back(GATEWAY);
            places.push_back(GATEWAY_OUTSIDE);
            for (const std::string_view station : KeysOfMap(m_scenario.stations))
            {
                places.push_back(station);
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
        if (!vantage.capture && !vantage.snort)
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

    void CheckTraceroutes() const
    {
        CheckNames("traceroutes", m_scenario.traceroutes);
        for (const auto& [name, traceroute] : m_scenario.traceroutes)
        {
            const std::string key = JoinPath("traceroutes", name);
            CheckReference(JoinPath(key, "to"), traceroute.to, "host", m_scenario.hosts);
            if (!HasPath(traceroute.to))
            {
                Fail(JoinPath(key, "to"),
                     fmt::format(
                         "found {}, to which no path leads, expected a host at the end of a path",
                         Quote(traceroute.to)));
            }
            CheckMoment(JoinPath(key, "at"), traceroute.at);
        }
    }

    void CheckTelnets() const
    {
        CheckNames("telnets", m_scenario.telnets);
        for (const auto& [name, telnet] : m_scenario.telnets)
        {
            const std::string key = JoinPath("telnets", name);
            CheckReference(JoinPath(key, "from"), telnet.from, "host", m_scenario.hosts);
            if (telnet.from != m_scenario.site.mailHost && !HasPath(telnet.from))
            {
                Fail(JoinPath(key, "from"),
                     fmt::format("found {}, to which no path leads, expected a host with a place",
                                 Quote(telnet.from)));
            }
            if (telnet.address == m_scenario.hosts.at(telnet.from).address)
            {
                Fail(JoinPath(key, "address"),
                     fmt::format("found {}, the host's own address, expected another's",
                                 telnet.address.ToString()));
            }
            CheckMoment(JoinPath(key, "at"), telnet.at);
            for (std::size_t i = 0; i < telnet.session.lines.size(); ++i)
            {
                CheckTypedLine(JoinPath(key, fmt::format("lines.{}", i + 1)),
                               telnet.session.lines[i]);
            }
        }
    }

    void CheckProbePlace(const std::string& key, const ProbePlace& place) const
    {
        CheckReference(JoinPath(key, "host"), place.host, "host", m_scenario.hosts);
        CheckMoment(JoinPath(key, "at"), place.at);
    }

    /// \param faults of models' own checks: "key: what is wrong"
    void FailOnFirst(const std::string& path, const std::vector<std::string>& faults) const
    {
        if (faults.empty())
        {
            return;
        }
        const std::size_t colon = faults.front().find(": ");
        if (colon == std::string::npos)
        {
            Fail(path, faults.front());
        }
        Fail(JoinPath(path, faults.front().substr(0, colon)), faults.front().substr(colon + 2));
    }

    void CheckProbes() const
    {
        CheckNames("relay-testers", m_scenario.relayTesters);
        for (const auto& [name, tester] : m_scenario.relayTesters)
        {
            const std::string key = JoinPath("relay-testers", name);
            CheckProbePlace(key, tester.place);
            FailOnFirst(key, probe::CheckRelayTester(tester.tester));
        }
        CheckNames("harvesters", m_scenario.harvesters);
        for (const auto& [name, harvester] : m_scenario.harvesters)
        {
            const std::string key = JoinPath("harvesters", name);
            CheckProbePlace(key, harvester.place);
            FailOnFirst(key, probe::CheckHarvester(harvester.harvester));
        }
        for (const auto& [name, host] : m_scenario.hosts)
        {
            if (host.directory)
            {
                FailOnFirst("hosts." + name + ".directory", service::CheckDirectory(*host.directory));
            }
        }
    }

    /// What Enter sends is one command line (RFC 5321 4.5.3.1.4).
    void CheckTypedLine(const std::string& key, const std::string& line) const
    {
        constexpr std::size_t COMMAND_LINE = 510;
        const bool isPrintable = std::all_of(line.begin(),
                                             line.end(),
                                             [](char c) { return c >= ' ' && c < '\x7F'; });
        if (!isPrintable || line.size() > COMMAND_LINE)
        {
            Fail(key,
                 fmt::format("found {}, expected at most {} printable ASCII characters",
                             Quote(line.substr(0, 60)),
                             COMMAND_LINE));
        }
    }

    const Scenario& m_scenario;
    const Marks& m_marks;
};

} // namespace

bool
IsMailbox(std::string_view text)
{
    const std::size_t at = text.rfind('@');
    return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
           std::all_of(text.begin(),
                       text.end(),
                       [](char c) { return c > ' ' && c < '\x7F' && c != '<' && c != '>'; });
}

void
CheckScenario(const Scenario& scenario, const Marks& marks)
{
    ScenarioChecker(scenario, marks).Check();
}

} // namespace bouncelab::spec

#include "detectors/analysis/text-alert.h"
#include "detectors/listing-cause.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace bouncelab::detectors::listing_cause
{

namespace
{

constexpr std::chrono::seconds AT_ONCE(5); //!< From a stranger's connection to the one onward.
constexpr std::size_t LEAST_TUNNELS = 5;
constexpr std::size_t MOSTLY_PERCENT = 80; //!< Of what it sends, and of who comes, follow in pairs.

bool
IsWebPort(std::uint16_t port)
{
    return port == 80 || port == 443;
}

/// What sends mail for strangers, at a port of a host.
struct Carrier
{
    std::uint16_t port = 0;
    std::set<HostAddress> strangers;
    std::set<HostAddress> servers;
};

class ProxyJudge
{
  public:
    ProxyJudge(const Analysis& analysis, AlertSink& sink)
        : m_analysis(analysis)
        , m_sink(sink)
    {
    }

    /// \return the hosts inside that are accused
    std::set<HostAddress> Run()
    {
        CollectTunnels();
        CollectRows();
        for (const auto& [host, out] : m_outward)
        {
            for (const auto& [port, in] : m_inward[host])
            {
                JudgeRows(host, port, in, out);
            }
        }
        for (const auto& [place, tunnels] : m_tunnels)
        {
            JudgeTunnels(tunnels);
        }
        return m_named;
    }

  private:
    using Row = InFile<FirewallEvent>;
    using Rows = std::vector<const Row*>;

    void CollectTunnels()
    {
        for (const SeenTunnel& tunnel : m_analysis.tunnels.All())
        {
            if (tunnel.isOpened && tunnel.targetPort == SMTP_PORT && !IsInside(tunnel.client))
            {
                m_tunnels[{tunnel.proxy, tunnel.port}].push_back(&tunnel);
            }
        }
    }

    void CollectRows()
    {
        for (const Row& row : m_analysis.GetContext().logs.firewall)
        {
            const FirewallEvent& event = row.record;
            if (event.action != FirewallEvent::Action::Permitted || event.protocol != "tcp" ||
                !event.time)
            {
                continue;
            }
            if (IsInside(event.source) && event.destinationPort == SMTP_PORT)
            {
                m_outward[event.source].push_back(&row);
            }
            else if (IsInside(event.destination) && !IsInside(event.source) &&
                     !IsMailPort(event.destinationPort))
            {
                m_inward[event.destination][event.destinationPort].push_back(&row);
            }
        }
    }

    /// Rows of both kinds that follow one another at once, each of one kind with one of the other.
    static std::vector<std::pair<const Row*, const Row*>> PairsOf(Rows in, Rows out)
    {
        const auto earlier = [](const Row* a, const Row* b)
        { return *a->record.time < *b->record.time; };
        std::stable_sort(in.begin(), in.end(), earlier);
        std::stable_sort(out.begin(), out.end(), earlier);
        std::vector<std::pair<const Row*, const Row*>> pairs;
        auto next = in.begin();
        for (const Row* const sent : out)
        {
            while (next != in.end() && *(*next)->record.time + AT_ONCE < *sent->record.time)
            {
                ++next;
            }
            if (next != in.end() && *(*next)->record.time <= *sent->record.time)
            {
                pairs.emplace_back(*next++, sent);
            }
        }
        return pairs;
    }

    void JudgeRows(const HostAddress& host, std::uint16_t port, const Rows& in, const Rows& out)
    {
        const auto pairs = PairsOf(in, out);
        if (pairs.size() < LEAST_TUNNELS || pairs.size() * 100 < out.size() * MOSTLY_PERCENT ||
            pairs.size() * 100 < in.size() * MOSTLY_PERCENT)
        {
            return;
        }
        Carrier carrier;
        carrier.port = port;
        TextFinding finding;
        for (const auto& [came, sent] : pairs)
        {
            carrier.strangers.insert(came->record.source);
            carrier.servers.insert(sent->record.destination);
            for (const Row* const row : {sent, came})
            {
                finding.lines.push_back({row->file, row->record.line, row->record.text});
            }
        }
        finding.time = *pairs.front().second->record.time;
        finding.source = host;
        finding.destination = pairs.front().second->record.destination;
        const SeenTunnel* const seen = TunnelOf(carrier);
        finding.score = seen ? 0.98 : 0.85;
        finding.explanation = fmt::format(
            "{} sends mail for strangers: {} times a connection from outside to its port {} ({} "
            "address{}) was followed within {} s by one from it to port 25, at {} servers; of its "
            "{} connections to port 25 {} came about so. {}",
            host.ToString(),
            pairs.size(),
            port,
            carrier.strangers.size(),
            carrier.strangers.size() == 1 ? "" : "es",
            AT_ONCE.count(),
            carrier.servers.size(),
            out.size(),
            pairs.size(),
            seen ? Shown(*seen)
            : IsWebPort(port)
                ? "A form of a web site that mails for whoever fills it in, or a proxy."
                : "So works an open proxy.");
        finding.side = "inside the network, behind the firewall";
        m_named.insert(host);
        m_sink.Add(AlertOf(finding, IsWebPort(port) && !seen));
    }

    /// A tunnel of a capture that the same strangers asked for at that port.
    const SeenTunnel* TunnelOf(const Carrier& carrier)
    {
        const SeenTunnel* found = nullptr;
        for (const auto& [place, tunnels] : m_tunnels)
        {
            if (place.second == carrier.port &&
                carrier.strangers.count(tunnels.front()->client) > 0)
            {
                found = found ? found : tunnels.front();
                m_explained.insert(place);
            }
        }
        return found;
    }

    static std::string Shown(const SeenTunnel& tunnel)
    {
        return fmt::format("It is an open proxy: {} has it connect to port 25 of {} by {}, and it "
                           "does ({}, frame {}).",
                           tunnel.client.ToString(),
                           tunnel.target,
                           tunnel.protocol,
                           tunnel.file,
                           tunnel.frame);
    }

    /// Whether the proxy's own connection to the server shows: it is at this site then, and not one
    /// that the site's own users use elsewhere.
    bool GoesOn(const SeenTunnel& tunnel) const
    {
        const SessionList& sessions = m_analysis.Sessions(LogDetail::Codes);
        return IsInside(tunnel.proxy) ||
               std::any_of(sessions.begin(),
                           sessions.end(),
                           [&](const SmtpSession& session)
                           {
                               const auto later = session.Start() - tunnel.time;
                               return session.client == tunnel.proxy &&
                                      session.serverPort == SMTP_PORT && later >= -AT_ONCE &&
                                      later <= AT_ONCE;
                           });
    }

    void JudgeTunnels(const std::vector<const SeenTunnel*>& tunnels)
    {
        const SeenTunnel& first = *tunnels.front();
        if (m_explained.count({first.proxy, first.port}) > 0 || !GoesOn(first))
        {
            return;
        }
        std::set<HostAddress> strangers;
        std::set<std::string> servers;
        for (const SeenTunnel* const tunnel : tunnels)
        {
            strangers.insert(tunnel->client);
            servers.insert(tunnel->target);
        }
        TextFinding finding;
        finding.time = first.time;
        finding.source = first.proxy;
        finding.destination = HostAddress::Parse(first.target).value_or(HostAddress());
        finding.score = 0.95;
        finding.explanation = fmt::format(
            "{} sends mail for strangers: {} time{} {} from outside asked its port {} for a "
            "connection to port 25, of {} server{}, and had it. {}",
            first.proxy.ToString(),
            tunnels.size(),
            tunnels.size() == 1 ? "" : "s",
            strangers.size() == 1 ? first.client.ToString()
                                  : fmt::format("{} addresses", strangers.size()),
            first.port,
            servers.size(),
            servers.size() == 1 ? "" : "s",
            Shown(first));
        finding.side = "at that address";
        Alert alert = AlertOf(finding, false);
        alert.evidence.file = first.file;
        alert.evidence.frames = {first.frame};
        m_sink.Add(std::move(alert));
    }

    static Alert AlertOf(TextFinding& finding, bool isForm)
    {
        finding.dottedClass = PROXY;
        finding.verdict = Verdict::Fault;
        finding.next = isForm ? "the web server's log of these moments: which page they call"
                              : "take that program off the machine or off the outside: no stranger "
                                "may use it, and the firewall forward no port to it";
        return MakeTextAlert(finding, SIGNATURE);
    }

    const Analysis& m_analysis;
    AlertSink& m_sink;
    std::map<std::pair<HostAddress, std::uint16_t>, std::vector<const SeenTunnel*>> m_tunnels;
    std::set<std::pair<HostAddress, std::uint16_t>> m_explained; //!< Of these, told by a log.
    std::map<HostAddress, Rows> m_outward;
    std::map<HostAddress, std::map<std::uint16_t, Rows>> m_inward;
    std::set<HostAddress> m_named;
};

} // namespace

std::set<HostAddress>
JudgeProxies(const Analysis& analysis, AlertSink& sink)
{
    return ProxyJudge(analysis, sink).Run();
}

} // namespace bouncelab::detectors::listing_cause

#include "detectors/analysis/mail-denials.h"
#include "detectors/analysis/text-alert.h"
#include "detectors/analysis/unreached.h"
#include "detectors/detector.h"
#include "detectors/flow/flow.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace bouncelab::detectors
{

namespace own_firewall
{

constexpr AlertRule SIGNATURE{"own-firewall",
                              1100133,
                              "BOUNCELAB a firewall keeps mail from being sent"};

using Row = InFile<FirewallEvent>;
using Action = FirewallEvent::Action;
using Way = FirewallEvent::Way;

std::string
Times(std::size_t count)
{
    return count == 1 ? "once" : fmt::format("{} times", count);
}

std::string
Names(const std::set<HostAddress>& addresses)
{
    constexpr std::size_t MOST_NAMED = 3;
    std::vector<std::string> names;
    for (const HostAddress& address : addresses)
    {
        names.push_back(address.ToString());
    }
    if (names.size() > MOST_NAMED)
    {
        names.resize(MOST_NAMED);
        names.push_back(fmt::format("{} more", addresses.size() - MOST_NAMED));
    }
    return Enumerate(names);
}

TextFinding
FindingOf(const std::vector<const Row*>& rows)
{
    TextFinding finding;
    for (const Row* const row : rows)
    {
        finding.lines.push_back({row->file, row->record.line, row->record.text});
    }
    finding.source = rows.front()->record.source;
    finding.destination = rows.front()->record.destination;
    finding.time = rows.front()->record.time.value_or(WallTime());
    return finding;
}

/// A log, and who calls whom at which port.
using Connection = std::tuple<std::string, HostAddress, HostAddress, std::uint16_t>;

Connection
ConnectionOf(const Row& row)
{
    return {row.file, row.record.source, row.record.destination, row.record.destinationPort};
}

bool
IsOutbound(const FirewallEvent& event)
{
    return event.way == Way::Outbound || (event.way == Way::Unknown && event.source.IsPrivate() &&
                                          !event.destination.IsPrivate());
}

class Judge
{
  public:
    Judge(const ServerLogs& logs, AlertSink& sink)
        : m_logs(logs)
        , m_sink(sink)
    {
        for (const Row& row : logs.firewall)
        {
            const FirewallEvent& event = row.record;
            if (event.protocol != "tcp" || !IsMailPort(event.destinationPort))
            {
                continue;
            }
            if (event.isInspected)
            {
                m_inspected.push_back(&row);
            }
            else if (event.action == Action::Denied && event.opens && event.way == Way::Inbound)
            {
                m_inbound.push_back(&row);
            }
            else if (event.action == Action::Ended && event.reason == "SYN Timeout")
            {
                m_unanswered.push_back(&row);
            }
            else if (event.action == Action::Ended && IsOutbound(event))
            {
                m_permitted.insert(event.source); // what ends was let out
            }
            else if (event.action == Action::Permitted && event.way == Way::Outbound)
            {
                m_permitted.insert(event.source);
                m_passed[ConnectionOf(row)].push_back(&row);
            }
        }
    }

    void Run()
    {
        JudgeDenied();
        JudgeInspected();
        JudgeUnanswered();
        JudgeInbound();
    }

  private:
    /// The row that lets the same host through to the same server soon after it was denied.
    const Row* PassedSoonAfter(const Row& denied) const
    {
        constexpr std::chrono::minutes SOON(10);
        const auto passed = m_passed.find(ConnectionOf(denied));
        if (passed == m_passed.end())
        {
            return nullptr;
        }
        const auto next = std::upper_bound(passed->second.begin(),
                                           passed->second.end(),
                                           denied.record.line,
                                           [](std::uint32_t line, const Row* row)
                                           { return line < row->record.line; });
        const bool isSoon =
            next != passed->second.end() && (!(*next)->record.time || !denied.record.time ||
                                             *(*next)->record.time - *denied.record.time <= SOON);
        return isSoon ? *next : nullptr;
    }

    /// Denials that cannot be the rule, as the same connection passes soon after.
    void TellPassed(const std::vector<const Row*>& denials)
    {
        const Row& first = *denials.front();
        const Row& passed = *PassedSoonAfter(first);
        TextFinding finding = FindingOf(denials);
        finding.lines.push_back({passed.file, passed.record.line, passed.record.text});
        finding.dottedClass = "unreachable.firewall";
        finding.verdict = Verdict::Inconclusive;
        finding.explanation = fmt::format(
            "The firewall's own log denies {} port {} of {}, {} (first in line {}), and lets the "
            "same through soon after (line {}): no rule keeps this host from that server. A rule "
            "that was changed between, a limit, or a packet of a connection that was over would "
            "explain it.",
            first.record.source.ToString(),
            first.record.destinationPort,
            first.record.destination.ToString(),
            Times(denials.size()),
            first.record.line,
            passed.record.line);
        finding.side = "this network's own firewall, if mail waited for it at all";
        finding.next = "the rule that the row names and when it was changed; whether the mail "
                       "server's log has a delivery that failed at that time";
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    void JudgeDenied()
    {
        std::vector<const Row*> denials = OutboundMailDenials(m_logs);
        const auto kept =
            std::stable_partition(denials.begin(),
                                  denials.end(),
                                  [this](const Row* row) { return !PassedSoonAfter(*row); });
        if (kept != denials.end())
        {
            TellPassed({kept, denials.end()});
        }
        denials.erase(kept, denials.end());
        if (denials.empty())
        {
            return;
        }
        std::set<HostAddress> sources;
        std::set<HostAddress> servers;
        std::set<std::uint16_t> ports;
        for (const Row* const row : denials)
        {
            sources.insert(row->record.source);
            servers.insert(row->record.destination);
            ports.insert(row->record.destinationPort);
        }
        const ReportedReply* const failed = FailedDelivery(servers);
        const bool isPermitted = std::any_of(sources.begin(),
                                             sources.end(),
                                             [this](const HostAddress& source)
                                             { return m_permitted.count(source) > 0; });
        // A mail server is one host, or few that are let out elsewhere.
        const bool isDelivered = IsDelivered(servers);
        const bool isOthers =
            !failed && !isPermitted && (!m_permitted.empty() || isDelivered || sources.size() > 1);
        std::vector<std::string> names;
        for (const std::uint16_t port : ports)
        {
            names.push_back(std::to_string(port));
        }
        TextFinding finding = FindingOf(denials);
        finding.dottedClass = "unreachable.firewall";
        finding.verdict = isOthers ? Verdict::Inconclusive : Verdict::Fault;
        finding.score = isOthers ? 0 : failed ? 0.97 : 0.9;
        finding.explanation = fmt::format(
            "The firewall's own log denies {} port {} of {}, {} (first in line {}{}){}.",
            Names(sources),
            Enumerate(names),
            Names(servers),
            Times(denials.size()),
            denials.front()->record.line,
            denials.front()->record.rule.empty() ? "" : ", by rule " + denials.front()->record.rule,
            failed ? fmt::format("; the mail log has the same connection fail: \"{}\" (line {}). "
                                 "What is denied never reaches the server",
                                 failed->failure,
                                 failed->line)
            : isOthers
                ? fmt::format("{}. Where only the mail server is to send, a firewall keeps all "
                              "other hosts from it on purpose",
                              m_permitted.empty() && isDelivered
                                  ? "; the mail log has a delivery to the same server"
                              : m_permitted.empty()
                                  ? "; which of these hosts sends the mail, the log does not tell"
                                  : fmt::format("; {} may connect there", Names(m_permitted)))
                : ": what it denies leaves the network never, and no server outside has a part in "
                  "it");
        finding.side = isOthers ? "unknown: this network's own firewall, on purpose, or the denied "
                                  "host's, which should send through the mail server"
                                : "this network's own firewall";
        finding.next =
            isOthers ? "whether the denied host is to send mail by itself; if not, what on it does"
                     : "the rule that the row names: let the mail server's address out to that "
                       "port; then the same connection again";
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    /// Whether a mail log shows that one of these servers took mail.
    bool IsDelivered(const std::set<HostAddress>& servers) const
    {
        return std::any_of(m_logs.tracked.begin(),
                           m_logs.tracked.end(),
                           [&](const InFile<TrackedEvent>& event)
                           {
                               return event.record.event == "SEND" && event.record.server &&
                                      servers.count(*event.record.server) > 0;
                           });
    }

    /// A delivery that failed without an answer of one of these servers.
    const ReportedReply* FailedDelivery(const std::set<HostAddress>& servers) const
    {
        const auto found =
            std::find_if(m_logs.replies.begin(),
                         m_logs.replies.end(),
                         [&](const InFile<ReportedReply>& reported)
                         {
                             return reported.record.witness == ReportedReply::Witness::Client &&
                                    UnreachedBy(reported.record) != Unreached::No &&
                                    servers.count(reported.record.address) > 0;
                         });
        return found == m_logs.replies.end() ? nullptr : &found->record;
    }

    void JudgeInspected()
    {
        if (m_inspected.empty())
        {
            return;
        }
        const FirewallEvent& first = m_inspected.front()->record;
        TextFinding finding = FindingOf(m_inspected);
        finding.dottedClass = "intercepted.inspection";
        finding.score = 0.95;
        finding.explanation = fmt::format(
            "The firewall's own log says that its inspection of the protocol ended a mail session, "
            "{} (first in line {}: \"{}\"), from {} to {} port {}: neither end did.",
            Times(m_inspected.size()),
            first.line,
            first.reason,
            first.source.ToString(),
            first.destination.ToString(),
            first.destinationPort);
        finding.side = "this network's own firewall: its inspection of SMTP";
        finding.next =
            "switch the inspection of SMTP off (no inspect esmtp), or allow what the row "
            "names; then the same session again";
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    /// Connections that the firewall let out and that nothing outside answered.
    void JudgeUnanswered()
    {
        if (m_unanswered.empty())
        {
            return;
        }
        std::set<HostAddress> servers;
        for (const Row* const row : m_unanswered)
        {
            servers.insert(row->record.destination);
        }
        TextFinding finding = FindingOf(m_unanswered);
        finding.dottedClass = "unreachable.port";
        finding.verdict = Verdict::Inconclusive;
        finding.explanation = fmt::format(
            "This firewall lets connections to port {} of {} out, and nothing comes back, {} "
            "(first "
            "in line {}): it is not this firewall that drops them, but whatever is behind it: the "
            "own provider, the way, or the server's side.",
            m_unanswered.front()->record.destinationPort,
            Names(servers),
            Times(m_unanswered.size()),
            m_unanswered.front()->record.line);
        finding.side = "outside this firewall: the own provider, the way, or the server's";
        finding.next = "the same connection from another network, and one to another provider's "
                       "server from here: if none answers, the own provider blocks the port";
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    void JudgeInbound()
    {
        if (m_inbound.empty())
        {
            return;
        }
        std::set<HostAddress> sources;
        for (const Row* const row : m_inbound)
        {
            sources.insert(row->record.source);
        }
        TextFinding finding = FindingOf(m_inbound);
        finding.dottedClass = "unreachable.firewall";
        finding.verdict = Verdict::Benign;
        finding.score = 0.6;
        finding.explanation = fmt::format(
            "The firewall drops connections from outside to port {}, {}, of {} (first in line {}): "
            "scanners try every address, and a firewall is there to drop them.",
            m_inbound.front()->record.destinationPort,
            Times(m_inbound.size()),
            Names(sources),
            m_inbound.front()->record.line);
        finding.side = "nobody's, unless that address is to take mail";
        finding.next = "whether an MX record leads to that address: then the rule has to let the "
                       "port in";
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    const ServerLogs& m_logs;
    AlertSink& m_sink;
    std::vector<const Row*> m_inspected;
    std::vector<const Row*> m_inbound;
    std::vector<const Row*> m_unanswered;
    std::set<HostAddress> m_permitted; //!< Hosts inside that may connect to servers outside.
    std::map<Connection, std::vector<const Row*>> m_passed; //!< Where these did.
};

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    Judge(analysis.GetContext().logs, sink).Run();
}

} // namespace own_firewall

/**
 * What a firewall's own log says of connections for mail: denied on their way out, or ended by its
 * inspection of SMTP, is the firewall's own doing; let out and never answered is not. Drops of
 * connections from outside are by design. Where other hosts may send and the denied ones never, the
 * rule may be meant so: inconclusive, unless a mail log has the same connection fail; so where the
 * same connection passes soon after.
 */
extern const Detector OWN_FIREWALL{own_firewall::SIGNATURE,
                                   "a firewall that keeps mail from being sent, by its own log",
                                   {{kinds::FIREWALL_LOG}, {"unreachable", "intercepted"}},
                                   nullptr,
                                   own_firewall::Conclude};

} // namespace bouncelab::detectors

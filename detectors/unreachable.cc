#include "detectors/analysis/text-alert.h"
#include "detectors/detector.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace bouncelab::detectors
{

namespace unreachable
{

constexpr AlertRule SIGNATURE{"unreachable", 1100121, "BOUNCELAB no mail session takes place"};

using Reported = InFile<ReportedReply>;

/// What kept a connection from being made.
enum class Failure
{
    Silent,  //!< Nothing came back.
    Refused, //!< A reset came back.
    Local,   //!< This host has no address or no route.
    Name,    //!< The name has no address.
    Other,
};

Failure
FailureOf(const std::string& text)
{
    const std::string lower = InLowerCase(text);
    const auto has = [&](std::string_view words) { return lower.find(words) != lower.npos; };
    return has("timed out") || has("timeout") || has("no response") ? Failure::Silent
           : has("connection refused") || has("actively refused")   ? Failure::Refused
           : has("cannot assign requested address") || has("network is unreachable") ||
                   has("no route to host") || has("address family not supported")
               ? Failure::Local
           : has("host not found") || has("name service error") ||
                   has("temporary failure in name") || has("name or service not known") ||
                   has("dns")
               ? Failure::Name
               : Failure::Other;
}

/// The last two labels of a host's name: whose server it is.
std::string
OwnerOf(const ReportedReply& reply)
{
    const std::size_t last = reply.host.rfind('.');
    const std::size_t before =
        last == reply.host.npos || last == 0 ? reply.host.npos : reply.host.rfind('.', last - 1);
    return reply.host.empty()          ? reply.address.ToString()
           : before == reply.host.npos ? reply.host
                                       : reply.host.substr(before + 1);
}

class Judge
{
  public:
    Judge(const ServerLogs& logs, AlertSink& sink)
        : m_logs(logs)
        , m_sink(sink)
    {
    }

    void Run()
    {
        for (const Reported& reported : m_logs.replies)
        {
            const ReportedReply& reply = reported.record;
            if (reply.code != 0)
            {
                m_isAnswered = m_isAnswered || reply.witness == ReportedReply::Witness::Client;
            }
            else if (reply.witness == ReportedReply::Witness::Client && reply.stage == "connect")
            {
                m_failures[FailureOf(reply.failure)].push_back(&reported);
            }
        }
        for (const InFile<TrackedEvent>& event : m_logs.tracked)
        {
            m_isAnswered = m_isAnswered || event.record.event == "SEND";
        }
        JudgeBodies();
        JudgeSilence();
        if (m_failures.count(Failure::Silent) == 0)
        {
            JudgeOthers();
        }
    }

  private:
    TextFinding FindingOf(const std::vector<const Reported*>& failures) const
    {
        TextFinding finding;
        for (const Reported* reported : failures)
        {
            finding.lines.push_back({reported->file, reported->record.line, reported->record.text});
        }
        finding.destination = failures.front()->record.address;
        finding.time = failures.front()->record.time.value_or(WallTime());
        return finding;
    }

    /// Sessions in which the envelope passes and the message does not: by the sender's log, or by
    /// the receiver's.
    void JudgeBodies()
    {
        std::vector<const Reported*> stuck;
        for (const Reported& reported : m_logs.replies)
        {
            const std::string& failure = reported.record.failure;
            const bool bySender =
                failure.find("timed out while sending message body") != failure.npos ||
                failure.find("while sending end of data") != failure.npos;
            if (reported.record.code == 0 &&
                (bySender || StartsWith(failure, "timeout after DATA")))
            {
                stuck.push_back(&reported);
            }
        }
        if (stuck.empty())
        {
            return;
        }
        TextFinding finding = FindingOf(stuck);
        finding.dottedClass = "unreachable.path-mtu";
        finding.verdict = Verdict::Inconclusive;
        finding.explanation = fmt::format("The envelope is exchanged and the message never "
                                          "arrives, {} time{}: \"{}\" (line {}). A "
                                          "path that swallows large packets does that, and so does "
                                          "a filter or a line that breaks.",
                                          stuck.size(),
                                          stuck.size() == 1 ? "" : "s",
                                          stuck.front()->record.failure,
                                          stuck.front()->record.line);
        finding.side =
            "on the path, if large packets vanish there: a tunnel or firewall that drops ICMP";
        finding.next = "a capture at the sender (is the first full segment repeated and never "
                       "acknowledged?), and ping -M do -s 1372 to 1472";
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    void JudgeSilence()
    {
        const auto found = m_failures.find(Failure::Silent);
        if (found == m_failures.end())
        {
            return;
        }
        std::set<std::string> owners;
        std::set<std::string> hosts;
        for (const Reported* reported : found->second)
        {
            owners.insert(OwnerOf(reported->record));
            hosts.insert(reported->record.address.ToString());
        }
        TextFinding finding = FindingOf(found->second);
        finding.dottedClass = "unreachable.port";
        const bool everywhere = owners.size() > 1 && !m_isAnswered;
        finding.verdict = everywhere ? Verdict::Fault : Verdict::Inconclusive;
        finding.score = everywhere ? 0.9 : 0;
        const std::string local =
            m_failures.count(Failure::Local) > 0
                ? "; the failures over IPv6 are this host's own (it has no such address or route) "
                  "and no part of it"
                : "";
        finding.explanation = fmt::format(
            "No server answers at the mail port: {} addresses of {} ({}) let the connection time "
            "out, the first in line {}{}{}. Nothing was refused, and no SMTP took place.",
            hosts.size(),
            owners.size() == 1 ? "one provider"
                               : fmt::format("{} unrelated providers", owners.size()),
            Enumerate({owners.begin(), owners.end()}),
            found->second.front()->record.line,
            m_isAnswered ? "; other servers answer"
            : everywhere ? ", and none answers at all: outgoing connections to port 25 are dropped "
                           "near the sender"
                         : "",
            local);
        finding.side = everywhere ? "the sender's network: its provider or its own firewall drops "
                                    "what goes to port 25"
                                  : "on the way to that server, or the server's own";
        finding.next = everywhere
                           ? "nc -vz to port 25 and to port 587 of the same host, or a capture "
                             "(SYNs leave, nothing comes back); ask the own provider to open "
                             "port 25, or send through a relay at port 587"
                           : "the same connection from another network, and a connection to "
                             "another provider's server from here";
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    void JudgeOthers()
    {
        for (const auto& [kind, failures] : m_failures)
        {
            TextFinding finding = FindingOf(failures);
            finding.verdict = Verdict::Inconclusive;
            finding.dottedClass = kind == Failure::Name      ? "unreachable.name"
                                  : kind == Failure::Refused ? "unreachable.refused"
                                  : kind == Failure::Local   ? "unreachable.route"
                                                             : "unreachable";
            finding.side = kind == Failure::Local ? "the sending host's own network set-up"
                                                  : "unknown: the server's, or on the way to it";
            finding.next = kind == Failure::Name
                               ? "dig MX and A of the domain at two resolvers"
                               : "a capture at the sender while it tries, and the same connection "
                                 "from another network";
            finding.explanation =
                fmt::format("{} connections were not made: \"{}\" (line {}). No SMTP "
                            "took place.",
                            failures.size(),
                            failures.front()->record.failure,
                            failures.front()->record.line);
            m_sink.Add(MakeTextAlert(finding, SIGNATURE));
        }
    }

    const ServerLogs& m_logs;
    AlertSink& m_sink;
    bool m_isAnswered = false; //!< Some server was reached.
    std::map<Failure, std::vector<const Reported*>> m_failures;
};

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    Judge(analysis.GetContext().logs, sink).Run();
}

} // namespace unreachable

/**
 * Connections to mail servers that were never made, by a sender's log. That unrelated servers are
 * silent and none answers shows a block near the sender; one silent server alone shows nothing.
 */
extern const Detector UNREACHABLE{unreachable::SIGNATURE,
                                  "connections to mail servers that are never made",
                                  {{kinds::MAIL_LOG}, {"unreachable"}},
                                  nullptr,
                                  unreachable::Conclude};

} // namespace bouncelab::detectors

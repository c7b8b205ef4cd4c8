#include "detectors/analysis/analysis.h"
#include "detectors/analysis/delivered-later.h"
#include "detectors/analysis/mail-denials.h"
#include "detectors/analysis/own-host.h"
#include "detectors/analysis/server-owner.h"
#include "detectors/analysis/text-alert.h"
#include "detectors/analysis/unreached.h"
#include "detectors/detector.h"
#include "detectors/unreachable-calls.h"
#include "formats/exchange-fields.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

namespace bouncelab::detectors
{

namespace unreachable
{

using Reported = InFile<ReportedReply>;

/// What a list of failures that nothing answered is about.
struct Destinations
{
    std::set<std::string> hosts;   //!< Addresses, or names where they are not told.
    ServerOwners owners;           //!< Whose they are.
    std::set<std::string> domains; //!< Of the recipients, as far as they are told.

    void Add(const ReportedReply& reply)
    {
        if (!ServerOwner(reply.host, reply.address).empty())
        {
            owners.Add(reply.host, reply.address);
            hosts.insert(reply.address.IsKnown() ? reply.address.ToString() : reply.host);
        }
        AddDomain(reply.recipient);
    }

    void AddDomain(std::string_view recipient)
    {
        if (const std::string_view domain = DomainOf(recipient); !domain.empty())
        {
            domains.insert(InLowerCase(domain));
        }
    }

    /// Whether all of them were called over IPv6.
    bool AreOfIpv6() const
    {
        return !hosts.empty() &&
               std::all_of(hosts.begin(),
                           hosts.end(),
                           [](const std::string& host) { return host.find(':') != host.npos; });
    }

    /// Whether the failures have nothing in common but the sender: one domain may have several
    /// servers at several providers, and one provider the mail of several domains.
    bool AreUnrelated() const { return owners.Count() > 1 && domains.size() != 1; }

    std::string Text() const
    {
        const std::string which =
            owners.Count() == 0 && domains.empty() ? "a server that the text does not name"
            : owners.Count() == 0
                ? fmt::format("the servers of {}", Enumerate({domains.begin(), domains.end()}))
                : fmt::format("{} of {} ({})",
                              hosts.size() == 1 ? std::string("1 address")
                                                : fmt::format("{} addresses", hosts.size()),
                              owners.Count() == 1 ? "one provider"
                                                  : fmt::format("{} {}providers",
                                                                owners.Count(),
                                                                AreUnrelated() ? "unrelated " : ""),
                              Enumerate({owners.Names().begin(), owners.Names().end()}));
        return domains.size() == 1 && owners.Count() > 1
                   ? which + fmt::format(", all for {}", *domains.begin())
                   : which;
    }
};

/// A failure to connect that a send log has in a row of its own.
std::optional<Reported>
NeverMade(const SmtpSession& session)
{
    if (!session.log || !session.IsOwnersCall() || !session.turns.empty())
    {
        return std::nullopt;
    }
    for (const LogRow& row : session.log->rows)
    {
        const std::string_view words = session.log->Context(row);
        const std::string failure = ConnectFailureIn(words);
        if (row.event != fields::protocol::INFORMATION || failure.empty())
        {
            continue;
        }
        constexpr std::string_view DOMAIN_FIELD = "Destination domain: ";
        Reported reported;
        reported.file = session.logs->FileOf(row);
        ReportedReply& reply = reported.record;
        reply.line = row.line;
        reply.text = session.log->Quote(row);
        reply.time = row.time;
        reply.program = "send log";
        reply.stage = "connect";
        reply.failure = failure;
        reply.address = session.server;
        if (const std::size_t at = words.find(DOMAIN_FIELD); at != words.npos)
        {
            const std::string_view domain = words.substr(at + DOMAIN_FIELD.size());
            reply.recipient = "@" + InLowerCase(domain.substr(0, domain.find(',')));
        }
        return reported;
    }
    return std::nullopt;
}

/// What openssl s_client prints of a certificate and goes on: no delivery, and TLS came about.
bool
IsOpensslsRemark(const ReportedReply& reply)
{
    return reply.text.find("verify error:num=") != reply.text.npos;
}

/// Whether the envelope passed and the message did not: by the sender's log, or the receiver's.
bool
IsStuckBody(const ReportedReply& reply)
{
    const std::string& failure = reply.failure;
    return !reply.HasReply() &&
           (failure.find("timed out while sending message body") != failure.npos ||
            failure.find("timed out while sending end of data") != failure.npos ||
            failure.find("timeout after sending data block") != failure.npos ||
            failure.find("timeout after end of data") != failure.npos ||
            failure.find("segments are sent again and again") != failure.npos ||
            StartsWith(failure, "timeout after DATA"));
}

/// Whether a name is not found for now, as where no name server answers.
bool
FailsForNow(const ReportedReply& reply)
{
    static constexpr std::array<std::string_view, 7> WORDS{"try again",
                                                           "host name lookup failure",
                                                           "did not complete",
                                                           "temporary failure in name",
                                                           "failed temporarily",
                                                           "servfail",
                                                           "name server: timed out"};
    const std::string lower = InLowerCase(reply.failure);
    return !reply.isFinal &&
           std::any_of(WORDS.begin(),
                       WORDS.end(),
                       [&](std::string_view words) { return lower.find(words) != lower.npos; });
}

class Judge
{
  public:
    Judge(const Analysis& analysis, AlertSink& sink)
        : m_logs(analysis.GetContext().logs)
        , m_sink(sink)
    {
        for (const SmtpSession& session : analysis.Sessions(LogDetail::Dialog))
        {
            m_isAnswered = m_isAnswered || (session.IsOwnersCall() && !session.turns.empty());
            if (auto reported = NeverMade(session))
            {
                m_neverMade.push_back(std::move(*reported));
            }
        }
    }

    void Run()
    {
        const std::set<HostAddress> denied = DeniedServers(m_logs);
        const DeliveredLater delivered(m_logs);
        for (const Reported& reported : m_logs.replies)
        {
            const ReportedReply& reply = reported.record;
            const Unreached kind = UnreachedBy(reply);
            const bool isCall =
                kind == Unreached::Silent || kind == Unreached::Refused || kind == Unreached::Local;
            // What the own firewall says it denied is no failure on the way.
            if (reply.witness == ReportedReply::Witness::Server ||
                (isCall && denied.count(reply.address) > 0) || IsOpensslsRemark(reply))
            {
                continue;
            }
            const bool hasStood = kind == Unreached::Lost || kind == Unreached::Stalled;
            m_isAnswered = m_isAnswered || reply.HasReply() || hasStood || kind == Unreached::Tls;
            // A connection that broke is told by qmail in one word, whatever became of it.
            const bool isTold = !hasStood || reply.program != "qmail log";
            if (kind != Unreached::No && IsAtOwnHost(reply))
            {
                m_own.push_back(&reported);
            }
            else if (const auto* later = delivered.After(reported);
                     later && kind != Unreached::No && isTold)
            {
                m_healed.push_back(&reported);
                m_healedBy = later;
            }
            else if (kind != Unreached::No && isTold && !IsStuckBody(reply))
            {
                m_failures[kind].push_back(&reported);
            }
        }
        for (const Reported& reported : m_neverMade)
        {
            m_failures[UnreachedBy(reported.record)].push_back(&reported);
        }
        for (const InFile<TrackedEvent>& event : m_logs.tracked)
        {
            m_isAnswered = m_isAnswered || event.record.event == "SEND";
        }
        JudgeOwnHost();
        JudgeBodies();
        JudgeSilence();
        JudgeOthers();
        TellHealed();
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
            if (IsStuckBody(reported.record))
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

    /// Connections to a program of the sending host itself.
    void JudgeOwnHost()
    {
        if (m_own.empty())
        {
            return;
        }
        const ReportedReply& first = m_own.front()->record;
        TextFinding finding = FindingOf(m_own);
        const Unreached kind = UnreachedBy(first);
        finding.dottedClass = kind == Unreached::Lost || kind == Unreached::Stalled
                                  ? "unreachable.lost"
                              : kind == Unreached::Refused ? "unreachable.refused"
                                                           : "unreachable.port";
        finding.score = 0.85;
        finding.explanation = fmt::format(
            "{} failed {} time{} at this host itself ({}): \"{}\" (line {}). Nobody else answers "
            "there: the program that should (a content filter, a delivery agent) {}.",
            first.stage == "connect" ? "The connection" : "The session",
            m_own.size(),
            m_own.size() == 1 ? "" : "s",
            !first.ownTrouble.empty() ? first.ownTrouble
            : first.address.IsKnown() ? first.address.ToString()
                                      : first.host,
            first.failure,
            first.line,
            first.stage == "connect" ? "does not run there, or not at that port"
                                     : "takes too long, or breaks off");
        finding.side = "this host's own: the program that should answer there";
        finding.next = "on this host: which program listens at that port (ss -ltnp), and that "
                       "program's service and log";
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    void JudgeSilence()
    {
        const auto found = m_failures.find(Unreached::Silent);
        if (found == m_failures.end())
        {
            return;
        }
        Destinations destinations;
        std::set<std::pair<std::string, std::string>> messages;
        for (const Reported* reported : found->second)
        {
            destinations.Add(reported->record);
            messages.emplace(reported->file, reported->record.queueId);
        }
        // Exim names a recipient in another row of the same message.
        for (const InFile<TrackedEvent>& event : m_logs.tracked)
        {
            const bool isOfMessage = !event.record.internalId.empty() &&
                                     messages.count({event.file, event.record.internalId}) > 0;
            for (std::size_t i = 0; isOfMessage && i < event.record.recipients.size(); ++i)
            {
                destinations.AddDomain(event.record.recipients[i]);
            }
        }
        TextFinding finding = FindingOf(found->second);
        finding.dottedClass = "unreachable.port";
        // A refusal of the connection is an answer, unless a host of one's own gives it.
        const auto refused = m_failures.find(Unreached::Refused);
        const bool isRefused = refused != m_failures.end() &&
                               std::any_of(refused->second.begin(),
                                           refused->second.end(),
                                           [](const Reported* reported)
                                           { return !reported->record.address.IsPrivate(); });
        const bool everywhere = destinations.AreUnrelated() && !IsAnswered() && !isRefused;
        finding.verdict = everywhere ? Verdict::Fault : Verdict::Inconclusive;
        finding.score = everywhere ? 0.9 : 0;
        const std::string local =
            m_failures.count(Unreached::Local) > 0
                ? "; the failures over IPv6 are this host's own (it has no such address or route) "
                  "and no part of it"
                : "";
        finding.explanation = fmt::format(
            "{}: {} let the connection time "
            "out, the first in line {}{}{}. {}no SMTP took place with them.",
            IsAnswered() || isRefused ? "Some servers do not answer at the mail port"
                                      : "No server answers at the mail port",
            destinations.Text(),
            found->second.front()->record.line,
            IsAnswered() ? "; other servers answer"
            : isRefused  ? "; another one refuses the connection, which is an answer"
            : everywhere ? ", and none answers at all: outgoing connections to port 25 are dropped "
                           "near the sender"
                         : "",
            local,
            isRefused ? "These refused nothing, and " : "Nothing was refused, and ");
        finding.side = everywhere ? "the sender's network: its provider or its own firewall drops "
                                    "what goes to port 25"
                                  : "unknown: the sending host's own firewall or provider, the way "
                                    "to that server, or the server's own";
        if (!everywhere && destinations.AreOfIpv6())
        {
            finding.side = "unknown: the sending host's own IPv6, or its provider's, if IPv4 gets "
                           "through; else the way to that server, or the server's own";
            finding.next = "the same connection over IPv4 (nc -4) and to another server over IPv6 "
                           "(nc -6); where IPv4 alone works, the mail program set to IPv4";
            m_sink.Add(MakeTextAlert(finding, SIGNATURE));
            return;
        }
        finding.next = everywhere
                           ? "nc -vz to port 25 and to port 587 of the same host, or a capture "
                             "(SYNs leave, nothing comes back); ask the own provider to open "
                             "port 25, or send through a relay at port 587"
                           : "the same connection from another network, and a connection to "
                             "another provider's server from here";
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    /// Whether some server was reached, also by a mere test of its port.
    bool IsAnswered() const
    {
        return m_isAnswered ||
               std::any_of(m_logs.portTests.begin(),
                           m_logs.portTests.end(),
                           [](const InFile<PortTest>& test) {
                               return test.record.port == 25 &&
                                      test.record.outcome == PortTest::Outcome::Open;
                           });
    }

    void JudgeOthers()
    {
        const bool isSilent = m_failures.count(Unreached::Silent) > 0;
        // What was given up is told apart from what is tried again.
        std::map<std::pair<Unreached, bool>, std::vector<const Reported*>> kinds;
        for (const auto& [kind, failures] : m_failures)
        {
            for (const Reported* reported : failures)
            {
                kinds[{kind, !reported->record.isFinal}].push_back(reported);
            }
        }
        for (const auto& [key, failures] : kinds)
        {
            const Unreached kind = key.first;
            if (kind == Unreached::Silent || (kind == Unreached::Local && isSilent))
            {
                continue;
            }
            const ReportedReply& first = failures.front()->record;
            const UnreachedText text = TextOf(kind, first.failure);
            TextFinding finding = FindingOf(failures);
            finding.verdict = Verdict::Inconclusive;
            finding.dottedClass = text.dottedClass;
            finding.side = text.side;
            finding.next = text.next;
            const std::string to = !first.host.empty()         ? " to " + first.host
                                   : first.address.IsNumeric() ? " to " + first.address.ToString()
                                   : first.recipient.empty()   ? ""
                                                               : " for " + first.recipient;
            finding.explanation =
                fmt::format("{} deliver{} failed, the first{}{}: \"{}\" (line {}): {}.",
                            failures.size(),
                            failures.size() == 1 ? "y" : "ies",
                            to,
                            first.isFinal ? ", for good" : "",
                            first.failure,
                            first.line,
                            text.what);
            if (kind == Unreached::Name && !m_isAnswered)
            {
                JudgeResolver(failures, finding);
            }
            m_sink.Add(MakeTextAlert(finding, SIGNATURE));
        }
    }

    /// Attempts that failed for mail that another server, or the next attempt, has taken.
    void TellHealed()
    {
        if (m_healed.empty())
        {
            return;
        }
        const ReportedReply& first = m_healed.front()->record;
        TextFinding finding = FindingOf(m_healed);
        finding.lines.push_back(
            {m_healedBy->file, m_healedBy->record.line, m_healedBy->record.text});
        finding.verdict = Verdict::Benign;
        finding.score = 0.7;
        const Unreached kind = UnreachedBy(first);
        finding.dottedClass = kind == Unreached::Silent ? "unreachable.port"
                                                        : TextOf(kind, first.failure).dottedClass;
        finding.explanation = fmt::format(
            "{} attempt{} failed, the first{}: \"{}\" (line {}), and the mail arrived all the "
            "same, by another server or a later attempt, the last in line {}.",
            m_healed.size(),
            m_healed.size() == 1 ? "" : "s",
            first.host.empty() ? std::string() : " to " + first.host,
            first.failure,
            first.line,
            m_healedBy->record.line);
        finding.side = "nobody's: no mail was lost or is waiting";
        finding.next = "nothing; if it comes every day, the same log over a week";
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    /// Names of several domains, none of which is found for now, while no other is.
    static void JudgeResolver(const std::vector<const Reported*>& failures, TextFinding& finding)
    {
        constexpr std::size_t SEVERAL = 3;
        std::set<std::string> domains;
        for (const Reported* reported : failures)
        {
            const ReportedReply& reply = reported->record;
            if (!FailsForNow(reply))
            {
                return;
            }
            domains.insert(ServerOwner(reply.host.empty() ? std::string(DomainOf(reply.recipient))
                                                          : reply.host,
                                       {}));
        }
        if (domains.size() < SEVERAL)
        {
            return;
        }
        finding.verdict = Verdict::Fault;
        finding.score = 0.8;
        finding.explanation = fmt::format(
            "The names of {} unrelated domains ({}) are not found for now, {} times, the first in "
            "line {}, and no delivery succeeds: so many domains' name servers do not fail at once; "
            "this host's own resolver does, or the way to it.",
            domains.size(),
            Enumerate({domains.begin(), domains.end()}),
            failures.size(),
            failures.front()->record.line);
        finding.side = "the sending host's own resolver, or its way to the name servers";
        finding.next = "dig MX of one of the domains at the resolver that /etc/resolv.conf names "
                       "and at another one; Postfix's own copy of that file, where it is chrooted";
    }

    const ServerLogs& m_logs;
    AlertSink& m_sink;
    std::vector<Reported> m_neverMade; //!< By send logs.
    bool m_isAnswered = false;         //!< Some server was reached.
    std::map<Unreached, std::vector<const Reported*>> m_failures;
    std::vector<const Reported*> m_own;    //!< Of connections to the sending host itself.
    std::vector<const Reported*> m_healed; //!< Of mail that arrived all the same.
    const InFile<TrackedEvent>* m_healedBy = nullptr; //!< The last of its deliveries.
};

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    // A client that has sessions there is not cut off, and they are judged.
    std::set<std::tuple<HostAddress, HostAddress, std::uint16_t>> reached;
    for (const SmtpSession& session : analysis.Sessions(LogDetail::Codes))
    {
        reached.emplace(session.client, session.server, session.serverPort);
    }
    sink.alerts.erase(
        std::remove_if(
            sink.alerts.begin(),
            sink.alerts.end(),
            [&](const Alert& alert) {
                return reached.count({alert.source, alert.destination, alert.destinationPort}) > 0;
            }),
        sink.alerts.end());
    Judge(analysis, sink).Run();
}

} // namespace unreachable

/**
 * Connections to mail servers that were never made, by a sender's log, or by a capture in which
 * nothing answers the SYNs. That unrelated servers are silent and none answers shows a block near
 * the sender; one silent server alone shows nothing.
 */
extern const Detector UNREACHABLE{unreachable::SIGNATURE,
                                  "connections to mail servers that are never made",
                                  {{kinds::MAIL_LOG}, {"unreachable"}},
                                  unreachable::JudgeCalls,
                                  unreachable::Conclude};

} // namespace bouncelab::detectors

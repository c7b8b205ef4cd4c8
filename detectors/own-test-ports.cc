#include "detectors/analysis/server-owner.h"
#include "detectors/own-tests.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace bouncelab::detectors::own_tests
{

namespace
{

using Outcome = PortTest::Outcome;

constexpr std::string_view REDIRECTED = "intercepted.redirect";

bool
IsDead(const PortTest& test)
{
    return test.outcome == Outcome::Silent || test.outcome == Outcome::Failed;
}

bool
IsSameHost(const PortTest& a, const PortTest& b)
{
    return (a.address.IsNumeric() && a.address == b.address) ||
           (!a.host.empty() && a.host == b.host);
}

std::string
NameOf(const PortTest& test)
{
    return test.host.empty() ? test.address.ToString() : test.host;
}

/// Connections to ports that somebody tried.
class PortJudge
{
  public:
    PortJudge(const ServerLogs& logs, AlertSink& sink)
        : m_logs(logs)
        , m_sink(sink)
    {
    }

    void Run()
    {
        for (const InFile<PortTest>& test : m_logs.portTests)
        {
            const PortTest& record = test.record;
            if (record.port != 25)
            {
                m_isUp = m_isUp || record.outcome == Outcome::Open;
                continue;
            }
            if (record.redirectedPort > 0)
            {
                m_redirected.push_back(&test);
                continue;
            }
            (IsDead(record)                       ? m_dead
             : record.outcome == Outcome::Refused ? m_refused
             : record.outcome == Outcome::Reset   ? m_cut
                                                  : m_open)
                .push_back(&test);
        }
        if (!m_redirected.empty())
        {
            JudgeRedirected();
        }
        if (!m_dead.empty())
        {
            JudgeDead();
        }
        else if (!m_refused.empty() && !IsTold(*m_refused.front()))
        {
            JudgeRefused();
        }
        else if (!m_cut.empty())
        {
            JudgeCut();
        }
        else if (!m_open.empty())
        {
            JudgeOpen();
        }
    }

  private:
    using Test = InFile<PortTest>;

    /// Whether the same line is judged as a connection that failed.
    bool IsTold(const Test& test) const
    {
        return std::any_of(m_logs.replies.begin(),
                           m_logs.replies.end(),
                           [&](const InFile<ReportedReply>& reply) {
                               return reply.file == test.file &&
                                      reply.record.line == test.record.line;
                           });
    }

    /// The same host at another port, which answers.
    const PortTest* UpAtOtherPort(const PortTest& test) const
    {
        const auto found = std::find_if(m_logs.portTests.begin(),
                                        m_logs.portTests.end(),
                                        [&](const Test& other)
                                        {
                                            return other.record.port != test.port &&
                                                   other.record.outcome == Outcome::Open &&
                                                   IsSameHost(other.record, test);
                                        });
        return found == m_logs.portTests.end() ? nullptr : &found->record;
    }

    void JudgeDead()
    {
        ServerOwners owners;
        for (const Test* const test : m_dead)
        {
            owners.Add(test->record.host, test->record.address);
        }
        const std::string names = Enumerate({owners.Names().begin(), owners.Names().end()});
        const Test& first = *m_dead.front();
        const PortTest* const up = UpAtOtherPort(first.record);
        TextFinding finding = FindingOf(first, "unreachable.port");
        finding.lines.clear();
        for (const Test* const test : m_dead)
        {
            finding.lines.push_back({test->file, test->record.line, test->record.text});
        }
        finding.destination = first.record.address;
        const bool isMoment = std::all_of(m_dead.begin(),
                                          m_dead.end(),
                                          [](const Test* test) { return test->record.isSnapshot; });
        if (isMoment)
        {
            finding.verdict = Verdict::Inconclusive;
            finding.explanation =
                fmt::format("At that moment {} call{} to port 25 of {} had no answer yet (first in "
                            "line {}). What lasts so for seconds is not answered at all.",
                            m_dead.size(),
                            m_dead.size() == 1 ? "" : "s",
                            names,
                            first.record.line);
            finding.side = owners.Count() > 1 && m_open.empty()
                               ? "the sender's network, if it lasts: no provider's server answers"
                               : "unknown: the sender's provider, the way, or the server's side";
            finding.next = "the same list some seconds later: are they still there? Then nc -vz to "
                           "port 25 and to port 587 of the same host";
        }
        else if (owners.Count() > 1 && m_open.empty())
        {
            if (std::all_of(m_dead.begin(),
                            m_dead.end(),
                            [this](const Test* test) { return IsTold(*test); }))
            {
                return; // judged as connections that failed
            }
            finding.score = m_isUp ? 0.93 : 0.9;
            finding.explanation =
                fmt::format("Port 25 of {} unrelated providers ({}) does not answer (first in line "
                            "{}){}: outgoing connections to port 25 are dropped near the sender.",
                            owners.Count(),
                            names,
                            first.record.line,
                            m_isUp ? ", while another port does" : "");
            finding.side = "the sender's network: its provider or its own firewall drops what goes "
                           "to port 25";
            finding.next = "ask the own provider to open port 25, or send through a relay at port "
                           "587";
        }
        else if (first.record.lastHopNumber > 0 && up && up->lastHopNumber > 0)
        {
            JudgeHops(first.record, *up, finding);
        }
        else if (first.record.isProhibited)
        {
            JudgeProhibited(first.record, finding);
        }
        else
        {
            if (!up && IsTold(first))
            {
                return;
            }
            finding.verdict = Verdict::Inconclusive;
            finding.explanation = fmt::format(
                "Port 25 of {} does not answer (line {}){}{}.",
                owners.Names().size() > 1 ? names : NameOf(first.record),
                first.record.line,
                up ? fmt::format(", port {} of it does (line {}): the host is up, and something "
                                 "drops port 25 alone: the own provider, or a firewall of either "
                                 "side",
                                 up->port,
                                 up->line)
                   : "",
                first.record.lastHopNumber > 0
                    ? fmt::format("; the last hop that answers is {}, {}. Routers behind it may be "
                                  "silent on purpose",
                                  first.record.lastHopNumber,
                                  first.record.lastHop.ToString())
                    : "");
            finding.side = "unknown: the sender's provider, the way, or the server's side";
            finding.next = "the same to port 25 of another provider's server from here (if none "
                           "answers, the own provider blocks it), the same from another network, "
                           "and a traceroute by TCP to port 443 of the host beside the one to 25";
        }
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    /// A router on the way that says itself that it lets nothing through.
    static void JudgeProhibited(const PortTest& dead, TextFinding& finding)
    {
        finding.score = 0.85;
        finding.explanation = fmt::format(
            "Port 25 of {} is not reached (line {}): hop {}, {}, answers that it is "
            "administratively prohibited (!X): a filter there lets it through no further.",
            NameOf(dead),
            dead.line,
            dead.lastHopNumber,
            dead.lastHop.ToString());
        finding.side = fmt::format("whoever runs hop {}, {}: its filter; mostly the sender's own "
                                   "network or provider where it is near",
                                   dead.lastHopNumber,
                                   dead.lastHop.ToString());
        finding.next =
            "the same to port 443 or 587 of that host (is it the port, or the address?); "
            "then ask whoever runs that hop";
    }

    /// Two traceroutes to one host, of which only that to port 25 ends on the way.
    static void JudgeHops(const PortTest& dead, const PortTest& up, TextFinding& finding)
    {
        // Where hops are silent in both, any of them may drop it, and what is behind them.
        const auto next = std::upper_bound(up.heard.begin(), up.heard.end(), dead.lastHopNumber);
        const int first = dead.lastHopNumber + 1;
        const int last = next == up.heard.end() ? up.lastHopNumber : *next;
        const bool isNear = dead.lastHopNumber * 2 <= up.lastHopNumber && last <= first;
        const bool isFar = first >= up.lastHopNumber;
        finding.verdict = isNear ? Verdict::Fault : Verdict::Inconclusive;
        finding.score = isNear ? 0.85 : 0;
        finding.explanation = fmt::format(
            "What goes to port 25 of {} is seen up to hop {} ({}) and no further (line {}), what "
            "goes "
            "to port {} arrives, as hop {} (line {}): something behind hop {} drops port 25 "
            "alone{}{}.",
            NameOf(dead),
            dead.lastHopNumber,
            dead.lastHop.ToString(),
            dead.line,
            up.port,
            up.lastHopNumber,
            up.line,
            dead.lastHopNumber,
            isNear  ? ", near the sender"
            : isFar ? ", at the server's side"
                    : "",
            last > first ? fmt::format("; the hops between that and hop {} answer neither, so that "
                                       "it may be anywhere from hop {} to hop {}",
                                       last,
                                       first,
                                       last)
                         : "");
        finding.side = isNear  ? "the sender's network: the provider behind that hop drops what "
                                 "goes to port 25"
                       : isFar ? "the server's side: it, or the firewall in front of it"
                       : last > first
                           ? fmt::format("unknown: anywhere from hop {} to hop {}", first, last)
                           : "the network behind that hop";
        finding.next = isNear ? "ask the own provider to open port 25, or send through a relay at "
                                "port 587"
                              : "the same to another provider's server, and from another network";
    }

    void JudgeRefused()
    {
        const Test& first = *m_refused.front();
        TextFinding finding = FindingOf(first, "unreachable.refused");
        finding.verdict = Verdict::Inconclusive;
        finding.destination = first.record.address;
        finding.explanation = fmt::format("Port 25 of {} refuses the connection (line {}): no "
                                          "server listens there, or a firewall says so in its "
                                          "name.",
                                          NameOf(first.record),
                                          first.record.line);
        finding.side = "unknown: the server's, or on the way to it";
        finding.next = "the same from another network, and on the server whether anything listens";
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    /// How much farther the same host is at another port, by traceroutes to both.
    const PortTest* FartherAtOtherPort(const PortTest& test) const
    {
        constexpr int CLEARLY = 2; // Ways may differ by a hop.
        const PortTest* const up = UpAtOtherPort(test);
        return up && test.lastHopNumber > 0 && up->lastHopNumber >= test.lastHopNumber + CLEARLY
                   ? up
                   : nullptr;
    }

    /// What answers for a host that is farther away.
    void JudgeNearAnswer(const Test& near, const PortTest& up)
    {
        TextFinding finding = FindingOf(near, REDIRECTED);
        // A server's own gateway may forward one port to a host behind it, and answer another.
        const bool isBesideSender = 2 * near.record.lastHopNumber < up.lastHopNumber;
        finding.verdict = isBesideSender ? Verdict::Fault : Verdict::Inconclusive;
        finding.score = isBesideSender ? 0.8 : 0;
        finding.destination = near.record.address;
        finding.lines.push_back({near.file, up.line, up.text});
        finding.explanation = fmt::format(
            "Port 25 of {} answers as hop {} (line {}), port {} of the same host as hop {} (line "
            "{}): what answers at port 25 is nearer than the host, {}.",
            NameOf(near.record),
            near.record.lastHopNumber,
            near.record.line,
            up.port,
            up.lastHopNumber,
            up.line,
            isBesideSender ? "and speaks in its name"
                           : "as a proxy on the path would be, and so would the server's own "
                             "gateway with a host behind it");
        finding.side =
            fmt::format(isBesideSender ? "on the path, at hop {}: a proxy or firewall of the "
                                         "sender's provider or its own, which takes what goes to "
                                         "port 25"
                                       : "unknown: whoever runs hop {}, a provider or the server's "
                                         "side",
                        near.record.lastHopNumber);
        finding.next = "the greeting at port 25 from here and from another network; ask whoever "
                       "runs that hop, or send through port 587 or 465";
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    /// A router's own table, by which calls of a server end elsewhere.
    void JudgeRedirected()
    {
        const PortTest& first = m_redirected.front()->record;
        TextFinding finding = FindingOf(*m_redirected.front(), REDIRECTED);
        finding.lines.clear();
        for (const Test* const test : m_redirected)
        {
            finding.lines.push_back({test->file, test->record.line, test->record.text});
        }
        finding.verdict = Verdict::Fault;
        finding.score = 0.85;
        finding.destination = first.address;
        finding.explanation = fmt::format(
            "What goes to port 25 of {} is answered by {}, port {} (line {}, {} call{}): a rule of "
            "this router's (REDIRECT, DNAT) sends it there, and the server is not reached.",
            first.address.ToString(),
            first.lastHop.ToString(),
            first.redirectedPort,
            first.line,
            m_redirected.size(),
            m_redirected.size() == 1 ? "" : "s");
        finding.side = "on the path: the router whose table this is, and the program at the "
                       "address that it redirects to";
        finding.next = "the rules of that router's NAT (iptables -t nat -L, nft list ruleset), and "
                       "what listens at that port: a mail filter or proxy that is meant to be "
                       "there?";
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    /// Connections that came about and that a reset from the server's side ended.
    void JudgeCut()
    {
        ServerOwners owners;
        const Test& first = *m_cut.front();
        TextFinding finding = FindingOf(first, "unreachable.lost");
        finding.lines.clear();
        for (const Test* const test : m_cut)
        {
            owners.Add(test->record.host, test->record.address);
            finding.lines.push_back({test->file, test->record.line, test->record.text});
        }
        const bool isEverywhere = owners.Count() > 1 && m_open.empty();
        finding.verdict = Verdict::Inconclusive;
        finding.destination = first.record.address;
        finding.explanation = fmt::format(
            "{} connection{} to port 25 of {} came about and ended with a reset from the server's "
            "side, before either end closed (first in line {}){}.",
            m_cut.size(),
            m_cut.size() == 1 ? "" : "s",
            Enumerate({owners.Names().begin(), owners.Names().end()}),
            first.record.line,
            isEverywhere ? "; no other one stands, and unrelated servers seldom do the same" : "");
        finding.side = isEverywhere ? "on the path near the sender, if the servers are unrelated"
                                    : "unknown: the server, or somebody on the path";
        finding.next = "a capture at the sender: TTL and sequence number of the reset beside those "
                       "of the server's other packets, and the dialog before it";
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    void JudgeOpen()
    {
        const Test& first = *m_open.front();
        if (const PortTest* const up = FartherAtOtherPort(first.record))
        {
            JudgeNearAnswer(first, *up);
            return;
        }
        TextFinding finding = FindingOf(first, "unreachable.port");
        finding.verdict = Verdict::Benign;
        finding.score = 0.7;
        finding.destination = first.record.address;
        finding.explanation = fmt::format("Port 25 of {} answers (line {}): the way to it is free "
                                          "from here.",
                                          NameOf(first.record),
                                          first.record.line);
        finding.side = "nobody's that it shows";
        finding.next = "the dialog behind it: telnet or openssl s_client to the same port";
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    const ServerLogs& m_logs;
    AlertSink& m_sink;
    std::vector<const Test*> m_redirected;
    std::vector<const Test*> m_dead; //!< At port 25; so the next three.
    std::vector<const Test*> m_refused;
    std::vector<const Test*> m_cut;
    std::vector<const Test*> m_open;
    bool m_isUp = false; //!< Some other port answers.
};

} // namespace

void
JudgePorts(const ServerLogs& logs, AlertSink& sink)
{
    PortJudge(logs, sink).Run();
}

} // namespace bouncelab::detectors::own_tests

#include "detectors/analysis/text-alert.h"
#include "detectors/analysis/unreached.h"
#include "detectors/detector.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace bouncelab::detectors
{

namespace own_tests
{

constexpr AlertRule SIGNATURE{"own-tests",
                              1100132,
                              "BOUNCELAB what tests of the way to a server show"};

using Outcome = PortTest::Outcome;

template <class Record>
TextFinding
FindingOf(const InFile<Record>& told, std::string_view dottedClass)
{
    TextFinding finding;
    finding.dottedClass = dottedClass;
    finding.lines = {{told.file, told.record.line, told.record.text}};
    return finding;
}

/// The last two labels of a name, or an address: whose server it is.
std::string
OwnerOf(const std::string& host, HostAddress address)
{
    const std::size_t last = host.rfind('.');
    const std::size_t before =
        last == host.npos || last == 0 ? host.npos : host.rfind('.', last - 1);
    return host.empty() || HostAddress::Parse(host) ? address.ToString()
           : before == host.npos                    ? host
                                                    : host.substr(before + 1);
}

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
            (IsDead(record)                       ? m_dead
             : record.outcome == Outcome::Refused ? m_refused
                                                  : m_open)
                .push_back(&test);
        }
        if (!m_dead.empty())
        {
            JudgeDead();
        }
        else if (!m_refused.empty() && !IsTold(*m_refused.front()))
        {
            JudgeRefused();
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
        std::set<std::string> owners;
        for (const Test* const test : m_dead)
        {
            owners.insert(OwnerOf(test->record.host, test->record.address));
        }
        const Test& first = *m_dead.front();
        const PortTest* const up = UpAtOtherPort(first.record);
        TextFinding finding = FindingOf(first, "unreachable.port");
        finding.lines.clear();
        for (const Test* const test : m_dead)
        {
            finding.lines.push_back({test->file, test->record.line, test->record.text});
        }
        finding.destination = first.record.address;
        if (owners.size() > 1 && m_open.empty())
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
                            owners.size(),
                            Enumerate({owners.begin(), owners.end()}),
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
        else
        {
            if (!up && IsTold(first))
            {
                return;
            }
            finding.verdict = Verdict::Inconclusive;
            finding.explanation = fmt::format(
                "Port 25 of {} does not answer (line {}){}{}.",
                NameOf(first.record),
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

    /// Two traceroutes to one host, of which only that to port 25 ends on the way.
    static void JudgeHops(const PortTest& dead, const PortTest& up, TextFinding& finding)
    {
        const bool isNear = dead.lastHopNumber * 2 <= up.lastHopNumber;
        const bool isFar = dead.lastHopNumber + 1 >= up.lastHopNumber;
        finding.verdict = isNear ? Verdict::Fault : Verdict::Inconclusive;
        finding.score = isNear ? 0.85 : 0;
        finding.explanation = fmt::format(
            "What goes to port 25 of {} is seen up to hop {} ({}) and no further (line {}), what "
            "goes "
            "to port {} arrives, as hop {} (line {}): something behind hop {} drops port 25 "
            "alone{}.",
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
                    : "");
        finding.side = isNear  ? "the sender's network: the provider behind that hop drops what "
                                 "goes to port 25"
                       : isFar ? "the server's side: it, or the firewall in front of it"
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

    void JudgeOpen()
    {
        const Test& first = *m_open.front();
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
    std::vector<const Test*> m_dead; //!< At port 25; so the next two.
    std::vector<const Test*> m_refused;
    std::vector<const Test*> m_open;
    bool m_isUp = false; //!< Some other port answers.
};

/// "203.0.113.10" of "10.113.0.203.zen.spamhaus.org", and the list; nothing of other names.
std::optional<std::pair<std::string, std::string>>
ListedIn(const std::string& name)
{
    std::vector<std::string> labels;
    for (std::string_view rest = name; labels.size() < 4 && !rest.empty();)
    {
        const std::string_view label = rest.substr(0, rest.find('.'));
        labels.insert(labels.begin(), std::string(label));
        rest.remove_prefix(std::min(rest.size(), label.size() + 1));
    }
    const std::string address = fmt::format("{}", fmt::join(labels, "."));
    const std::size_t length = address.size() + 1;
    const std::string zone = name.size() > length ? name.substr(length) : "";
    if (labels.size() < 4 || !HostAddress::Parse(address) || zone.find('.') == zone.npos ||
        EndsWith(zone, "arpa"))
    {
        return std::nullopt;
    }
    return std::pair(address, zone);
}

void
JudgeList(const InFile<NameLookup>& lookup,
          const std::pair<std::string, std::string>& listed,
          AlertSink& sink)
{
    const auto& [address, zone] = listed;
    const std::vector<std::string>& answers = lookup.record.answers;
    const auto begins = [&](std::string_view words)
    {
        return std::any_of(answers.begin(),
                           answers.end(),
                           [&](const std::string& answer) { return StartsWith(answer, words); });
    };
    TextFinding finding = FindingOf(lookup, "blacklist.listed");
    finding.source = HostAddress::Parse(address).value_or(HostAddress());
    if (begins("127.255.255."))
    {
        finding.dottedClass = "refused.lookup";
        finding.verdict = Verdict::Inconclusive;
        finding.explanation = fmt::format(
            "{} answers the question about {} with {} (line {}): an error about whoever asks (a "
            "public or open resolver, too many questions, a mistyped name), and no listing. "
            "Whether the address is listed, this lookup cannot tell.",
            zone,
            address,
            answers.front(),
            lookup.record.line);
        finding.side = "the asking side's: the resolver through which the list is asked; nobody "
                       "has to be delisted";
        finding.next = "the same through a resolver of its own (dig at 127.0.0.1), or the list's "
                       "own page; if the mail server asks through that resolver, it refuses "
                       "everybody";
    }
    else if (begins("127."))
    {
        finding.verdict = Verdict::Inconclusive;
        const bool isPolicy =
            EndsWith(zone, "spamhaus.org") &&
            std::all_of(answers.begin(),
                        answers.end(),
                        [](const std::string& answer)
                        { return answer == "127.0.0.10" || answer == "127.0.0.11"; });
        finding.explanation = fmt::format(
            "{} is listed at {}, which answers {} (line {}){}.",
            address,
            zone,
            Enumerate(answers),
            lookup.record.line,
            isPolicy ? ": by policy alone, as an address that is not meant to send mail directly. "
                       "Nothing is said against what it does"
                     : ". What it did, the answer does not say");
        finding.side = isPolicy ? "the sender's provider: the address is one of those that should "
                                  "send through a relay"
                                : "the sender's network: something behind that address, or its "
                                  "neighborhood";
        finding.next = "the list's own page for the address, with reason and time, and who opens "
                       "connections to port 25 from it";
    }
    else
    {
        return;
    }
    sink.Add(MakeTextAlert(finding, SIGNATURE));
}

/// Addresses that lists do not have, by their answers.
void
JudgeUnlisted(const std::vector<const InFile<NameLookup>*>& lookups, AlertSink& sink)
{
    if (lookups.empty())
    {
        return;
    }
    const InFile<NameLookup>& first = *lookups.front();
    const auto listed = ListedIn(first.record.name);
    TextFinding finding = FindingOf(first, "blacklist.listed");
    finding.source = HostAddress::Parse(listed->first).value_or(HostAddress());
    finding.verdict = Verdict::Benign;
    finding.score = 0.7;
    finding.explanation = fmt::format(
        "{} is not listed at {} (line {}: NXDOMAIN){}.",
        listed->first,
        listed->second,
        first.record.line,
        lookups.size() == 1 ? "" : fmt::format("; so {} more answers", lookups.size() - 1));
    finding.side = "nobody's that it shows";
    finding.next = "which list the refusal names, and what that one answers";
    sink.Add(MakeTextAlert(finding, SIGNATURE));
}

/// Where the mail of a domain is led, by what was looked up.
class NameJudge
{
  public:
    NameJudge(const ServerLogs& logs, AlertSink& sink)
        : m_logs(logs)
        , m_sink(sink)
    {
    }

    void Run()
    {
        std::vector<const Lookup*> unlisted;
        for (const Lookup& lookup : m_logs.lookups)
        {
            const auto listed = ListedIn(lookup.record.name);
            if (listed && lookup.record.status == "NXDOMAIN")
            {
                unlisted.push_back(&lookup);
            }
            else if (listed)
            {
                JudgeList(lookup, *listed, m_sink);
            }
            else if (lookup.record.type == "MX")
            {
                JudgeMx(lookup);
            }
            else if (lookup.record.type == "TXT")
            {
                JudgeSpf(lookup);
            }
        }
        JudgeUnlisted(unlisted, m_sink);
    }

  private:
    using Lookup = InFile<NameLookup>;

    void Tell(const Lookup& lookup, Verdict verdict, std::string explanation, std::string next)
    {
        TextFinding finding = FindingOf(lookup, "unreachable.name");
        finding.verdict = verdict;
        finding.score = verdict == Verdict::Fault ? 0.9 : verdict == Verdict::Benign ? 0.6 : 0;
        finding.explanation = std::move(explanation);
        finding.side = verdict == Verdict::Fault    ? "the recipient's domain: its DNS"
                       : verdict == Verdict::Benign ? "nobody's that it shows"
                                                    : "unknown: the domain's name servers, a "
                                                      "mistyped name, or the own resolver";
        finding.next = std::move(next);
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    /// What looking up a host's address said; null where nobody looked.
    const NameLookup* AddressOf(const std::string& host) const
    {
        const NameLookup* best = nullptr;
        for (const Lookup& lookup : m_logs.lookups)
        {
            const NameLookup& record = lookup.record;
            if (record.name == host && (record.type == "A" || record.type == "AAAA") &&
                (!best || best->status.empty()))
            {
                best = &record;
            }
        }
        return best;
    }

    void JudgeMx(const Lookup& lookup)
    {
        const NameLookup& record = lookup.record;
        const std::string twice = "the same at another resolver, and at the domain's own name "
                                  "servers (dig NS, then dig MX at each)";
        if (record.status == "SERVFAIL" || record.status == "TIMEOUT" ||
            record.status == "NXDOMAIN" || record.status == "REFUSED")
        {
            const bool isSilent = record.status == "TIMEOUT";
            Tell(lookup,
                 Verdict::Inconclusive,
                 fmt::format("The MX of {} is not told: {} (line {}){}.",
                             record.name,
                             record.status,
                             record.line,
                             isSilent ? ": the resolver that was asked does not answer at all, "
                                        "whatever the domain"
                                      : ""),
                 isSilent ? "another name at the same resolver, and the same at another one"
                          : twice);
            return;
        }
        for (const std::string& answer : record.answers)
        {
            const std::size_t blank = answer.rfind(' ');
            const std::string host =
                InLowerCase(TrimEnd(answer.substr(blank == answer.npos ? 0 : blank + 1), "."));
            if (host.empty())
            {
                Tell(lookup,
                     Verdict::Fault,
                     fmt::format("The MX of {} is \".\" (line {}): the domain says that it takes "
                                 "no mail (RFC 7505).",
                                 record.name,
                                 record.line),
                     "whether the recipient's domain is the right one");
                return;
            }
            if (HostAddress::Parse(host) || host == "localhost")
            {
                Tell(lookup,
                     Verdict::Fault,
                     fmt::format("The MX of {} names {} (line {}), where a host's name has to "
                                 "stand that leads to a server.",
                                 record.name,
                                 host,
                                 record.line),
                     "tell the domain's owner by other means");
                return;
            }
            const NameLookup* const found = AddressOf(host);
            if (found && found->answers.empty() && found->status != "SERVFAIL" &&
                found->status != "TIMEOUT")
            {
                const bool isMissing = found->status == "NXDOMAIN";
                Tell(lookup,
                     isMissing ? Verdict::Fault : Verdict::Inconclusive,
                     fmt::format("The MX of {} is {} (line {}), and that name {} (line {}).",
                                 record.name,
                                 host,
                                 record.line,
                                 isMissing ? "does not exist: no server can be found for the "
                                             "domain's mail"
                                           : "has no address of the kind that was asked for",
                                 found->line),
                     isMissing ? "tell the domain's owner by other means: its MX record, or the "
                                 "address record of that host, has to be mended"
                               : "dig A and AAAA of that host");
                return;
            }
        }
        if (!record.answers.empty())
        {
            Tell(lookup,
                 Verdict::Benign,
                 fmt::format("The MX of {} is {} (line {}).",
                             record.name,
                             Enumerate(record.answers),
                             record.line),
                 "dig A of that host, and a connection to its port 25");
        }
    }

    void JudgeSpf(const Lookup& lookup)
    {
        const NameLookup& record = lookup.record;
        std::vector<std::string> records;
        std::copy_if(record.answers.begin(),
                     record.answers.end(),
                     std::back_inserter(records),
                     [](const std::string& answer)
                     { return StartsWith(InLowerCase(Trim(answer, "\" ")), "v=spf1"); });
        if (records.size() < 2)
        {
            return;
        }
        TextFinding finding = FindingOf(lookup, "refused.authentication");
        finding.score = 0.9;
        finding.explanation = fmt::format("{} has {} SPF records (line {}: {}): with more than one "
                                          "SPF fails for every mail of the domain (permerror, RFC "
                                          "7208).",
                                          record.name,
                                          records.size(),
                                          record.line,
                                          Enumerate(records));
        finding.side = "the sender's domain: its DNS";
        finding.next = "one record that has what all of them allow";
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    const ServerLogs& m_logs;
    AlertSink& m_sink;
};

/// Packets of several sizes to one address.
void
JudgePings(const ServerLogs& logs, AlertSink& sink)
{
    constexpr std::uint32_t SEVERAL = 2;
    std::map<HostAddress, std::vector<const InFile<SizedPing>*>> targets;
    for (const InFile<SizedPing>& ping : logs.pings)
    {
        targets[ping.record.address].push_back(&ping);
    }
    for (const auto& [address, pings] : targets)
    {
        const InFile<SizedPing>* lost = nullptr;
        const InFile<SizedPing>* passed = nullptr;
        const InFile<SizedPing>* told = nullptr;
        for (const InFile<SizedPing>* const ping : pings)
        {
            const SizedPing& record = ping->record;
            if (record.isTold)
            {
                told = ping;
            }
            else if (record.received > 0)
            {
                passed = passed && passed->record.octets > record.octets ? passed : ping;
            }
            else if (record.sent > 0)
            {
                lost = lost && lost->record.octets < record.octets ? lost : ping;
            }
        }
        const bool isBlackHole = lost && passed && lost->record.sent >= SEVERAL &&
                                 lost->record.octets > passed->record.octets;
        const InFile<SizedPing>& first = *(lost ? lost : told ? told : passed);
        TextFinding finding = FindingOf(first, "unreachable.path-mtu");
        finding.destination = address;
        if (isBlackHole)
        {
            finding.score = 0.85;
            finding.lines.push_back({passed->file, passed->record.line, passed->record.text});
            finding.explanation = fmt::format(
                "Packets of {} octets to {} are lost, all {} (line {}), those of {} are answered "
                "(line {}), and nobody on the way says that the former are too large: a path that "
                "swallows large packets. Sessions begin there, and messages never arrive.",
                lost->record.octets,
                address.ToString(),
                lost->record.sent,
                lost->record.line,
                passed->record.octets,
                passed->record.line);
            finding.side =
                "on the path: a tunnel or firewall that drops ICMP (\"fragmentation needed\")";
            finding.next =
                "a traceroute with packets of that size (tracepath), and the MSS clamped "
                "to what passes, at the own router, until it is mended";
        }
        else if (told)
        {
            finding.verdict = Verdict::Benign;
            finding.score = 0.7;
            finding.explanation = fmt::format("Packets of {} octets to {} are too large for the "
                                              "path, and it says so (line {}): senders adapt to "
                                              "that, and nothing is lost by it.",
                                              told->record.octets,
                                              address.ToString(),
                                              told->record.line);
            finding.side = "nobody's that it shows";
            finding.next = "a capture of a session that fails";
        }
        else if (lost)
        {
            finding.verdict = Verdict::Inconclusive;
            finding.explanation = fmt::format(
                "No packet of {} octets to {} is answered (line {}){}: the size may be the reason, "
                "or the host answers no ping.",
                lost->record.octets,
                address.ToString(),
                lost->record.line,
                passed ? "" : ", and no smaller one was tried or answered");
            finding.side = "unknown";
            finding.next = "ping -M do -c 5 with sizes from 500 to 1472";
        }
        else
        {
            finding.verdict = Verdict::Benign;
            finding.score = 0.7;
            finding.explanation = fmt::format("Packets of {} octets to {} pass unbroken (line {}): "
                                              "the path swallows none of that size.",
                                              passed->record.octets,
                                              address.ToString(),
                                              passed->record.line);
            finding.side = "nobody's that it shows";
            finding.next = "the same the other way, from the server's side";
        }
        sink.Add(MakeTextAlert(finding, SIGNATURE));
    }
}

void
JudgeTls(const InFile<TlsTest>& test, AlertSink& sink)
{
    constexpr int RESET = 104;
    constexpr int RESET_OF_WINDOWS = 10054;
    constexpr int EXPIRED = 10;
    const TlsTest& record = test.record;
    const std::string to = record.target.empty() ? "the server" : record.target;
    TextFinding finding = FindingOf(test, "unreachable.tls");
    finding.verdict = Verdict::Inconclusive;
    if (!record.isAgreed && (record.error == RESET || record.error == RESET_OF_WINDOWS))
    {
        finding.explanation = fmt::format(
            "The connection to {} stood and was reset in the middle of the handshake of TLS "
            "(line {}, errno {}): the server did, or something on the way that lets no TLS "
            "through.",
            to,
            record.line,
            record.error);
        finding.side = "unknown: the server's, or a machine on the way that ends TLS";
        finding.next = "a capture at both ends (whose TTL has the reset?), the same from another "
                       "network, and the same without -starttls";
    }
    else if (!record.isAgreed)
    {
        finding.explanation = fmt::format("No TLS comes about with {} (line {}).", to, record.line);
        finding.side = "unknown: the server's, or a machine on the way";
        finding.next = "the whole output with -msg, and the same from another network";
    }
    else if (record.verified > 0)
    {
        const bool isExpired = record.verified == EXPIRED;
        finding.verdict = isExpired ? Verdict::Fault : Verdict::Inconclusive;
        finding.score = isExpired ? 0.85 : 0;
        finding.explanation =
            fmt::format("TLS comes about with {}, and its certificate does not hold: {} (line {}). "
                        "It keeps mail from those who demand a valid one, and from nobody else.",
                        to,
                        record.why,
                        record.line);
        finding.side = isExpired ? "the server's: its certificate"
                                 : "the server's certificate, or the issuers that this host knows";
        finding.next = "a new certificate with its whole chain; whether the failing sender demands "
                       "a valid one (DANE, MTA-STS, its own settings)";
    }
    else
    {
        finding.verdict = Verdict::Benign;
        finding.score = 0.7;
        finding.explanation = fmt::format("TLS comes about with {}{} (line {}).",
                                          to,
                                          record.verified == 0 ? ", and its certificate holds" : "",
                                          record.line);
        finding.side = "nobody's that it shows";
        finding.next = "the dialog behind it: MAIL and RCPT by hand";
    }
    sink.Add(MakeTextAlert(finding, SIGNATURE));
}

/// Messages of one address that a receiver's report says failed.
void
JudgeReported(const InFile<SenderChecks>& checks, AlertSink& sink)
{
    const SenderChecks& record = checks.record;
    TextFinding finding = FindingOf(checks, "refused.authentication");
    finding.source = record.source;
    finding.verdict = record.isOwnSignature ? Verdict::Fault : Verdict::Inconclusive;
    finding.score = record.isOwnSignature ? 0.8 : 0;
    finding.explanation = fmt::format(
        "By {}'s report {} message{} from {} in the name of {} did not pass DMARC (line {}: spf={} "
        "dkim={}){}.",
        record.receiver.empty() ? "a receiver" : record.receiver,
        record.messages,
        record.messages == 1 ? "" : "s",
        record.source.ToString(),
        record.words,
        record.line,
        record.spf.empty() ? "-" : record.spf,
        record.dkim.empty() ? "-" : record.dkim,
        record.isOwnSignature ? ": they are signed for that domain, and the signature does not hold"
        : record.spf == "pass" ? ": SPF passes for another domain than the one in From"
                               : "");
    finding.side = record.isOwnSignature
                       ? "the sender's domain: its signing (key, selector, or what changes mail "
                         "behind the signer)"
                       : "the sender's domain, if that address is one of its own senders; else "
                         "whoever forges it, and DMARC does what it is for";
    finding.next = "whose that address is; of an own sender its signature, dig TXT of "
                   "selector._domainkey.domain, and its bounce domain's alignment";
    sink.Add(MakeTextAlert(finding, SIGNATURE));
}

void
JudgeChecks(const InFile<SenderChecks>& checks, AlertSink& sink)
{
    const SenderChecks& record = checks.record;
    const std::string lower = InLowerCase(record.words);
    TextFinding finding = FindingOf(checks, "refused.authentication");
    const std::string results = fmt::format("spf={} dkim={} dmarc={}",
                                            record.spf.empty() ? "-" : record.spf,
                                            record.dkim.empty() ? "-" : record.dkim,
                                            record.dmarc.empty() ? "-" : record.dmarc);
    const bool hasNoKey = lower.find("no key") != lower.npos;
    const bool isPassed = record.dmarc == "pass" || record.dmarc == "bestguesspass";
    const bool isUnaligned =
        record.dmarc == "fail" && (record.spf == "pass" || record.dkim == "pass");
    if (record.messages > 0 && !isPassed)
    {
        JudgeReported(checks, sink);
        return;
    }
    if (isPassed || (record.dmarc.empty() && (record.spf == "pass" || record.dkim == "pass")))
    {
        finding.verdict = Verdict::Benign;
        finding.score = 0.7;
        finding.side = "nobody's that it shows";
        finding.next = "the same field of a mail that was refused or filed as spam";
        finding.explanation = fmt::format("The receiver ({}) takes the mail for its sender's "
                                          "domain's (line {}: {}).",
                                          record.receiver,
                                          record.line,
                                          results);
        sink.AddOrCount(MakeTextAlert(finding, SIGNATURE));
        return;
    }
    finding.verdict = hasNoKey ? Verdict::Fault : Verdict::Inconclusive;
    finding.score = hasNoKey ? 0.8 : 0;
    finding.explanation = fmt::format(
        "The receiver ({}) could not tell that the mail is its sender's domain's (line {}: {}){}.",
        record.receiver,
        record.line,
        results,
        hasNoKey ? ": it is signed, and the key that its signature names is not in the domain's DNS"
        : isUnaligned
            ? ": what passes belongs to another domain than the one in From (no alignment), as "
              "where "
              "a service sends in its name and is not set up for it, a list passes mail on, or "
              "somebody forges it"
            : ": the domain's own set-up is wrong, or somebody else sent it in its name");
    finding.side = hasNoKey ? "the sender's domain: the key in its DNS"
                            : "the sender's domain, if it sent the mail; else whoever forged it";
    finding.next = "whether the address that handed the mail over is one of the domain's own "
                   "servers; then its SPF record, and dig TXT of selector._domainkey.domain";
    sink.AddOrCount(MakeTextAlert(finding, SIGNATURE));
}

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    const ServerLogs& logs = analysis.GetContext().logs;
    PortJudge(logs, sink).Run();
    NameJudge(logs, sink).Run();
    JudgePings(logs, sink);
    for (const InFile<TlsTest>& test : logs.tlsTests)
    {
        const bool isTold = std::any_of(logs.replies.begin(),
                                        logs.replies.end(),
                                        [&](const InFile<ReportedReply>& reply) {
                                            return reply.file == test.file &&
                                                   UnreachedBy(reply.record) != Unreached::No;
                                        });
        constexpr int EXPIRED = 10;
        if (!isTold || (test.record.isAgreed && test.record.verified == EXPIRED))
        {
            JudgeTls(test, sink);
        }
    }
    for (const InFile<SenderChecks>& checks : logs.senderChecks)
    {
        JudgeChecks(checks, sink);
    }
}

} // namespace own_tests

/**
 * What tests show that somebody made of the way to a mail server: connections to ports, traceroutes
 * by TCP, names, block lists, packets of a size, TLS by hand, and what a receiver says of a test
 * mail. One test alone seldom decides; two that differ in one thing do.
 */
extern const Detector OWN_TESTS{
    own_tests::SIGNATURE,
    "tests of the way to a server, against one another",
    {{kinds::INSPECTION, kinds::ROUTES, kinds::MAILBOXES}, {"unreachable", "refused", "blacklist"}},
    nullptr,
    own_tests::Conclude};

} // namespace bouncelab::detectors

#include "detectors/analysis/send-rhythm.h"
#include "detectors/analysis/text-alert.h"
#include "detectors/listing-cause.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace bouncelab::detectors::listing_cause
{

namespace
{

constexpr std::size_t MANY_SERVERS = 5;

/// Connections to port 25 of one host, by a firewall's log.
struct HostRecord
{
    std::vector<const InFile<FirewallEvent>*> opened; //!< Permitted or denied.
    std::set<HostAddress> servers;
    std::size_t denied = 0;
    std::size_t received = 0; //!< Connections to its own port 25.
};

class HostJudge
{
  public:
    HostJudge(const ServerLogs& logs, const std::set<HostAddress>& accused, AlertSink& sink)
        : m_logs(logs)
        , m_accused(accused)
        , m_sink(sink)
    {
    }

    void Run()
    {
        for (const InFile<FirewallEvent>& event : m_logs.firewall)
        {
            Collect(event);
        }
        for (const InFile<SeenDatagram>& seen : m_logs.datagrams)
        {
            const SeenDatagram& query = seen.record;
            if (query.kind == SeenDatagram::Kind::Dns && query.isQuery && query.queryType == "MX")
            {
                m_exchangers[query.source].insert(query.queryName);
            }
        }
        for (const auto& [host, record] : m_hosts)
        {
            JudgeHost(host, record);
        }
        JudgeNightly();
    }

  private:
    /// A host that by a firewall's log opens one connection a day, to one server outside.
    struct NightlyHost
    {
        HostAddress address;
        const HostRecord* record;
        SendRhythm rhythm;
    };

    void Collect(const InFile<FirewallEvent>& event)
    {
        const FirewallEvent& row = event.record;
        const bool opens = row.action == FirewallEvent::Action::Permitted ||
                           row.action == FirewallEvent::Action::Denied;
        if (!opens || row.protocol != "tcp" || row.destinationPort != SMTP_PORT)
        {
            return;
        }
        HostRecord& host = m_hosts[row.source];
        host.opened.push_back(&event);
        host.servers.insert(row.destination);
        host.denied += row.action == FirewallEvent::Action::Denied ? 1 : 0;
        ++m_hosts[row.destination].received;
    }

    void JudgeHost(const HostAddress& host, const HostRecord& record)
    {
        if (record.opened.empty() || record.received > 0 || m_accused.count(host) > 0)
        {
            return;
        }
        if (record.servers.size() >= MANY_SERVERS)
        {
            JudgeMany(host, record);
            return;
        }
        std::vector<WallTime> times;
        for (const InFile<FirewallEvent>* event : record.opened)
        {
            times.push_back(event->record.time.value_or(WallTime()));
        }
        const SendRhythm rhythm = RhythmOf(times);
        if (rhythm.isDaily && record.servers.size() == 1 &&
            record.opened.size() <= 2 * rhythm.times && !IsInside(*record.servers.begin()))
        {
            m_nightly.push_back({host, &record, rhythm});
        }
    }

    /// Many servers, no mail in and questions for MX records are of every relay that sends only:
    /// what the site's own rules deny is the second ground.
    void JudgeMany(const HostAddress& host, const HostRecord& record)
    {
        std::vector<std::string> signs{
            fmt::format("it opens connections to port 25 of {} servers itself",
                        record.servers.size())};
        if (record.denied > 0)
        {
            signs.push_back(fmt::format("{} of its {} connections were denied",
                                        record.denied,
                                        record.opened.size()));
        }
        const auto asked = m_exchangers.find(host);
        if (asked != m_exchangers.end() && asked->second.size() >= MANY_SERVERS)
        {
            signs.push_back(fmt::format("it asks for the MX of {} domains", asked->second.size()));
        }
        const bool knowsServer =
            std::any_of(m_hosts.begin(),
                        m_hosts.end(),
                        [](const auto& other)
                        { return other.second.received > 0 && !other.second.opened.empty(); });
        if (knowsServer)
        {
            signs.emplace_back("no mail comes in to it, as it does to the mail server");
        }
        if (record.denied > 0)
        {
            AddHost(host,
                    record,
                    BOT,
                    Verdict::Fault,
                    0.85,
                    fmt::format("{} sends mail past the mail server: {}.",
                                host.ToString(),
                                Enumerate(signs)),
                    "cut that machine off and clean it; port 25 outward for the mail server alone");
        }
        else if (knowsServer)
        {
            AddHost(host,
                    record,
                    BOT,
                    Verdict::Inconclusive,
                    0.3,
                    fmt::format("{} sends mail past the mail server: {}. A relay for outgoing mail "
                                "and a newsletter's host do so, too.",
                                host.ToString(),
                                Enumerate(signs)),
                    "whether that machine is meant to send, and a capture of what it greets as");
        }
    }

    /// Whether a host can be the one that the outside sees under an address.
    static bool MayBe(const HostAddress& host, const HostRecord& record, const HostAddress& seen)
    {
        for (const InFile<FirewallEvent>* event : record.opened)
        {
            if (event->record.translated.IsKnown())
            {
                return event->record.translated == seen;
            }
        }
        return host == seen || IsInside(host);
    }

    void JudgeNightly()
    {
        const ListedAddress* const listed = ListedGreeting(m_logs);
        for (const auto& [host, record, rhythm] : m_nightly)
        {
            const std::string what = fmt::format("{} opens a connection to port 25 of {} {}",
                                                 host.ToString(),
                                                 record->servers.begin()->ToString(),
                                                 rhythm.ToString());
            if (listed && m_nightly.size() == 1 && MayBe(host, *record, listed->address))
            {
                AddHost(host,
                        *record,
                        REPORT,
                        Verdict::Fault,
                        0.8,
                        fmt::format("{}; {} saw a greeting as {} from {}, which is no name of a "
                                    "machine, and no other host in this log has such a rhythm.",
                                    what,
                                    listed->list,
                                    listed->hello,
                                    listed->address.ToString()),
                        "give the relay of that program by its full name, or keep its mail inside");
                continue;
            }
            AddHost(host,
                    *record,
                    REPORT,
                    Verdict::Inconclusive,
                    0.4,
                    fmt::format("{}. What it greets as, a firewall's log does not tell{}.",
                                what,
                                m_nightly.size() > 1
                                    ? fmt::format("; {} hosts in this log have such a rhythm",
                                                  m_nightly.size())
                                    : ""),
                    "a capture of port 25 outside the firewall over that minute, which shows the "
                    "greeting; or the log of the server that takes it");
        }
    }

    void AddHost(const HostAddress& host,
                 const HostRecord& record,
                 std::string_view dottedClass,
                 Verdict verdict,
                 double score,
                 std::string explanation,
                 std::string next)
    {
        TextFinding finding;
        finding.dottedClass = dottedClass;
        finding.verdict = verdict;
        finding.score = score;
        finding.time = record.opened.front()->record.time.value_or(WallTime());
        finding.source = host;
        finding.destination = *record.servers.begin();
        for (const InFile<FirewallEvent>* event : record.opened)
        {
            finding.lines.push_back({event->file, event->record.line, event->record.text});
        }
        finding.explanation = std::move(explanation);
        finding.side = "inside the network, behind the firewall";
        finding.next = std::move(next);
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    const ServerLogs& m_logs;
    const std::set<HostAddress>& m_accused;
    AlertSink& m_sink;
    std::map<HostAddress, HostRecord> m_hosts;
    std::vector<NightlyHost> m_nightly;
    std::map<HostAddress, std::set<std::string>> m_exchangers; //!< Domains whose MX one asks for.
};

} // namespace

void
JudgeFirewallLog(const Analysis& analysis, const std::set<HostAddress>& accused, AlertSink& sink)
{
    HostJudge(analysis.GetContext().logs, accused, sink).Run();
}

} // namespace bouncelab::detectors::listing_cause

#include "detectors/analysis/hello-name.h"
#include "detectors/analysis/send-rhythm.h"
#include "detectors/analysis/session-alert.h"
#include "detectors/analysis/text-alert.h"
#include "detectors/detector.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace bouncelab::detectors
{

namespace listing_cause
{

constexpr AlertRule SIGNATURE{"listing-cause",
                              1100128,
                              "BOUNCELAB what gets an address onto a block list"};
constexpr std::string_view REPORT = "blacklist.report";
constexpr std::string_view BOT = "blacklist.bot";
constexpr std::string_view HELLO = "blacklist.helo";
constexpr std::string_view BULK = "blacklist.newsletter";

constexpr std::uint16_t SMTP_PORT = 25;
constexpr std::size_t MANY_RECIPIENTS = 10;
constexpr std::size_t MANY_DOMAINS = 4; //!< Of senders: a site has one, or two.
constexpr std::size_t MANY_SERVERS = 5;
constexpr std::size_t MANY_HOURS = 6;
constexpr std::size_t FEW_RECIPIENTS = 3; //!< Of a report.
constexpr std::size_t LEAST_REFUSED = 5;
constexpr std::size_t REFUSED_PERCENT = 20;
constexpr std::size_t LEAST_BULK = 50; //!< Messages of a newsletter.

/// All that one client sent under one name.
struct SenderRecord
{
    HostAddress client;
    std::string hello;
    std::vector<const SmtpSession*> sessions;
    std::vector<WallTime> times;
    std::set<HostAddress> servers;
    std::set<std::string, std::less<>> domains; //!< Of the senders.
    std::set<std::string, std::less<>> recipients;
    std::size_t messages = 0;
    std::size_t asked = 0;
    std::size_t refused = 0;
    bool isOwn = false; //!< The log's owner sent it.
};

/// Connections to port 25 of one host, by a firewall's log.
struct HostRecord
{
    std::vector<const InFile<FirewallEvent>*> opened; //!< Permitted or denied.
    std::set<HostAddress> servers;
    std::size_t denied = 0;
    std::size_t received = 0; //!< Connections to its own port 25.
};

bool
IsLoopback(const HostAddress& address)
{
    const auto v4 = address.AsIpv4();
    return v4 && v4->value >> 24 == 127;
}

bool
IsInside(const HostAddress& address)
{
    return address.IsNumeric() && address.IsPrivate();
}

class Judge
{
  public:
    Judge(const Analysis& analysis, AlertSink& sink)
        : m_analysis(analysis)
        , m_logs(analysis.GetContext().logs)
        , m_sink(sink)
    {
    }

    void Run()
    {
        for (const SmtpSession& session : m_analysis.Sessions(LogDetail::Codes))
        {
            Collect(session);
        }
        for (const auto& [key, sender] : m_senders)
        {
            JudgeSender(sender);
        }
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

    using Grounds = std::vector<std::string>;

    // What is collected.

    void Collect(const SmtpSession& session)
    {
        const bool says = std::any_of(session.turns.begin(),
                                      session.turns.end(),
                                      [](const Turn& turn) { return !turn.hello.empty(); });
        if (!says || session.Start() == WallTime())
        {
            return;
        }
        SenderRecord& sender = m_senders[{session.client, std::string(session.Hello())}];
        sender.client = session.client;
        sender.hello = session.Hello();
        sender.isOwn = sender.isOwn || session.IsOwnersCall();
        sender.sessions.push_back(&session);
        sender.times.push_back(session.Start());
        sender.servers.insert(session.server);
        for (const Turn& turn : session.turns)
        {
            if (turn.Is("MAIL"))
            {
                ++sender.messages;
                if (!DomainOf(turn.mailbox).empty())
                {
                    sender.domains.emplace(DomainOf(turn.mailbox));
                }
            }
            else if (turn.Is("RCPT"))
            {
                ++sender.asked;
                sender.refused += turn.code / 100 == 5 ? 1 : 0;
                sender.recipients.insert(turn.mailbox);
            }
        }
    }

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

    // What sessions show.

    /// Whether it passes the border of the site, as far as addresses tell.
    static bool IsOutside(const SenderRecord& sender)
    {
        const bool toOutside = std::any_of(sender.servers.begin(),
                                           sender.servers.end(),
                                           [](const HostAddress& server)
                                           { return server.IsKnown() && !IsInside(server); });
        return toOutside || (sender.client.IsKnown() && !IsInside(sender.client));
    }

    static bool IsMostlyRefused(const SenderRecord& sender)
    {
        return sender.refused >= LEAST_REFUSED &&
               sender.refused * 100 >= sender.asked * REFUSED_PERCENT;
    }

    Grounds GroundsForBot(const SenderRecord& sender,
                          HelloFault fault,
                          const SendRhythm& rhythm) const
    {
        Grounds grounds;
        if (IsImplausible(fault))
        {
            grounds.push_back(fmt::format("it greets as {}, {}", sender.hello, WhyOf(fault)));
        }
        if (sender.domains.size() >= MANY_DOMAINS)
        {
            grounds.push_back(fmt::format("its senders are of {} domains", sender.domains.size()));
        }
        if (IsMostlyRefused(sender))
        {
            grounds.push_back(
                fmt::format("{} of its {} recipients were refused", sender.refused, sender.asked));
        }
        if (!rhythm.isDaily && rhythm.hours >= MANY_HOURS &&
            sender.recipients.size() >= MANY_RECIPIENTS && IsImplausible(fault))
        {
            grounds.push_back(fmt::format("it sends at {} different hours of the day, to {} "
                                          "recipients",
                                          rhythm.hours,
                                          sender.recipients.size()));
        }
        return grounds;
    }

    void JudgeSender(const SenderRecord& sender)
    {
        const HelloFault fault = CheckHello(sender.hello, sender.client);
        const SendRhythm rhythm = RhythmOf(sender.times);
        // A stranger's mass mail is not what gets this site listed.
        const bool isOurs = sender.isOwn || IsInside(sender.client) || IsImplausible(fault);
        const Grounds bot = isOurs ? GroundsForBot(sender, fault, rhythm) : Grounds();
        if (bot.size() >= 2 && IsOutside(sender))
        {
            AddBot(sender, bot);
        }
        else if (IsImplausible(fault))
        {
            JudgeImplausible(sender, fault, rhythm);
        }
        else if (isOurs && rhythm.isDaily && sender.recipients.size() <= FEW_RECIPIENTS)
        {
            Add(sender,
                REPORT,
                Verdict::Benign,
                0,
                fmt::format("{} sends {}, to {} recipient{}, and greets as {}, {}: a report or a "
                            "backup's notice that no list counts.",
                            sender.client.ToString(),
                            rhythm.ToString(),
                            sender.recipients.size(),
                            sender.recipients.size() == 1 ? "" : "s",
                            sender.hello,
                            WhyOf(fault)),
                "");
        }
        else if (isOurs && sender.messages >= LEAST_BULK && sender.domains.size() == 1 &&
                 sender.recipients.size() >= LEAST_BULK && !IsMostlyRefused(sender))
        {
            Add(sender,
                BULK,
                Verdict::Benign,
                0,
                fmt::format(
                    "{} sends {} messages of one domain to {} recipients, and greets as {}, "
                    "{}; {} were refused: a newsletter, as its rhythm ({}) and its senders "
                    "show.",
                    sender.client.ToString(),
                    sender.messages,
                    sender.recipients.size(),
                    sender.hello,
                    WhyOf(fault),
                    sender.refused,
                    rhythm.ToString()),
                "");
        }
    }

    void JudgeImplausible(const SenderRecord& sender, HelloFault fault, const SendRhythm& rhythm)
    {
        const std::string who = fmt::format("{} greets as {}, {}",
                                            sender.client.ToString(),
                                            sender.hello,
                                            WhyOf(fault));
        if (!IsOutside(sender) || IsLoopback(sender.client))
        {
            Add(sender,
                HELLO,
                Verdict::Benign,
                0,
                fmt::format("{}, and speaks only to {}, {}: no list hears of it. A probe of the "
                            "machine itself, or a program inside.",
                            who,
                            sender.servers.begin()->ToString(),
                            IsLoopback(sender.client) ? "on the same machine"
                                                      : "inside the network"),
                "");
        }
        else if (rhythm.isDaily)
        {
            Add(sender,
                REPORT,
                Verdict::Fault,
                0.9,
                fmt::format("{}, and sends {}, {} message{} in all, to {}: one mail a night of a "
                            "program whose relay is set up by address, not by name, and which goes "
                            "out instead of staying inside. {}",
                            who,
                            rhythm.ToString(),
                            sender.messages,
                            sender.messages == 1 ? "" : "s",
                            sender.servers.begin()->ToString(),
                            Listing(sender, rhythm)),
                "give the relay of that program by its full name, or keep its mail inside; only "
                "then ask the list to take the address off");
        }
        else
        {
            Add(sender,
                HELLO,
                Verdict::Inconclusive,
                0.4,
                fmt::format("{}, {} time{} in this evidence. A name is one ground: {} nights or "
                            "more of the same log would show a rhythm, its recipients and senders "
                            "a bot.",
                            who,
                            rhythm.times,
                            rhythm.times == 1 ? "" : "s",
                            SendRhythm::LEAST_NIGHTS),
                fmt::format("the log of {} nights or more, and the firewall's log or a capture of "
                            "port 25 outside it at that hour",
                            SendRhythm::LEAST_NIGHTS));
        }
    }

    /// Whether a list has it already, or will.
    std::string Listing(const SenderRecord& sender, const SendRhythm& rhythm) const
    {
        for (const InFile<ListedAddress>& listed : m_logs.listed)
        {
            if (listed.record.address == sender.client ||
                EqualIgnoringCase(listed.record.hello, sender.hello))
            {
                return fmt::format("{} lists {} ({}, line {}).",
                                   listed.record.list,
                                   listed.record.address.ToString(),
                                   listed.file,
                                   listed.record.line);
            }
        }
        return fmt::format("No list's page or refusal in this evidence names the address yet; "
                           "lists that count such greetings list it after some nights ({} so far), "
                           "and again after each removal.",
                           rhythm.times);
    }

    void AddBot(const SenderRecord& sender, const Grounds& grounds)
    {
        const bool byServer = sender.isOwn && !IsImplausible(CheckHello(sender.hello, {}));
        Add(sender,
            BOT,
            Verdict::Fault,
            grounds.size() > 2 ? 0.95 : 0.85,
            fmt::format(
                "{} sends {} messages to {} recipients at {} servers, and {}: a program that "
                "sends spam{}.",
                sender.client.ToString(),
                sender.messages,
                sender.recipients.size(),
                sender.servers.size(),
                Enumerate(grounds),
                byServer ? " through this server, which greets in its own name" : ""),
            byServer ? "who hands these messages to the server: its log of incoming sessions, and "
                       "the message tracking log where it is a user's own client"
                     : "cut that machine off and clean it; port 25 outward for the mail server "
                       "alone");
    }

    void Add(const SenderRecord& sender,
             std::string_view dottedClass,
             Verdict verdict,
             double score,
             std::string explanation,
             std::string next)
    {
        const SmtpSession& session = *sender.sessions.front();
        SessionFinding finding;
        finding.dottedClass = dottedClass;
        finding.verdict = verdict;
        finding.score = score;
        finding.explanation = std::move(explanation);
        for (const Turn& turn : session.turns)
        {
            if (!turn.hello.empty() && finding.refs.empty())
            {
                finding.refs.push_back(turn.said);
            }
        }
        const auto inside = verdict == Verdict::Fault ? InsideHostOf(session) : std::nullopt;
        if (inside)
        {
            finding.explanation += fmt::format(" Behind that address it is {}, by the firewall's "
                                               "log ({}, line {}).",
                                               inside->record.source.ToString(),
                                               inside->file,
                                               inside->record.line);
        }
        Alert alert = MakeSessionAlert(session, finding, SIGNATURE);
        alert.source = inside ? inside->record.source : alert.source;
        alert.evidence.next = std::move(next);
        m_sink.Add(std::move(alert));
    }

    /// Whose connection behind the NAT a session was.
    std::optional<InFile<FirewallEvent>> InsideHostOf(const SmtpSession& session) const
    {
        for (const InFile<FirewallEvent>& event : m_logs.firewall)
        {
            const FirewallEvent& row = event.record;
            if (row.translated == session.client && row.translated.IsKnown() &&
                row.translatedPort == session.clientPort && session.clientPort != 0)
            {
                return event;
            }
        }
        return std::nullopt;
    }

    // What a firewall's log shows.

    void JudgeHost(const HostAddress& host, const HostRecord& record)
    {
        if (record.opened.empty() || record.received > 0)
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
        Grounds signs{fmt::format("it opens connections to port 25 of {} servers itself",
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
        const ListedAddress* const listed = ListedGreeting();
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

    /// The page of a list that blames a bad greeting.
    const ListedAddress* ListedGreeting() const
    {
        for (const InFile<ListedAddress>& entry : m_logs.listed)
        {
            if (IsImplausible(CheckHello(entry.record.hello, {})))
            {
                return &entry.record;
            }
        }
        return nullptr;
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

    const Analysis& m_analysis;
    const ServerLogs& m_logs;
    AlertSink& m_sink;
    std::map<std::pair<HostAddress, std::string>, SenderRecord> m_senders;
    std::map<HostAddress, HostRecord> m_hosts;
    std::vector<NightlyHost> m_nightly;
    std::map<HostAddress, std::set<std::string>> m_exchangers; //!< Domains whose MX one asks for.
};

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    Judge(analysis, sink).Run();
}

} // namespace listing_cause

/**
 * What behind an address gets it onto a block list (S002-06 to S002-09): a program that mails once
 * a night under a name that is none, or a bot. Both need two grounds: the name and the rhythm; of a
 * bot its name, its senders' domains, refused recipients, its hours; by a firewall's log many
 * servers and what the rules deny, for a relay that only sends looks the same without the denials.
 * Benign: reports and newsletters with a right name, and whatever stays on the machine or inside
 * the network. With one ground it says which evidence would decide. Where a firewall's log has the
 * translation, the host behind the NAT is named.
 */
extern const Detector LISTING_CAUSE{
    listing_cause::SIGNATURE,
    "a nightly sender with a name that is none, or a bot, among whoever sends mail",
    {{kinds::PACKETS, kinds::SERVER_LOG, kinds::SEND_LOG, kinds::FIREWALL_LOG}, {"blacklist"}},
    AddSession,
    listing_cause::Conclude};

} // namespace bouncelab::detectors

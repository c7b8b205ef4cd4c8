#include "detectors/analysis/own-host.h"
#include "detectors/analysis/text-alert.h"
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

namespace named_causes
{

constexpr AlertRule SIGNATURE{"named-causes",
                              1100131,
                              "BOUNCELAB a server names the cause of a trouble"};

using Line = InFile<ServiceLine>;

/// What is concluded from a line that names a cause.
struct CauseText
{
    std::string_view dottedClass;
    Verdict verdict;
    double score;
    std::string_view what;
    std::string_view side;
    std::string_view next;
};

/// Of what belongs to the server itself.
CauseText
TextOfOwnPart(NamedCause cause)
{
    switch (cause)
    {
    case NamedCause::OwnFilter:
        return {
            "deferred.filter",
            Verdict::Fault,
            0.9,
            "a filter that this server asks does not answer, and mail waits, or goes unfiltered",
            "this server's own: its filter",
            "the filter's service and the socket or port that the line names; the mail needs "
            "no change"};
    case NamedCause::Settings:
        return {"refused.system",
                Verdict::Fault,
                0.85,
                "a part of the mail server does not start or work, by its own settings or the "
                "rights of its files",
                "this server's own: its settings",
                "the setting or file that the line names (postfix check, exim -bV), then the same "
                "log once more"};
    default:
        return {"unreachable.tls",
                Verdict::Fault,
                0.85,
                "the server cannot read its own certificate or key, and offers no TLS",
                "this server's own: its certificate's files",
                "the rights and the path of the file that the line names; then openssl s_client "
                "-starttls smtp to this server"};
    }
}

CauseText
TextOf(NamedCause cause)
{
    switch (cause)
    {
    case NamedCause::Scanner:
        return {"deferred.filter",
                Verdict::Fault,
                0.9,
                "the virus scanner behind this server's filter does not run, and mail waits",
                "this server's own: its virus scanner",
                "the scanner's service, its socket and its database; the mail needs no change"};
    case NamedCause::Authenticator:
        return {"auth.backend",
                Verdict::Fault,
                0.9,
                "the server cannot check names and passwords: what it asks for them does not "
                "answer",
                "this server's own: its authentication service, or the directory or database that "
                "it asks",
                "that service and its connection to the directory or database; the clients' "
                "settings need no change"};
    case NamedCause::TlsVersion:
        return {"unreachable.tls",
                Verdict::Fault,
                0.75,
                "the client offers no version of TLS, or no cipher, that this server takes",
                "the client's, whose TLS is too old, or this server's settings, which take no "
                "older one any more",
                "which versions both ends allow (smtpd_tls_protocols and its like; a capture shows "
                "the client's hello); whether that client still sends, without TLS"};
    case NamedCause::Certificate:
        return {"unreachable.tls",
                Verdict::Fault,
                0.75,
                "the client does not take this server's certificate, and says so",
                "this server's certificate, or the client, which does not know its issuer",
                "openssl s_client -starttls smtp to this server: the chain, its names and dates"};
    case NamedCause::NoTls:
        return {"unreachable.tls",
                Verdict::Benign,
                0.6,
                "what came where TLS should begin is something else: a scanner, or a client that "
                "is set to another kind of encryption",
                "the client's: its settings, if it is one that should come",
                "whether the client is one of one's own: then STARTTLS for 587, TLS for 465"};
    case NamedCause::ListRefuses:
        return {"refused.lookup",
                Verdict::Fault,
                0.9,
                "the block list answers this server's question with an error about its resolver, "
                "which is no listing",
                "this server's own: the resolver through which it asks the list",
                "the list asked through a resolver of its own, or with a key for it; "
                "127.255.255.0/24 never taken for a listing; nobody has to be delisted"};
    case NamedCause::Disk:
        return {"deferred.busy",
                Verdict::Fault,
                0.9,
                "the server has no room left",
                "this server's own: its disk",
                "df -h and df -i of the queue and the mailboxes at that time"};
    case NamedCause::NextHop:
        return {"unreachable.lost",
                Verdict::Inconclusive,
                0,
                "the connection to the server behind it was lost in the middle of a session",
                "unknown: the server behind, or the way to it",
                "the log of the server behind of that session"};
    case NamedCause::OwnFilter:
    case NamedCause::Settings:
    case NamedCause::OwnKey:
        return TextOfOwnPart(cause);
    case NamedCause::FilterRefuses:
        return {"refused.content",
                Verdict::Inconclusive,
                0,
                "this server's own filter refuses a message, as it is set up to; whether rightly, "
                "the message would decide",
                "this server's filter, by the message's content and its sender",
                "the rules that the line names, against the message itself"};
    default:
        return {"auth.password",
                Verdict::Inconclusive,
                0,
                "a wrong name or password",
                "the client's: its name or password",
                "how many names and how often that address tried: a user with an old password "
                "repeats one name, a guesser tries many"};
    }
}

/// "mail.old.example (203.0.113.140)", or what of it is known.
std::string
NameOfClient(const ServiceLine& line)
{
    const bool isNamed = !line.name.empty() && line.name != "unknown";
    return !line.address.IsKnown() ? std::string(isNamed ? line.name : "a client")
           : isNamed               ? fmt::format("{} ({})", line.name, line.address.ToString())
                                   : line.address.ToString();
}

TextFinding
FindingOf(const std::vector<const Line*>& lines, const CauseText& text)
{
    TextFinding finding;
    finding.dottedClass = text.dottedClass;
    finding.verdict = text.verdict;
    finding.score = text.score;
    finding.side = text.side;
    finding.next = text.next;
    for (const Line* const line : lines)
    {
        finding.lines.push_back({line->file, line->record.line, line->record.text});
    }
    finding.time = lines.front()->record.time.value_or(WallTime());
    finding.source = lines.front()->record.address;
    return finding;
}

void
JudgeLines(NamedCause cause, const std::vector<const Line*>& lines, AlertSink& sink)
{
    constexpr std::size_t GUESSERS = 3;
    CauseText text = TextOf(cause);
    const ServiceLine& first = lines.front()->record;
    TextFinding finding = FindingOf(lines, text);
    std::set<std::string> clients;
    std::set<std::string> users;
    bool isNamed = false;
    for (const Line* const line : lines)
    {
        clients.insert(line->record.address.ToString());
        users.insert(line->record.user);
        isNamed = isNamed || (!line->record.name.empty() && line->record.name != "unknown");
    }
    users.erase("");
    std::string more;
    ReportedReply end;
    end.address = first.address;
    if (cause == NamedCause::Password)
    {
        const bool isGuessed = clients.size() >= GUESSERS || users.size() >= GUESSERS;
        finding.verdict = isGuessed ? Verdict::Benign : Verdict::Inconclusive;
        finding.score = isGuessed ? 0.7 : 0;
        more = isGuessed ? fmt::format("; {} addresses and {} names: somebody guesses, and the "
                                       "server refuses as it should",
                                       clients.size(),
                                       users.size())
                         : fmt::format("; from {}{}",
                                       NameOfClient(first),
                                       users.empty() ? "" : ", for " + *users.begin());
        finding.side =
            isGuessed ? "nobody's on this side: strangers who guess passwords" : finding.side;
    }
    else if (cause == NamedCause::TlsVersion || cause == NamedCause::Certificate)
    {
        more = fmt::format("; so to {}", NameOfClient(first));
        if (isNamed && cause == NamedCause::TlsVersion)
        {
            finding.verdict = Verdict::Inconclusive;
            finding.score = 0;
            more += "; scanners try old versions all day, some of them under a name, and many "
                    "senders come again without TLS: whether it has mail for this server, the line "
                    "does not tell";
        }
        else if (!isNamed)
        {
            finding.verdict = Verdict::Inconclusive;
            finding.score = 0;
            more += ", which has no name: scanners try old versions all day";
            finding.side = "the client's, if it is to send here; of a scanner, nobody's";
        }
    }
    else if (cause == NamedCause::NextHop && IsAtOwnHost(end))
    {
        finding.verdict = Verdict::Fault;
        finding.score = 0.8;
        finding.side = "this host's own: the server that answers at " + first.address.ToString();
    }
    else if (cause == NamedCause::FilterRefuses)
    {
        more = fmt::format("; from {}", first.user.empty() ? NameOfClient(first) : first.user);
    }
    finding.explanation =
        fmt::format("\"{}\" (line {}, {}): {}{}.",
                    first.detail.substr(0, 160),
                    first.line,
                    lines.size() == 1 ? "once" : fmt::format("{} times", lines.size()),
                    text.what,
                    more);
    sink.Add(MakeTextAlert(finding, SIGNATURE));
}

/// What an entry of Exchange's own about its resources or certificates means.
struct EventText
{
    std::uint32_t id;
    CauseText text;
};

constexpr std::string_view OWN_RESOURCES = "this server's own: its disk or memory";
constexpr CauseText NO_DIRECTORY{
    "auth.backend",
    Verdict::Fault,
    0.75,
    "the server finds no domain controller that it can use, and without one it neither takes nor "
    "routes mail",
    "this organization's own: the way from this server to its domain controllers, or these",
    "event 2080 of that time (which controllers it sees, and what of each), the server's DNS and "
    "network settings, and whether the controllers of its site run"};
constexpr std::string_view OWN_CERTIFICATE = "this server's own: its certificate";
constexpr std::string_view FREE_ROOM =
    "free disk space of the queue's volume, memory and load at that time "
    "(Get-ExchangeDiagnosticInfo "
    "-Component ResourceThrottling); until then the server takes no mail, or takes it late";
constexpr std::string_view NEW_CERTIFICATE =
    "Get-ExchangeCertificate: its end, its names and its services; a new one, enabled for SMTP";

constexpr std::array<EventText, 11> EVENTS{
    {{2114, NO_DIRECTORY},
     {2142, NO_DIRECTORY},
     {15004,
      {"overload.back-pressure",
       Verdict::Fault,
       0.8,
       "the server's resources run short, and it begins to slow its clients down (back pressure)",
       OWN_RESOURCES,
       FREE_ROOM}},
     {15005,
      {"overload.back-pressure",
       Verdict::Benign,
       0.7,
       "the server's resources suffice again: its back pressure ends",
       OWN_RESOURCES,
       "the entry before it, which says when it began"}},
     {15006,
      {"overload.back-pressure",
       Verdict::Fault,
       0.95,
       "the server refuses messages, because its disk is too full (back pressure)",
       OWN_RESOURCES,
       FREE_ROOM}},
     {15007,
      {"overload.back-pressure",
       Verdict::Fault,
       0.95,
       "the server refuses messages, because it uses too much memory (back pressure)",
       OWN_RESOURCES,
       FREE_ROOM}},
     {12014,
      {"unreachable.tls",
       Verdict::Fault,
       0.8,
       "the server has no certificate for the name of a connector, and cannot offer STARTTLS "
       "there",
       OWN_CERTIFICATE,
       NEW_CERTIFICATE}},
     {12015,
      {"unreachable.tls",
       Verdict::Fault,
       0.85,
       "the server's internal transport certificate has expired",
       OWN_CERTIFICATE,
       NEW_CERTIFICATE}},
     {12016,
      {"unreachable.tls",
       Verdict::Fault,
       0.85,
       "the server has no valid certificate for STARTTLS",
       OWN_CERTIFICATE,
       NEW_CERTIFICATE}},
     {12017,
      {"unreachable.tls",
       Verdict::Inconclusive,
       0,
       "the server's internal transport certificate will expire soon: a warning; until then it "
       "keeps no mail",
       OWN_CERTIFICATE,
       NEW_CERTIFICATE}},
     {12018,
      {"unreachable.tls",
       Verdict::Inconclusive,
       0,
       "the server's certificate for STARTTLS will expire soon: a warning; until then it keeps no "
       "mail",
       OWN_CERTIFICATE,
       NEW_CERTIFICATE}}}};

/// Several entries of one kind, of one host.
void
JudgeEvents(const EventText& known,
            const std::vector<const InFile<WindowsEvent>*>& entries,
            AlertSink& sink)
{
    TextFinding finding;
    finding.dottedClass = known.text.dottedClass;
    finding.verdict = known.text.verdict;
    finding.score = known.text.score;
    finding.side = known.text.side;
    finding.next = known.text.next;
    for (const InFile<WindowsEvent>* const entry : entries)
    {
        finding.lines.push_back({entry->file, entry->record.line, entry->record.text});
    }
    const WindowsEvent& first = entries.front()->record;
    finding.time = first.time.value_or(WallTime());
    finding.source = HostAddress(Ipv4{0x7F000001}); // The host whose log it is.
    finding.explanation = fmt::format("Event {} of {}{} (line {}, {}): {}.",
                                      known.id,
                                      first.source,
                                      first.computer.empty() ? "" : " on " + first.computer,
                                      first.line,
                                      entries.size() == 1 ? std::string("once")
                                                          : fmt::format("{} times", entries.size()),
                                      known.text.what);
    sink.Add(MakeTextAlert(finding, SIGNATURE));
}

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    const ServerLogs& logs = analysis.GetContext().logs;
    // Clients are told apart where it is about them.
    std::map<std::pair<NamedCause, std::string>, std::vector<const Line*>> groups;
    for (const Line& line : logs.serviceLines)
    {
        const NamedCause cause = line.record.cause;
        const bool isOfClient = cause == NamedCause::TlsVersion ||
                                cause == NamedCause::Certificate || cause == NamedCause::NoTls;
        groups[{cause, isOfClient ? line.record.address.ToString() : ""}].push_back(&line);
    }
    for (const auto& [key, lines] : groups)
    {
        JudgeLines(key.first, lines, sink);
    }
    for (const EventText& known : EVENTS)
    {
        std::vector<const InFile<WindowsEvent>*> entries;
        for (const InFile<WindowsEvent>& entry : logs.events)
        {
            if (entry.record.id == known.id && StartsWith(entry.record.source, "MSExchange"))
            {
                entries.push_back(&entry);
            }
        }
        if (!entries.empty())
        {
            JudgeEvents(known, entries, sink);
        }
    }
}

} // namespace named_causes

/**
 * Causes that a server names itself in plain words: a scanner or an authentication service that
 * does not answer, a full disk, a list that refuses the resolver, TLS that finds nothing in common,
 * wrong passwords, Exchange's back pressure and certificates by their events' numbers, in whatever
 * language. What strangers try all day is benign or inconclusive.
 */
extern const Detector NAMED_CAUSES{named_causes::SIGNATURE,
                                   "causes that servers name themselves",
                                   {{kinds::MAIL_LOG, kinds::EVENT_LOG, kinds::FILTER_LOG},
                                    {"deferred", "auth", "unreachable", "refused", "overload"}},
                                   nullptr,
                                   named_causes::Conclude};

} // namespace bouncelab::detectors

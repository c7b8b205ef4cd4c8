#ifndef BOUNCELAB_FORMATS_DIALECTS_H
#define BOUNCELAB_FORMATS_DIALECTS_H

#include "formats/evidence-kind.h"

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace bouncelab::evidence
{
class LogWriter;
struct LogPlace;
} // namespace bouncelab::evidence

namespace bouncelab::detectors
{
class TextLineReader;
struct ServerLogs;
} // namespace bouncelab::detectors

namespace bouncelab
{

/// How one kind of file in an evidence folder is called, and what it is evidence of.
struct Dialect
{
    std::string_view name;
    std::string_view kind;  //!< formats/evidence-kind.h; empty = no detector reads it.
    std::string_view files; //!< A pattern for fnmatch(3): "MSGTRK*.log", "SmtpSvc1/ex*.log".
    std::string_view key;   //!< Of a scenario's vantage, which asks for it.
    /// The word of the persona (`log`) of the program that writes it, as a pattern: "iis-*"; empty
    /// where no persona decides.
    std::string_view program = {};

    /// Whether a file is one of these. \param path below an evidence folder, however deep
    bool Names(std::string_view path) const;

    /// Whether a program whose persona says this writes it.
    bool IsOf(std::string_view log) const;
};

/**
 * Every dialect with its writer and its readers side by side. Both are defined in modules of their
 * own, which never meet: `Writer` in lab/evidence, `Readers` in detectors/readers. A new log format
 * is an entry here and in ALL, and these two functions.
 */
namespace dialects
{

/// Null where the place has nothing to write down.
using WriterPtr = std::unique_ptr<evidence::LogWriter>;

/// Those that the lines of a file are handed to; each finds its own.
using ReaderList = std::vector<std::unique_ptr<detectors::TextLineReader>>;

/// Written and read as packets.
struct PacketCapture
{
    static constexpr Dialect FORMAT{"capture", kinds::PACKETS, "*.pcap*", "capture"};
};

struct Snort
{
    static constexpr Dialect FORMAT{"snort", kinds::PACKETS, "snort/*", "snort"};
};

/// What tcpdump prints of the frames of the capture beside it.
struct TcpdumpOutput
{
    static constexpr Dialect FORMAT{"tcpdump", kinds::PACKETS, "tcpdump.txt", "tcpdump-text"};
};

struct TracerouteOutput
{
    static constexpr Dialect FORMAT{"traceroute", kinds::ROUTES, "traceroute*", "traceroutes"};
    static WriterPtr Writer(const evidence::LogPlace& place);
};

struct Qmail
{
    static constexpr Dialect FORMAT{"qmail", kinds::MAIL_LOG, "qmail.log", "mail-log", "qmail"};
    static WriterPtr Writer(const evidence::LogPlace& place);
};

struct Sendmail
{
    static constexpr Dialect FORMAT{"sendmail",
                                    kinds::TRACKING_LOG,
                                    "maillog",
                                    "mail-log",
                                    "sendmail"};
    static WriterPtr Writer(const evidence::LogPlace& place);
    static void Readers(detectors::ServerLogs& logs, const std::string& file, ReaderList& readers);
};

/// The mail syslog of a Barracuda gateway, by the vendor's page "Syslog and the Barracuda Email
/// Security Gateway": client, message id, start and end in seconds since 1970, service, and for
///  - RECV: sender, recipient, action, reason, what the reason is about;
///  - SCAN: encrypted, sender, recipient, score, action, reason, what it is about, size, subject;
///  - SEND: encrypted, action, queue id, the server's response.
struct Barracuda
{
    static constexpr Dialect FORMAT{"barracuda",
                                    kinds::TRACKING_LOG,
                                    "barracuda.log",
                                    "mail-log",
                                    "barracuda"};
    static WriterPtr Writer(const evidence::LogPlace& place);
    static void Readers(detectors::ServerLogs& logs, const std::string& file, ReaderList& readers);

    // Processes, and the services that they tell of.
    static constexpr std::string_view RECEIVER = "inbound/pass1[";
    static constexpr std::string_view SCANNER = "scan[";
    static constexpr std::string_view SENDER = "outbound/smtp[";
    static constexpr std::string_view RECEIVE = "RECV";
    static constexpr std::string_view SCAN = "SCAN";
    static constexpr std::string_view SEND = "SEND";

    static constexpr std::string_view NOTHING = "-";
    static constexpr std::string_view NO_NAME = "unknown";
    static constexpr std::string_view NO_CLIENT = "127.0.0.1"; //!< Of a SEND.
    static constexpr std::string_view SIZE = "SZ:";
    static constexpr std::string_view SUBJECT = "SUBJ:";

    // Actions of RECV and SCAN, then of SEND.
    static constexpr int ALLOWED = 0;
    static constexpr int BLOCKED = 2;
    static constexpr int TAGGED = 4;
    static constexpr int DEFERRED = 5;
    static constexpr int WHITELISTED = 7;
    static constexpr int DELIVERED = 1;
    static constexpr int REJECTED = 2;
    static constexpr int DELAYED = 3;
    static constexpr int TIMED_OUT = 4;

    // Reasons.
    static constexpr int NO_REASON = 0;
    static constexpr int RATE_CONTROL = 4;
    static constexpr int NO_SUCH_DOMAIN = 7;
    static constexpr int NO_SUCH_USER = 8;
    static constexpr int CLIENT_IP = 11;
};

/// The protocol log of Receive connectors; that of Send connectors is read in the same way.
struct ExchangeProtocol
{
    static constexpr Dialect FORMAT{"exchange-protocol",
                                    kinds::SERVER_LOG,
                                    "RECV*.log",
                                    "exchange-logs",
                                    "exchange"};
    static WriterPtr Writer(const evidence::LogPlace& place);
    static void Readers(detectors::ServerLogs& logs, const std::string& file, ReaderList& readers);
};

struct ExchangeSend
{
    static constexpr Dialect FORMAT{"exchange-send",
                                    kinds::SEND_LOG,
                                    "SEND*.log",
                                    "send-log",
                                    "exchange"};
    static WriterPtr Writer(const evidence::LogPlace& place);
};

struct ExchangeTracking
{
    static constexpr Dialect FORMAT{"exchange-tracking",
                                    kinds::TRACKING_LOG,
                                    "MSGTRK*.log",
                                    "exchange-logs",
                                    "exchange"};
    static WriterPtr Writer(const evidence::LogPlace& place);
    static void Readers(detectors::ServerLogs& logs, const std::string& file, ReaderList& readers);
};

struct SmtpService
{
    static constexpr Dialect FORMAT{"smtp-service",
                                    kinds::SERVER_LOG,
                                    "SmtpSvc1/*.log",
                                    "exchange-logs",
                                    "iis-*"};
    static WriterPtr Writer(const evidence::LogPlace& place);
    static void Readers(detectors::ServerLogs& logs, const std::string& file, ReaderList& readers);
};

struct Filter
{
    static constexpr Dialect FORMAT{"filter", kinds::FILTER_LOG, "filter.log", "exchange-logs"};
    static WriterPtr Writer(const evidence::LogPlace& place);
    static void Readers(detectors::ServerLogs& logs, const std::string& file, ReaderList& readers);
};

struct ClientErrors
{
    static constexpr Dialect FORMAT{"client-errors",
                                    kinds::CLIENT_ERRORS,
                                    "outlook-errors.txt",
                                    "client-errors"};
    static WriterPtr Writer(const evidence::LogPlace& place);
    static void Readers(detectors::ServerLogs& logs, const std::string& file, ReaderList& readers);
};

struct Mailboxes
{
    static constexpr Dialect FORMAT{"mailboxes", kinds::MAILBOXES, "mailboxes/*", "bounces"};
    static WriterPtr Writer(const evidence::LogPlace& place);
    static void Readers(detectors::ServerLogs& logs, const std::string& file, ReaderList& readers);
};

struct RelayTranscript
{
    static constexpr Dialect FORMAT{"relay-transcript",
                                    "",
                                    "relay-test-*.txt",
                                    "relay-transcripts"};
    static WriterPtr Writer(const evidence::LogPlace& place);
    static void Readers(detectors::ServerLogs& logs, const std::string& file, ReaderList& readers);
};

struct DirectoryLoad
{
    static constexpr Dialect FORMAT{"directory-load", "", "directory-load.csv", "directory-load"};
    static WriterPtr Writer(const evidence::LogPlace& place);
};

/// BIND's category "queries" with its time: client, question, and flags: + for RD, T for TCP.
struct QueryLog
{
    static constexpr Dialect FORMAT{"query-log", kinds::NAME_LOG, "query.log", "query-log"};
    static WriterPtr Writer(const evidence::LogPlace& place);
    static void Readers(detectors::ServerLogs& logs, const std::string& file, ReaderList& readers);

    static constexpr std::string_view CLIENT = "client ";
    static constexpr std::string_view QUERY = "query: ";
};

/// What the look-up page of a list says of an address, whenever that has changed.
struct ListPage
{
    static constexpr Dialect FORMAT{"list-page",
                                    kinds::LIST_PAGE,
                                    "list-pages/*.txt",
                                    "list-pages"};
    static WriterPtr Writer(const evidence::LogPlace& place);
    static void Readers(detectors::ServerLogs& logs, const std::string& file, ReaderList& readers);
};

/// The syslog of a SonicWALL ("SonicOS Log Event Reference Guide"): an end is address, port and
/// interface ("192.168.1.2:1042:X0:").
struct FirewallLog
{
    static constexpr Dialect FORMAT{"firewall",
                                    kinds::FIREWALL_LOG,
                                    "firewall.log",
                                    "firewall-log"};
    static WriterPtr Writer(const evidence::LogPlace& place);
    static void Readers(detectors::ServerLogs& logs, const std::string& file, ReaderList& readers);
};

/// The Application and the System log of a Windows host: as the viewer shows each entry (`.txt`)
/// and as it saves them (`.csv`).
struct WindowsEvents
{
    static constexpr Dialect FORMAT{"windows-events",
                                    kinds::EVENT_LOG,
                                    "events/*",
                                    "windows-events"};
    static WriterPtr Writer(const evidence::LogPlace& place);
    static void Readers(detectors::ServerLogs& logs, const std::string& file, ReaderList& readers);
};

/// What an administrator's tools print at a moment, a file for each look.
struct Inspections
{
    static constexpr Dialect FORMAT{"inspections",
                                    kinds::INSPECTION,
                                    "inspections/*",
                                    "inspections"};
    static WriterPtr Writer(const evidence::LogPlace& place);
    static void Readers(detectors::ServerLogs& logs, const std::string& file, ReaderList& readers);
};

/// What CenTrace's `traceroute.py` writes to its `--outfile`, a line a measurement: server,
/// keyword, whether the record-route option was sent, then what each probe with the keyword drew
/// and what each control probe did, as JSON, all between bars. A probe is a list of answers; an
/// answer is TTL, sender, kinds (a word alone where nothing came), differences of the quoted
/// packet, payload.
struct CenTrace
{
    static constexpr Dialect FORMAT{"centrace", kinds::PATH_PROBES, "centrace-*.csv", "probe-log"};
    static WriterPtr Writer(const evidence::LogPlace& place);
    static void Readers(detectors::ServerLogs& logs, const std::string& file, ReaderList& readers);

    static constexpr std::string_view TIME_EXCEEDED = "ICMP_TTL";
    static constexpr std::string_view RESET = "RST";
    static constexpr std::string_view FINISH = "FIN";
    static constexpr std::string_view ACKNOWLEDGMENT = "ACK";
    static constexpr std::string_view NOTHING = "TIMEOUT";
    static constexpr std::string_view NO_CONNECTION = "HANDSHAKE_TIMEOUT";
};

/// In the order in which a place's writers hear of an event.
using All = std::tuple<PacketCapture,
                       Snort,
                       TcpdumpOutput,
                       TracerouteOutput,
                       Qmail,
                       Sendmail,
                       Barracuda,
                       ExchangeProtocol,
                       ExchangeSend,
                       ExchangeTracking,
                       SmtpService,
                       Filter,
                       ClientErrors,
                       Mailboxes,
                       RelayTranscript,
                       DirectoryLoad,
                       QueryLog,
                       ListPage,
                       FirewallLog,
                       WindowsEvents,
                       Inspections,
                       CenTrace>;

template <class D, class = void>
struct IsWritten : std::false_type
{
};

template <class D>
struct IsWritten<D, std::void_t<decltype(&D::Writer)>> : std::true_type
{
};

template <class D, class = void>
struct IsRead : std::false_type
{
};

template <class D>
struct IsRead<D, std::void_t<decltype(&D::Readers)>> : std::true_type
{
};

/// Calls visitor(D{}) for every dialect D.
template <class Visitor>
void
ForEach(Visitor&& visitor)
{
    std::apply([&](auto... dialect) { (visitor(dialect), ...); }, All{});
}

} // namespace dialects

/// The kind of evidence that a file holds; empty for what is none that detectors name. Told by the
/// names that the lab gives. \param path below an evidence folder
std::string_view KindOfEvidence(std::string_view path);

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_DIALECTS_H

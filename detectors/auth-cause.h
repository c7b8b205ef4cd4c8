#ifndef BOUNCELAB_DETECTORS_AUTH_CAUSE_H
#define BOUNCELAB_DETECTORS_AUTH_CAUSE_H

#include "detectors/detector.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The parts of the detector `auth-cause`: what failed between two Exchange servers, and what each
/// kind of evidence says of the causes that it may have.
namespace bouncelab::detectors::auth_cause
{

/// By the words with which it shows.
enum class Failure : std::uint8_t
{
    ServerAuth,   //!< 454 4.7.0 Temporary authentication failure, event 1035 of a server.
    TlsRate,      //!< 454 4.7.0 with words about TLS.
    VerbMissing,  //!< 451 5.7.3 Cannot achieve Exchange Server authentication.
    Password,     //!< 535, event 1035 of a client.
    NoConnection, //!< 4.4.1 in the words of a queue.
};

/// A moment by a file's clock.
struct FileTime
{
    std::string file;
    WallTime time{};
};

/// Who keeps a clock.
enum class Keeper : std::uint8_t
{
    Sender,
    Receiver,
    Other, //!< Or one of these two by another zone's time.
};

/// From when to when something was seen, by a file's clock.
struct TimeSpan
{
    Keeper keeper = Keeper::Other;
    std::string file;
    WallTime first{};
    WallTime last{};
};

/// One kind of failure between two hosts, by all that tells of it.
struct Incident
{
    Failure failure = Failure::ServerAuth;
    HostAddress sender; //!< Unspecified = not told, as the receiver.
    HostAddress receiver;
    std::string receiverName;      //!< "hub2.example.com", "hub2"; empty = not told.
    std::optional<WallTime> first; //!< By one clock, as `last`; the sender's where it tells.
    std::optional<WallTime> last;
    std::size_t count = 0;
    std::vector<QuotedLine> lines; //!< The first of each kind of log.
    std::vector<TimeSpan> seen;    //!< By each clock that it was seen by, the best one first.
    std::string sealed; //!< Where a capture shows it, of which the words are sealed; else empty.

    /// By a log of this keeper's; null = there is none.
    const TimeSpan* SeenBy(Keeper keeper) const;
};

std::vector<Incident> FindIncidents(const Analysis& analysis);

enum class Cause : std::uint8_t
{
    Ports,
    NameMissing,
    NameDuplicate,
    NameMisplaced,
    Clock, //!< The receiver's.
    Replication,
};

/// How much a piece of evidence says of a cause.
enum class Weight : std::uint8_t
{
    Nothing,
    Excludes,
    Hints, //!< Would do it, or is a sign of it; others are, too.
    Shows,
};

/// What a piece of evidence says of a cause.
struct Clue
{
    Cause cause;
    Weight weight;
    std::string words; //!< A clause, with its line or frame.
    std::vector<QuotedLine> lines;
    FileTime at = {}; //!< Where it counts for having been seen while mail failed; else empty.
};

/// What clues are found in.
struct Case
{
    const ServerLogs& logs;
    const AuthTraffic& traffic;
    std::vector<KerberosExchange> exchanges;
    const Analysis& analysis;
    const Incident* incident = nullptr; //!< Null = nothing is seen to fail.

    /// How far a clock by which the incident was seen is ahead of the one that a moment is told by;
    /// nothing where they cannot be compared.
    struct Comparison
    {
        const TimeSpan* seen;
        ClockEstimate estimate;
    };

    std::optional<Comparison> Compare(const FileTime& at) const;

    /// The receiver's clock against the sender's, by logs of both that tell of the incident, and of
    /// the sender's by the one that tells it best.
    std::optional<Comparison> CompareSides() const;

    /// Whether a moment may lie within the incident.
    bool MayBeWithin(const FileTime& at) const;

    /// Whether an exchange may be one that the incident hangs on.
    bool IsOfSender(const KerberosExchange& exchange) const;

    /// Whether a host's name, full or not, is that of the incident's receiver.
    bool IsReceiver(std::string_view name) const;
};

constexpr Nanoseconds MOST_SKEW = std::chrono::minutes(5); //!< RFC 4120, 1.6; Windows's default.

void FindPortClues(const Case& here, std::vector<Clue>& clues);
void FindNameClues(const Case& here, std::vector<Clue>& clues);
void FindClockClues(const Case& here, std::vector<Clue>& clues);
void FindReplicationClues(const Case& here, std::vector<Clue>& clues);

template <class Record>
QuotedLine
LineOf(const InFile<Record>& entry)
{
    return {entry.file, entry.record.line, entry.record.text};
}

/// Whether a service's name is one of a mail server's, be it written in whatever case.
bool IsOfMail(std::string_view service);

/// "599.940 s"
std::string Seconds(Nanoseconds time);

/// "599.940 s to 600.020 s ahead of"; "behind" where it certainly is.
std::string Difference(const ClockInterval& ahead);

/// "frame 7 of hub1/capture.pcap": of the answer, else of the request.
std::string FrameOf(const KerberosExchange& exchange);

/// "line 7 of hub2/events/system.txt"
std::string PlaceOf(const QuotedLine& line);

/// "frame 7 of hub1/capture.pcap"
std::string PlaceOf(std::string_view file, std::uint64_t frame);

/// "hub2" of "HUB2.example.com"
std::string ShortName(std::string_view host);

} // namespace bouncelab::detectors::auth_cause

#endif // BOUNCELAB_DETECTORS_AUTH_CAUSE_H

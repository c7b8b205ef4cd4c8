#ifndef BOUNCELAB_DETECTORS_ANALYSIS_SMTP_SESSION_H
#define BOUNCELAB_DETECTORS_ANALYSIS_SMTP_SESSION_H

#include "detectors/analysis/mail-content.h"
#include "detectors/analysis/tcp-opening.h"
#include "detectors/flow/flow.h"
#include "detectors/readers/protocol-sessions.h"
#include "formats/address.h"
#include "formats/clock.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/// How long TCP waits at most before it acknowledges (RFC 9293, section 3.8.6.3).
constexpr std::int64_t LATEST_ACK_NS = 500000000;

/// Two records of a client's address and port within this time are of one session.
constexpr std::chrono::minutes SAME_SESSION(10);

/// Where an event of a session stands in the evidence: a log's line or a capture's frame.
struct EvidenceRef
{
    std::uint32_t number = 0; //!< Line or frame, from 1; 0 = none.
    std::uint32_t index = 0;  //!< Of the row in its log session; unused for frames.
    WallTime time{};
};

/// A command and its reply.
struct Turn
{
    std::string verb;    //!< In upper case; "" for the greeting, "." for the end of content.
    std::string mailbox; //!< MAIL and RCPT: without brackets, in lower case; the null path is "".
    std::string hello;   //!< EHLO and HELO: the name.
    std::uint32_t code = 0; //!< 0 = no reply known.
    std::string reply;      //!< All lines with their codes, joined by LF.
    EvidenceRef said;
    EvidenceRef answered;
    std::shared_ptr<const MailContent> content; //!< Of ".", where a capture shows it.
    /// Of a capture: how long TCP sent the command again and again. The server has it from then on.
    std::int64_t repeatedNs = 0;
    bool isReplyRepeated = false; //!< A first copy was lost before it came to the capture.
    /// From the command to the first packet that acknowledges its octets, where a capture shows
    /// such packets.
    std::optional<std::int64_t> acknowledgedNs;
    /// RCPT in a log of codes alone: whether the server takes mail for this domain from anybody
    /// else, which says what kind of refusal a 550 is.
    bool isServedDomain = false;

    bool Is(std::string_view name) const { return verb == name; }

    /// From the command to its reply, where both were seen and in this order.
    std::optional<std::int64_t> DelayNs() const;
};

/// A delay that the server's own log announces.
struct AnnouncedDelay : LoggedDelay
{
    EvidenceRef ref;
};

/// One SMTP session as far as it can be read, from a protocol log or from a capture.
struct SmtpSession
{
    const LogSession* log = nullptr;        //!< Nothing for a capture's.
    const ProtocolSessions* logs = nullptr; //!< That the session is one of.
    std::string file;                       //!< The log's or the capture's.
    bool isText = false;                    //!< A capture's packets were printed.
    HostAddress client;
    std::uint16_t clientPort = 0;
    HostAddress server;
    std::uint16_t serverPort = 0;
    bool atServer = false;  //!< Told by the server's own log.
    bool isAccused = false; //!< A segment of it is, as forged, or its server goes on after a reset.
    std::vector<Turn> turns; //!< In order of the commands.
    std::vector<AnnouncedDelay> announced;
    std::string authenticated; //!< Whom the log says the session authenticated as.
    /// Of the handshake, as the capture shows it; in a log of codes, up to the greeting; else 0.
    std::int64_t roundTripNs = 0;
    std::optional<TcpOpening> opening; //!< Of a capture's.
    bool incomplete = false;           //!< Its beginning is missing, or something in between.

    const Turn* Find(std::string_view verb) const; //!< The first turn of this verb.
    std::string_view Hello() const;                //!< The last name that the client gave.
    bool OffersAuth() const;                       //!< The last answer to EHLO has AUTH in it.
    bool TriesAuth() const;
    bool IsAuthenticated() const; //!< AUTH ended in 235, or the log says so.
    bool UsesTls() const;         //!< STARTTLS was answered with 220.

    bool IsOwnersCall() const { return log && !atServer; } //!< The log's owner is the client.

    /// Whether it is told by whoever serves it: its log, or a capture beside the server, where the
    /// handshake waited for the client.
    bool IsTakenAtServer() const;

    LogDetail Detail() const { return log ? log->detail : LogDetail::Dialog; }

    WallTime Start() const;
};

/// Some of the sessions of a table, in order of time.
using SessionList = std::vector<std::reference_wrapper<const SmtpSession>>;

SmtpSession SessionOf(const ProtocolSessions& logSessions, const LogSession& logSession);

/// \param flow has to speak SMTP in the clear; the session ends where STARTTLS is answered.
SmtpSession SessionOf(const Flow& flow);

/// "abc.com" of "jia@abc.com", "" if there is none.
std::string_view DomainOf(std::string_view mailbox);

/// Whether two host or domain names lie below the same registered domain, which is guessed: the
/// last two labels, or three where the second is one like "co" in "co.uk".
bool SameOrganization(std::string_view a, std::string_view b);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_SMTP_SESSION_H

#ifndef BOUNCELAB_MODELS_SMTP_SESSION_H
#define BOUNCELAB_MODELS_SMTP_SESSION_H

#include "models/smtp/command.h"
#include "models/smtp/envelope.h"
#include "models/smtp/tls-engine.h"
#include "models/smtp/transaction.h"
#include "models/smtp/transitions.h"

#include "formats/duration.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::smtp
{

/// What an SMTP peer did that RFC 5321 or its extensions do not allow. Evidence, never an
/// exception.
enum class Violation
{
    PrematureInput,      //!< Server: octets beyond what the client may send before the reply.
    EarlyReply,          //!< Client: octets of a reply were there before its command was sent.
    MalformedReply,      //!< Client: the reply has faults (the detail names them).
    UnexpectedCode,      //!< Client: a code that the step cannot be answered with.
    CommandTooLong,      //!< Server
    UnknownCommand,      //!< Server
    BadSyntax,           //!< Server
    BadSequence,         //!< Server
    BareCr,              //!< Server: in a command or in the content.
    BareLf,              //!< Server: in a command or in the content.
    TextLineTooLong,     //!< Server: in the content.
    ContentTooBig,       //!< Server
    TooManyRecipients,   //!< Server
    InputOverflow,       //!< More octets than the session had room for.
    ClosedInTransaction, //!< The peer went away where it should not.
    PlaintextAtTls, //!< Octets in the open behind STARTTLS or its reply; not read (CVE-2011-0411).
    TlsBroken,      //!< The peer's octets are no TLS, or were tampered with.
    HeaderTooBig,   //!< Server
};

std::string_view NameOfViolation(Violation violation); //!< "early-reply"

enum class EndReason
{
    Quit,       //!< By QUIT, answered or not.
    PeerClosed, //!< FIN without QUIT.
    PeerReset,
    TimedOut,
    TooManyErrors,
    Refused,  //!< Closed by policy.
    Shutdown, //!< By our own host.
    Overflow, //!< The peer sent more than there was room for.
    TlsFailed,
};

std::string_view NameOfEndReason(EndReason reason); //!< "peer-closed"

/// A command line: received by a server, sent by a client.
struct CommandEvent
{
    Nanoseconds time;
    Verb verb;
    std::string_view line;     //!< Without its end.
    bool authResponse = false; //!< No command: a line of an authentication (Verb::Auth, Base64).
};

/// A reply: sent by a server, received by a client.
struct ReplyEvent
{
    Nanoseconds time;
    Step step; //!< What it answers, in the eyes of this side.
    std::uint32_t code;
    std::string_view text; //!< All lines with their codes, joined by LF.
};

/// An authentication has come to its end.
struct AuthEvent
{
    Nanoseconds time;
    std::string_view mechanism; //!< As the engine writes it: "NTLM".
    std::string_view identity;  //!< Whom the server takes the client for; else whom it said it is.
    bool accepted;
    std::string_view reply; //!< The first line that ends it, with its code.
};

/// TLS stands, or has failed.
struct TlsEvent
{
    Nanoseconds time;
    bool established;
    const TlsFacts& facts;
    std::string_view failure; //!< Why, in a few words; empty if established.
};

constexpr std::size_t VIOLATION_DETAIL = 200; //!< Octets of what went wrong that are told.

struct ViolationEvent
{
    Nanoseconds time;
    Violation violation;
    std::string_view detail; //!< The offending octets or their description; at most 200 octets.
};

/// A server took responsibility for a message.
struct MessageEvent
{
    Nanoseconds time;
    Envelope& envelope; //!< May be moved from.
    std::shared_ptr<const std::string> content;
    std::string_view reply; //!< Expanded text of the answer, with its code.
};

struct EndEvent
{
    Nanoseconds time;
    EndReason reason;
};

/**
 * Hears what a session sees and does, in order. Views are valid during the call only; calling back
 * into the session is not allowed.
 */
class SessionObserver
{
  public:
    virtual ~SessionObserver() = default;

    virtual void OnConnected(Nanoseconds) {} //!< TCP stands. Clients only, once, first.

    virtual void OnCommand(const CommandEvent&) {}

    virtual void OnReply(const ReplyEvent&) {}

    virtual void OnViolation(const ViolationEvent&) {}

    virtual void OnMessage(const MessageEvent&) {} //!< Servers only.

    virtual void OnAuthentication(const AuthEvent&) {}

    /// The session waits for ClientSession::ProvideToken. Clients only.
    virtual void OnTokenWanted(Nanoseconds) {}

    /// What the server's service says of the token that was provided. Clients only.
    virtual void OnTokenAnswered(Nanoseconds, std::string_view /* answer */) {}

    virtual void OnTls(const TlsEvent&) {}

    virtual void OnResult(Nanoseconds, const TransactionResult&) {} //!< Clients only, once.

    virtual void OnEnd(const EndEvent&) {} //!< Once, last.
};

/**
 * One side of one SMTP connection, without sockets and clocks: octets and the time go in; octets,
 * timers and events come out. The same interface for both roles.
 *
 * The caller, after every call that takes the time:
 *  1. writes what TakeOutput() gives (a TakeOutput that had a limit is repeated when there is room,
 *     after a Tick with the time);
 *  2. closes the connection if WantsClose();
 *  3. calls Tick() at NextTimer(), which may have changed.
 *
 * Times are those since any fixed start, and never run backwards.
 */
class Session
{
  public:
    static constexpr std::size_t UNLIMITED = static_cast<std::size_t>(-1);

    Session() = default;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    virtual ~Session() = default;

    virtual void Connected(Nanoseconds now) = 0; //!< TCP is established. Called first, once.

    /// Octets from the peer, cut anywhere. More than ReceiveRoom() is a violation that ends the
    /// session.
    virtual void Receive(std::string_view bytes, Nanoseconds now) = 0;

    /// The peer's FIN (after its last octets), or its RST.
    virtual void PeerClosed(Nanoseconds now, bool reset) = 0;

    virtual void Tick(Nanoseconds now) = 0; //!< Time has come to `now`; early calls do no harm.

    /// At most `limit` octets for the peer. May end the session or move the timer.
    virtual std::string TakeOutput(std::size_t limit = UNLIMITED) = 0;

    virtual bool HasOutput() const = 0;

    /// When to call Tick next; nothing if time alone changes nothing. May lie in the past.
    virtual std::optional<Nanoseconds> NextTimer() const = 0;

    /// All output is taken, and this side closes. The session has ended.
    virtual bool WantsClose() const = 0;

    /// Of a session that wants to close: it resets the connection (SO_LINGER of 0), and what is
    /// on the way either way is thrown away.
    virtual bool WantsReset() const { return false; }

    /// How many octets Receive() takes now; a caller leaves more in the socket, as the program
    /// would.
    virtual std::size_t ReceiveRoom() const = 0;

    /// Octets received and not yet read by the protocol: what a close would leave unread.
    virtual std::size_t Unread() const = 0;
};

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_SESSION_H

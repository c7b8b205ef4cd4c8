#ifndef BOUNCELAB_MODELS_SMTP_SERVER_PERSONA_H
#define BOUNCELAB_MODELS_SMTP_SERVER_PERSONA_H

#include "models/smtp/credentials.h"
#include "models/smtp/line-reader.h"
#include "models/smtp/think-time.h"
#include "models/smtp/tls-persona.h"

#include "formats/field.h"
#include "formats/queue-id.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::smtp
{

/// From a command's last octet to its reply's first.
struct ServerThinkTimes
{
    ThinkTime greeting =
        Field(&greeting, "greeting") | "Before the greeting, from the connection on.";
    ThinkTime hello = Field(&hello, "hello") | "Before the reply to HELO and EHLO.";
    ThinkTime mail = Field(&mail, "mail") | "Before the reply to MAIL.";
    ThinkTime rcpt = Field(&rcpt, "rcpt") | "Before the reply to RCPT.";
    ThinkTime data = Field(&data, "data") | "Before the reply to DATA.";
    ThinkTime message = Field(&message, "message") | "Before the reply to the final dot.";
    ThinkTime auth = Field(&auth, "auth") | "Before each reply of an authentication.";
    ThinkTime other = Field(&other, "other") | "Before every other reply.";
};

/// The limits of RFC 5321 4.5.3.1, and what a peer must not grow. 0 means no limit where it says
/// so.
struct ServerLimits
{
    std::uint32_t localPart =
        Field(&localPart, "local-part", 64).Unit("octets").Range(1, 65536) | "Longest local part.";
    std::uint32_t domain =
        Field(&domain, "domain", 255).Unit("octets").Range(1, 65536) | "Longest domain.";
    std::uint32_t path = Field(&path, "path", 256).Unit("octets").Range(1, 65536) |
                         "Longest path, brackets included.";
    std::uint32_t commandLine =
        Field(&commandLine, "command-line", 512).Unit("octets").Range(12, 65536) |
        "Longest command line with its end; extensions add to it.";
    std::uint32_t replyLine = Field(&replyLine, "reply-line", 512).Unit("octets").Range(64, 65536) |
                              "Longest reply line; a longer one is cut.";
    std::uint32_t textLine = Field(&textLine, "text-line", 1000).Unit("octets").Range(0, 1e9) |
                             "Longest line of content with its end; 0 = any. "
                             "`reject-long-text-lines` says what a longer one means.";
    std::uint64_t messageSize =
        Field(&messageSize, "message-size", 10485760).Unit("octets").Range(1, 1e12) |
        "Largest message content.";
    std::uint32_t recipients = Field(&recipients, "recipients", 100).Range(0, 1e6) |
                               "Most recipients of a message; 0 = any number.";
    std::uint32_t errors =
        Field(&errors, "errors").Range(0, 1e6) |
        "Protocol errors that are put up with; the next one closes. 0 = any number.";
    std::uint32_t logonFailures =
        Field(&logonFailures, "logon-failures").Range(0, 1e6) |
        "Failed authentications that are put up with; the next one closes. 0 = any number.";
    std::uint32_t authLine = Field(&authLine, "auth-line", 12288).Unit("octets").Range(512, 65536) |
                             "Longest line of an authentication with its end.";
    std::uint64_t freeSpace =
        Field(&freeSpace, "free-space").Unit("octets").Range(0, 1e15) |
        "MAIL is answered with `disk-full` where the queue's disk has less room than this and what "
        "SIZE announces; 0 = MAIL is not refused for that.";
    std::uint64_t headerSize = Field(&headerSize, "header-size").Unit("octets").Range(0, 1e9) |
                               "Largest header of a message; a larger one is answered at once, and "
                               "the connection closed. 0 = any.";
    std::uint32_t inputBuffer =
        Field(&inputBuffer, "input-buffer", 65536).Unit("octets").Range(1, 1e9) |
        "Octets that wait while a reply is due; the rest stays in the socket.";
};

/// RFC 5321 4.5.3.2.7. 0 means never.
struct ServerTimeouts
{
    Nanoseconds command = Field(&command, "command", std::chrono::minutes(5)).Range(0, 1e15) |
                          "Longest silence where a command is awaited; 0 = never.";
    Nanoseconds content = Field(&content, "content", std::chrono::minutes(5)).Range(0, 1e15) |
                          "Longest silence inside message content; 0 = never.";
    Nanoseconds connection = Field(&connection, "connection").Range(0, 1e15) |
                             "Longest connection, busy or not; 0 = never.";
};

/// How a server ends a connection that its client would have gone on with.
enum class BreakOff
{
    Close,
    Reset, //!< SO_LINGER of 0.
};

constexpr auto
EnumNames(BreakOff)
{
    return std::array<EnumName<BreakOff>, 2>{
        {{"close", BreakOff::Close}, {"reset", BreakOff::Reset}}};
}

/// What stands in braces in a reply text. The written forms are in server-persona.cc.
enum class ReplyWord
{
    Hostname,      //!< The server's name.
    Domain,        //!< The domain that it takes mail for.
    Client,        //!< Address of the client.
    Server,        //!< Address of the server.
    Helo,          //!< Name that the client gave.
    Address,       //!< Mailbox of the MAIL or RCPT in hand, without brackets.
    NullOrAddress, //!< The same, but "<>" for the null path.
    Recipients,    //!< How many are accepted.
    Size,          //!< Octets of the content.
    MaxSize,       //!< ServerLimits::messageSize
    Verb,          //!< Of the command in hand, as it was written.
    Argument,      //!< What followed the verb.
    Session,       //!< Number of the session.
    Message,       //!< What the server calls the message that it takes.
    MessageId,     //!< The Message-ID in the header of the message in hand, with its brackets.
    Chunk,         //!< Octets of the BDAT in hand.
    User,          //!< Who has authenticated.
    Date,          //!< The server's clock and zone, as in a message header.
};

std::optional<ReplyWord> FindReplyWord(std::string_view word);

/**
 * What the server says: code and text, further lines after a line break. The engine writes code and
 * separator in front of each line, and replaces the words in braces (ReplyWord).
 */
struct ServerReplies
{
    std::string greeting = Field(&greeting, "greeting", "220 {hostname} ESMTP") | "On connection.";
    std::string helo = Field(&helo, "helo", "250 {hostname}") | "To HELO.";
    std::string ehlo =
        Field(&ehlo, "ehlo", "250 {hostname}") | "To EHLO; the `keywords` follow, a line each.";
    std::string mail = Field(&mail, "mail", "250 2.1.0 Ok") | "To MAIL that is accepted.";
    std::string rcpt = Field(&rcpt, "rcpt", "250 2.1.5 Ok") | "To RCPT that is accepted.";
    std::string data =
        Field(&data, "data", "354 End data with <CR><LF>.<CR><LF>") | "To DATA that is accepted.";
    std::string message = Field(&message, "message", "250 2.0.0 Ok") |
                          "To the final dot of a message that is accepted.";
    std::string rset = Field(&rset, "rset", "250 2.0.0 Ok") | "To RSET.";
    std::string noop = Field(&noop, "noop", "250 2.0.0 Ok") | "To NOOP.";
    std::string vrfy = Field(&vrfy, "vrfy", "252 2.0.0 {argument}") | "To VRFY.";
    std::string help =
        Field(&help, "help", "214 2.0.0 HELO EHLO MAIL RCPT DATA RSET NOOP VRFY HELP QUIT") |
        "To HELP.";
    std::string quit = Field(&quit, "quit", "221 2.0.0 Bye") | "To QUIT.";
    std::string unknownCommand =
        Field(&unknownCommand, "unknown-command", "500 5.5.2 Error: command not recognized") |
        "To a verb that it does not know.";
    std::string notImplemented =
        Field(&notImplemented, "not-implemented", "502 5.5.1 Error: command not implemented") |
        "To a verb in `not-implemented-verbs`.";
    std::string syntax = Field(&syntax, "syntax", "501 5.5.4 Syntax error in parameters") |
                         "To arguments that it cannot read.";
    std::string badHello = Field(&badHello, "bad-hello", "501 5.5.4 Invalid domain name") |
                           "To HELO or EHLO without a valid name.";
    std::string badSender = Field(&badSender, "bad-sender", "501 5.1.7 Bad sender address syntax") |
                            "To MAIL whose path it cannot read.";
    std::string badRecipient =
        Field(&badRecipient, "bad-recipient", "501 5.1.3 Bad recipient address syntax") |
        "To RCPT whose path it cannot read.";
    std::string badParameter =
        Field(&badParameter, "bad-parameter", "555 5.5.4 Unsupported option") |
        "To an ESMTP parameter that was not offered.";
    std::string needHello =
        Field(&needHello, "need-hello", "503 5.5.1 Error: send HELO/EHLO first") |
        "To a command before HELO or EHLO.";
    std::string nestedMail =
        Field(&nestedMail, "nested-mail", "503 5.5.1 Error: nested MAIL command") |
        "To MAIL inside a mail transaction.";
    std::string needMail = Field(&needMail, "need-mail", "503 5.5.1 Error: need MAIL command") |
                           "To RCPT or DATA without MAIL.";
    std::string needRcpt = Field(&needRcpt, "need-rcpt", "503 5.5.1 Error: need RCPT command") |
                           "To DATA without an accepted recipient.";
    std::string refusedSession =
        Field(&refusedSession, "refused-session", "503 5.5.1 Error: bad sequence of commands") |
        "To every command after a refusing greeting.";
    std::string commandTooLong =
        Field(&commandTooLong, "command-too-long", "500 5.5.2 Error: line too long") |
        "To a command line over the limit.";
    std::string pathTooLong = Field(&pathTooLong, "path-too-long", "501 5.1.7 Path too long") |
                              "To a path over the limits.";
    std::string bareLineEnd =
        Field(&bareLineEnd, "bare-line-end", "521 5.5.2 Error: bare <CR> or <LF> received") |
        "To a bare CR or LF where it is rejected.";
    std::string textLineTooLong =
        Field(&textLineTooLong, "text-line-too-long", "500 5.6.0 Text line too long") |
        "To content with a line over the limit.";
    std::string tooManyRecipients =
        Field(&tooManyRecipients, "too-many-recipients", "452 4.5.3 Error: too many recipients") |
        "To RCPT over the limit.";
    std::string tooBig = Field(&tooBig, "too-big", "552 5.3.4 Message size exceeds fixed limit") |
                         "To MAIL that announces too much, or content over the limit.";
    std::string tooManyErrors =
        Field(&tooManyErrors, "too-many-errors", "421 4.7.0 {hostname} Error: too many errors") |
        "To the protocol error that is one too many; closes.";
    std::string timeout =
        Field(&timeout, "timeout", "421 4.4.2 {hostname} Error: timeout exceeded") |
        "After a silence that is too long; closes. Empty = closes silently.";
    std::string shutdown =
        Field(&shutdown, "shutdown", "421 4.3.2 {hostname} Service shutting down") |
        "When the host shuts the service down; closes.";
    std::string earlyTalker = Field(&earlyTalker, "early-talker", "521 5.5.1 Protocol error") |
                              "In place of the greeting to a client that did not wait.";
    std::string headerTooBig =
        Field(&headerTooBig, "header-too-big", "552 5.3.4 Header size exceeds fixed limit") |
        "To a header over the limit; closes.";
    std::string diskFull = Field(&diskFull, "disk-full", "452 4.3.1 Insufficient system storage") |
                           "To MAIL while the queue's disk is full (`limits.free-space`).";
    std::string writeError =
        Field(&writeError, "write-error", "452 4.3.1 Insufficient system storage") |
        "To content that the queue's disk has no room for.";
    std::string expn =
        Field(&expn, "expn", "502 5.5.1 Error: command not implemented") | "To EXPN.";
    std::string etrn =
        Field(&etrn, "etrn", "502 5.5.1 Error: command not implemented") | "To ETRN.";
    std::string chunk = Field(&chunk, "chunk", "250 2.0.0 {chunk} octets received") |
                        "To BDAT that is accepted and not the last.";
    std::string needChunk =
        Field(&needChunk, "need-chunk", "503 5.5.1 Error: BDAT goes on with BDAT") |
        "To MAIL, RCPT or DATA after a first BDAT.";
    std::string needBdat = Field(&needBdat, "need-bdat", "503 5.5.1 Error: BINARYMIME needs BDAT") |
                           "To DATA after MAIL with BODY=BINARYMIME.";
    std::string startTls = Field(&startTls, "start-tls", "220 2.0.0 Ready to start TLS") |
                           "To STARTTLS or X-ANONYMOUSTLS; TLS begins after it.";
    std::string tlsActive = Field(&tlsActive, "tls-active", "503 5.5.1 Error: TLS already active") |
                            "To STARTTLS under TLS.";
    std::string tlsRequired =
        Field(&tlsRequired, "tls-required", "530 5.7.0 Must issue a STARTTLS command first") |
        "To MAIL or AUTH without TLS under `require-tls`.";
    std::string authenticated =
        Field(&authenticated, "authenticated", "235 2.7.0 Authentication successful") |
        "To an authentication that is accepted.";
    std::string authLogin = Field(&authLogin, "auth-login", "334 VXNlcm5hbWU6") |
                            "AUTH LOGIN's request for the user's name.";
    std::string authPassword = Field(&authPassword, "auth-password", "334 UGFzc3dvcmQ6") |
                               "AUTH LOGIN's request for the password.";
    std::string authPlain =
        Field(&authPlain, "auth-plain", "334 ") | "To AUTH PLAIN without an initial response.";
    std::string authNtlm = Field(&authNtlm, "auth-ntlm", "334 ntlm supported") |
                           "To AUTH NTLM without an initial response.";
    std::string authGssapi = Field(&authGssapi, "auth-gssapi", "334 GSSAPI supported") |
                             "To AUTH GSSAPI without an initial response.";
    std::string authRefused =
        Field(&authRefused, "auth-refused", "535 5.7.8 Error: authentication failed") |
        "To wrong credentials, where a policy has no words of its own.";
    std::string authCanceled =
        Field(&authCanceled, "auth-canceled", "501 5.7.0 Authentication aborted") |
        "To `*` in an authentication.";
    std::string authSyntax =
        Field(&authSyntax, "auth-syntax", "501 5.5.2 Error: malformed authentication data") |
        "To a response that it cannot read.";
    std::string authRequired =
        Field(&authRequired, "auth-required", "530 5.7.0 Authentication required") |
        "To MAIL without AUTH under `require-auth`.";
    std::string authTwice =
        Field(&authTwice, "auth-twice", "503 5.5.1 Error: already authenticated") |
        "To AUTH of a client that has authenticated.";
    std::string authInMail =
        Field(&authInMail, "auth-in-mail", "503 5.5.1 Error: MAIL transaction in progress") |
        "To AUTH inside a mail transaction.";
    std::string unknownMechanism = Field(&unknownMechanism,
                                         "unknown-mechanism",
                                         "504 5.5.4 Unrecognized authentication type") |
                                   "To AUTH with a mechanism not offered.";
    std::string encryptionRequired =
        Field(&encryptionRequired,
              "encryption-required",
              "538 5.7.11 Encryption required for requested authentication mechanism") |
        "To AUTH without TLS with a mechanism in `tls-only-mechanisms`.";
    std::string tooManyLogonFailures =
        Field(&tooManyLogonFailures,
              "too-many-logon-failures",
              "421 4.7.0 {hostname} Error: too many authentication failures") |
        "To the failed authentication that is one too many; closes.";
};

/// How a server's own log of SMTP sessions is written.
enum class SessionLog
{
    Exchange, //!< Protocol and message tracking logs of Exchange 2007 and later.
    Iis5,     //!< W3C extended log of the SMTP service of IIS 5.0: Windows 2000, Exchange 2000.
    Iis6,     //!< The same of IIS 6.0: Windows Server 2003, Exchange 2003.
};

constexpr auto
EnumNames(SessionLog)
{
    return std::array<EnumName<SessionLog>, 3>{{{"exchange", SessionLog::Exchange},
                                                {"iis-5", SessionLog::Iis5},
                                                {"iis-6", SessionLog::Iis6}}};
}

/// What makes a server the product that it is. Personas are data: one file each.
struct ServerPersona
{
    static constexpr std::string_view FOLDER = "servers"; //!< Of personas.

    SessionLog log = Field(&log, "log", SessionLog::Exchange) |
                     "The log that it keeps of its sessions, where one is kept.";
    std::vector<std::string> keywords =
        Field(&keywords,
              "keywords",
              {"PIPELINING", "SIZE {max-size}", "ENHANCEDSTATUSCODES", "8BITMIME"}) |
        "Lines after the first of the EHLO reply, as printed; an extension that the engine knows "
        "is on if its keyword is here.";
    std::vector<std::string> notImplementedVerbs =
        Field(&notImplementedVerbs, "not-implemented-verbs") |
        "Verbs that are known and answered with `not-implemented`.";
    std::vector<std::string> keywordsInTls =
        Field(&keywordsInTls, "keywords-in-tls") |
        "The same under TLS; empty = `keywords` without STARTTLS and X-ANONYMOUSTLS.";
    std::map<std::string, std::string> verbReplies =
        Field(&verbReplies, "verb-replies") | "Verbs that it answers always with one reply, before "
                                              "all rules of sequence; for what no RFC has.";
    std::vector<AuthMechanism> tlsOnlyMechanisms =
        Field(&tlsOnlyMechanisms, "tls-only-mechanisms") |
        "Mechanisms of AUTH that are refused without TLS, with `encryption-required`.";
    bool requireAuth = Field(&requireAuth, "require-auth") | "MAIL needs AUTH before it.";
    bool requireTls = Field(&requireTls, "require-tls") | "MAIL and AUTH need TLS before them.";
    bool keepInputAtTls = Field(&keepInputAtTls, "keep-input-at-tls") |
                          "Takes commands that came in the open behind STARTTLS for commands under "
                          "TLS (CVE-2011-0411); else they are dropped unread.";
    bool extended =
        Field(&extended, "extended", true) | "Knows EHLO; else it is an unknown command.";
    QueueIdForm queueId =
        Field(&queueId, "queue-id", QueueIdForm::Number) |
        "What `{message}` is at a host without a queue (`number`: the messages of "
        "the session, counted); else what its queue calls the message.";
    bool requireHello =
        Field(&requireHello, "require-hello", true) | "MAIL needs HELO or EHLO before it.";
    bool checkHelloName = Field(&checkHelloName, "check-hello-name") |
                          "The name must be a domain or an address literal.";
    bool acceptWithoutBrackets =
        Field(&acceptWithoutBrackets, "accept-without-brackets") | "Takes MAIL FROM:a@b as a path.";
    bool acceptWithoutDomain =
        Field(&acceptWithoutDomain, "accept-without-domain") |
        "Takes a local part without domain as a path; postmaster always is one.";
    bool appendDomain = Field(&appendDomain, "append-domain") |
                        "A path without domain gets the domain of the "
                        "server's mail, as if it stood there (S004-12).";
    bool acceptAnyDomain = Field(&acceptAnyDomain, "accept-any-domain") |
                           "Takes any printable text around the last @ as a path, such as a@b@c.";
    bool rejectEarlyTalkers =
        Field(&rejectEarlyTalkers, "reject-early-talkers") |
        "Answers `early-talker` and closes if the client speaks before the greeting.";
    bool waitAfterRefusal =
        Field(&waitAfterRefusal, "wait-after-refusal", true) |
        "After a refusing greeting it waits for QUIT (RFC 5321 3.1); else it closes.";
    bool rejectLongTextLines = Field(&rejectLongTextLines, "reject-long-text-lines") |
                               "Content with a line over the limit is refused.";
    bool closeOnBareLineEnd =
        Field(&closeOnBareLineEnd, "close-on-bare-line-end") |
        "A rejected bare CR or LF is answered at once, and the connection closed.";
    BreakOff breakOff =
        Field(&breakOff, "break-off", BreakOff::Close) |
        "How it ends a connection that its client would have gone on with, after a timeout, a "
        "limit "
        "or a refusal: `reset` throws away what is on the way, the last reply if it is not out yet "
        "(SO_LINGER of 0).";
    BareLineEnd commandBareCr = Field(&commandBareCr, "command-bare-cr", BareLineEnd::Pass) |
                                "What a bare CR in a command is.";
    BareLineEnd commandBareLf = Field(&commandBareLf, "command-bare-lf", BareLineEnd::Accept) |
                                "What a bare LF in a command is.";
    BareLineEnd contentBareCr = Field(&contentBareCr, "content-bare-cr", BareLineEnd::Pass) |
                                "What a bare CR in message content is.";
    BareLineEnd contentBareLf = Field(&contentBareLf, "content-bare-lf", BareLineEnd::Pass) |
                                "What a bare LF in message content is.";
    ServerReplies replies = Field(&replies, "replies") | "What it says.";
    ServerThinkTimes think = Field(&think, "think") | "How long it takes.";
    ServerLimits limits = Field(&limits, "limits") | "How much it takes.";
    ServerTimeouts timeouts = Field(&timeouts, "timeouts") | "How long it waits.";
    TlsPersona tls = Field(&tls, "tls") | "How it speaks TLS.";
};

/// Adds what is wrong with a reply text, under the name `key`. \return false if it has no code.
bool CheckReplyText(std::string_view key, std::string_view text, std::vector<std::string>& faults);

/**
 * What is wrong with a persona beyond single values: reply texts without a code or of the wrong
 * class, unknown words in braces. One clear line each ("replies.mail: ..."); empty if nothing is.
 */
std::vector<std::string> CheckServerPersona(const ServerPersona& persona);

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_SERVER_PERSONA_H

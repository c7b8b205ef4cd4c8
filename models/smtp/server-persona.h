#ifndef BOUNCELAB_MODELS_SMTP_SERVER_PERSONA_H
#define BOUNCELAB_MODELS_SMTP_SERVER_PERSONA_H

#include "models/smtp/credentials.h"
#include "models/smtp/line-reader.h"
#include "models/smtp/think-time.h"
#include "models/smtp/tls-persona.h"

#include "formats/describe.h"

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
    ThinkTime greeting;
    ThinkTime hello;
    ThinkTime mail;
    ThinkTime rcpt;
    ThinkTime data;
    ThinkTime message;
    ThinkTime auth;
    ThinkTime other;
};

template <class Visitor>
void
Describe(Visitor& v, ServerThinkTimes& t)
{
    v.Field("greeting", t.greeting, {"Before the greeting, from the connection on."});
    v.Field("hello", t.hello, {"Before the reply to HELO and EHLO."});
    v.Field("mail", t.mail, {"Before the reply to MAIL."});
    v.Field("rcpt", t.rcpt, {"Before the reply to RCPT."});
    v.Field("data", t.data, {"Before the reply to DATA."});
    v.Field("message", t.message, {"Before the reply to the final dot."});
    v.Field("auth", t.auth, {"Before each reply of an authentication."});
    v.Field("other", t.other, {"Before every other reply."});
}

/// The limits of RFC 5321 4.5.3.1, and what a peer must not grow. 0 means no limit where it says
/// so.
struct ServerLimits
{
    std::uint32_t localPart = 64;
    std::uint32_t domain = 255;
    std::uint32_t path = 256;
    std::uint32_t commandLine = 512;
    std::uint32_t replyLine = 512;
    std::uint32_t textLine = 1000;
    std::uint64_t messageSize = 10485760;
    std::uint32_t recipients = 100;
    std::uint32_t errors = 0;
    std::uint32_t logonFailures = 0;
    std::uint32_t authLine = 12288;
    std::uint64_t headerSize = 0;
    std::uint32_t inputBuffer = 65536;
};

template <class Visitor>
void
Describe(Visitor& v, ServerLimits& l)
{
    v.Field("local-part", l.localPart, {"Longest local part.", "octets", 1, 65536});
    v.Field("domain", l.domain, {"Longest domain.", "octets", 1, 65536});
    v.Field("path", l.path, {"Longest path, brackets included.", "octets", 1, 65536});
    v.Field("command-line",
            l.commandLine,
            {"Longest command line with its end; extensions add to it.", "octets", 12, 65536});
    v.Field("reply-line",
            l.replyLine,
            {"Longest reply line; a longer one is cut.", "octets", 64, 65536});
    v.Field("text-line",
            l.textLine,
            {"Longest line of content with its end; 0 = any. `reject-long-text-lines` says what a "
             "longer one means.",
             "octets",
             0,
             1e9});
    v.Field("message-size", l.messageSize, {"Largest message content.", "octets", 1, 1e12});
    v.Field("recipients",
            l.recipients,
            {"Most recipients of a message; 0 = any number.", "", 0, 1e6});
    v.Field(
        "errors",
        l.errors,
        {"Protocol errors that are put up with; the next one closes. 0 = any number.", "", 0, 1e6});
    v.Field("logon-failures",
            l.logonFailures,
            {"Failed authentications that are put up with; the next one closes. 0 = any number.",
             "",
             0,
             1e6});
    v.Field("auth-line",
            l.authLine,
            {"Longest line of an authentication with its end.", "octets", 512, 65536});
    v.Field("header-size",
            l.headerSize,
            {"Largest header of a message; a larger one is answered at once, and the connection "
             "closed. 0 = any.",
             "octets",
             0,
             1e9});
    v.Field(
        "input-buffer",
        l.inputBuffer,
        {"Octets that wait while a reply is due; the rest stays in the socket.", "octets", 1, 1e9});
}

/// RFC 5321 4.5.3.2.7. 0 means never.
struct ServerTimeouts
{
    Nanoseconds command = std::chrono::minutes(5);
    Nanoseconds content = std::chrono::minutes(5);
    Nanoseconds connection{0};
};

template <class Visitor>
void
Describe(Visitor& v, ServerTimeouts& t)
{
    v.Field("command",
            t.command,
            {"Longest silence where a command is awaited; 0 = never.", "", 0, 1e15});
    v.Field("content",
            t.content,
            {"Longest silence inside message content; 0 = never.", "", 0, 1e15});
    v.Field("connection",
            t.connection,
            {"Longest connection, busy or not; 0 = never.", "", 0, 1e15});
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
    Message,       //!< Number of the message in the session, from 1.
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
    std::string greeting = "220 {hostname} ESMTP";
    std::string helo = "250 {hostname}";
    std::string ehlo = "250 {hostname}";
    std::string mail = "250 2.1.0 Ok";
    std::string rcpt = "250 2.1.5 Ok";
    std::string data = "354 End data with <CR><LF>.<CR><LF>";
    std::string message = "250 2.0.0 Ok";
    std::string rset = "250 2.0.0 Ok";
    std::string noop = "250 2.0.0 Ok";
    std::string vrfy = "252 2.0.0 {argument}";
    std::string help = "214 2.0.0 HELO EHLO MAIL RCPT DATA RSET NOOP VRFY HELP QUIT";
    std::string quit = "221 2.0.0 Bye";

    std::string unknownCommand = "500 5.5.2 Error: command not recognized";
    std::string notImplemented = "502 5.5.1 Error: command not implemented";
    std::string syntax = "501 5.5.4 Syntax error in parameters";
    std::string badHello = "501 5.5.4 Invalid domain name";
    std::string badSender = "501 5.1.7 Bad sender address syntax";
    std::string badRecipient = "501 5.1.3 Bad recipient address syntax";
    std::string badParameter = "555 5.5.4 Unsupported option";
    std::string needHello = "503 5.5.1 Error: send HELO/EHLO first";
    std::string nestedMail = "503 5.5.1 Error: nested MAIL command";
    std::string needMail = "503 5.5.1 Error: need MAIL command";
    std::string needRcpt = "503 5.5.1 Error: need RCPT command";
    std::string refusedSession = "503 5.5.1 Error: bad sequence of commands";
    std::string commandTooLong = "500 5.5.2 Error: line too long";
    std::string pathTooLong = "501 5.1.7 Path too long";
    std::string bareLineEnd = "521 5.5.2 Error: bare <CR> or <LF> received";
    std::string textLineTooLong = "500 5.6.0 Text line too long";
    std::string tooManyRecipients = "452 4.5.3 Error: too many recipients";
    std::string tooBig = "552 5.3.4 Message size exceeds fixed limit";
    std::string tooManyErrors = "421 4.7.0 {hostname} Error: too many errors";
    std::string timeout = "421 4.4.2 {hostname} Error: timeout exceeded";
    std::string shutdown = "421 4.3.2 {hostname} Service shutting down";
    std::string earlyTalker = "521 5.5.1 Protocol error";
    std::string headerTooBig = "552 5.3.4 Header size exceeds fixed limit";

    std::string expn = "502 5.5.1 Error: command not implemented";
    std::string etrn = "502 5.5.1 Error: command not implemented";
    std::string chunk = "250 2.0.0 {chunk} octets received";
    std::string needChunk = "503 5.5.1 Error: BDAT goes on with BDAT";
    std::string needBdat = "503 5.5.1 Error: BINARYMIME needs BDAT";

    std::string startTls = "220 2.0.0 Ready to start TLS";
    std::string tlsActive = "503 5.5.1 Error: TLS already active";
    std::string tlsRequired = "530 5.7.0 Must issue a STARTTLS command first";

    std::string authenticated = "235 2.7.0 Authentication successful";
    std::string authLogin = "334 VXNlcm5hbWU6";
    std::string authPassword = "334 UGFzc3dvcmQ6";
    std::string authPlain = "334 ";
    std::string authNtlm = "334 ntlm supported";
    std::string authGssapi = "334 GSSAPI supported";
    std::string authRefused = "535 5.7.8 Error: authentication failed";
    std::string authCanceled = "501 5.7.0 Authentication aborted";
    std::string authSyntax = "501 5.5.2 Error: malformed authentication data";
    std::string authRequired = "530 5.7.0 Authentication required";
    std::string authTwice = "503 5.5.1 Error: already authenticated";
    std::string authInMail = "503 5.5.1 Error: MAIL transaction in progress";
    std::string unknownMechanism = "504 5.5.4 Unrecognized authentication type";
    std::string encryptionRequired =
        "538 5.7.11 Encryption required for requested authentication mechanism";
    std::string tooManyLogonFailures =
        "421 4.7.0 {hostname} Error: too many authentication failures";
};

template <class Visitor>
void
Describe(Visitor& v, ServerReplies& r)
{
    v.Field("greeting", r.greeting, {"On connection."});
    v.Field("helo", r.helo, {"To HELO."});
    v.Field("ehlo", r.ehlo, {"To EHLO; the `keywords` follow, a line each."});
    v.Field("mail", r.mail, {"To MAIL that is accepted."});
    v.Field("rcpt", r.rcpt, {"To RCPT that is accepted."});
    v.Field("data", r.data, {"To DATA that is accepted."});
    v.Field("message", r.message, {"To the final dot of a message that is accepted."});
    v.Field("rset", r.rset, {"To RSET."});
    v.Field("noop", r.noop, {"To NOOP."});
    v.Field("vrfy", r.vrfy, {"To VRFY."});
    v.Field("help", r.help, {"To HELP."});
    v.Field("quit", r.quit, {"To QUIT."});
    v.Field("unknown-command", r.unknownCommand, {"To a verb that it does not know."});
    v.Field("not-implemented", r.notImplemented, {"To a verb in `not-implemented-verbs`."});
    v.Field("syntax", r.syntax, {"To arguments that it cannot read."});
    v.Field("bad-hello", r.badHello, {"To HELO or EHLO without a valid name."});
    v.Field("bad-sender", r.badSender, {"To MAIL whose path it cannot read."});
    v.Field("bad-recipient", r.badRecipient, {"To RCPT whose path it cannot read."});
    v.Field("bad-parameter", r.badParameter, {"To an ESMTP parameter that was not offered."});
    v.Field("need-hello", r.needHello, {"To a command before HELO or EHLO."});
    v.Field("nested-mail", r.nestedMail, {"To MAIL inside a mail transaction."});
    v.Field("need-mail", r.needMail, {"To RCPT or DATA without MAIL."});
    v.Field("need-rcpt", r.needRcpt, {"To DATA without an accepted recipient."});
    v.Field("refused-session", r.refusedSession, {"To every command after a refusing greeting."});
    v.Field("command-too-long", r.commandTooLong, {"To a command line over the limit."});
    v.Field("path-too-long", r.pathTooLong, {"To a path over the limits."});
    v.Field("bare-line-end", r.bareLineEnd, {"To a bare CR or LF where it is rejected."});
    v.Field("text-line-too-long", r.textLineTooLong, {"To content with a line over the limit."});
    v.Field("too-many-recipients", r.tooManyRecipients, {"To RCPT over the limit."});
    v.Field("too-big", r.tooBig, {"To MAIL that announces too much, or content over the limit."});
    v.Field("too-many-errors",
            r.tooManyErrors,
            {"To the protocol error that is one too many; closes."});
    v.Field("timeout",
            r.timeout,
            {"After a silence that is too long; closes. Empty = closes silently."});
    v.Field("shutdown", r.shutdown, {"When the host shuts the service down; closes."});
    v.Field("early-talker",
            r.earlyTalker,
            {"In place of the greeting to a client that did not wait."});
    v.Field("header-too-big", r.headerTooBig, {"To a header over the limit; closes."});
    v.Field("expn", r.expn, {"To EXPN."});
    v.Field("etrn", r.etrn, {"To ETRN."});
    v.Field("chunk", r.chunk, {"To BDAT that is accepted and not the last."});
    v.Field("need-chunk", r.needChunk, {"To MAIL, RCPT or DATA after a first BDAT."});
    v.Field("need-bdat", r.needBdat, {"To DATA after MAIL with BODY=BINARYMIME."});
    v.Field("start-tls", r.startTls, {"To STARTTLS or X-ANONYMOUSTLS; TLS begins after it."});
    v.Field("tls-active", r.tlsActive, {"To STARTTLS under TLS."});
    v.Field("tls-required", r.tlsRequired, {"To MAIL or AUTH without TLS under `require-tls`."});
    v.Field("authenticated", r.authenticated, {"To an authentication that is accepted."});
    v.Field("auth-login", r.authLogin, {"AUTH LOGIN's request for the user's name."});
    v.Field("auth-password", r.authPassword, {"AUTH LOGIN's request for the password."});
    v.Field("auth-plain", r.authPlain, {"To AUTH PLAIN without an initial response."});
    v.Field("auth-ntlm", r.authNtlm, {"To AUTH NTLM without an initial response."});
    v.Field("auth-gssapi", r.authGssapi, {"To AUTH GSSAPI without an initial response."});
    v.Field("auth-refused",
            r.authRefused,
            {"To wrong credentials, where a policy has no words of its own."});
    v.Field("auth-canceled", r.authCanceled, {"To `*` in an authentication."});
    v.Field("auth-syntax", r.authSyntax, {"To a response that it cannot read."});
    v.Field("auth-required", r.authRequired, {"To MAIL without AUTH under `require-auth`."});
    v.Field("auth-twice", r.authTwice, {"To AUTH of a client that has authenticated."});
    v.Field("auth-in-mail", r.authInMail, {"To AUTH inside a mail transaction."});
    v.Field("unknown-mechanism", r.unknownMechanism, {"To AUTH with a mechanism not offered."});
    v.Field("encryption-required",
            r.encryptionRequired,
            {"To AUTH without TLS with a mechanism in `tls-only-mechanisms`."});
    v.Field("too-many-logon-failures",
            r.tooManyLogonFailures,
            {"To the failed authentication that is one too many; closes."});
}

/// What makes a server the product that it is. Personas are data: one file each.
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

struct ServerPersona
{
    static constexpr std::string_view FOLDER = "servers"; //!< Of personas.

    std::vector<std::string> keywords = {"PIPELINING",
                                         "SIZE {max-size}",
                                         "ENHANCEDSTATUSCODES",
                                         "8BITMIME"};
    std::vector<std::string> keywordsInTls;
    std::vector<std::string> notImplementedVerbs;
    std::map<std::string, std::string> verbReplies;
    std::vector<AuthMechanism> tlsOnlyMechanisms;
    bool requireAuth = false;
    bool requireTls = false;
    bool keepInputAtTls = false;
    bool extended = true;
    bool requireHello = true;
    bool checkHelloName = false;
    bool acceptWithoutBrackets = false;
    bool acceptWithoutDomain = false;
    bool appendDomain = false;
    bool acceptAnyDomain = false;
    bool rejectEarlyTalkers = false;
    bool waitAfterRefusal = true;
    bool rejectLongTextLines = false;
    bool closeOnBareLineEnd = false;
    BareLineEnd commandBareCr = BareLineEnd::Pass;
    BareLineEnd commandBareLf = BareLineEnd::Accept;
    BareLineEnd contentBareCr = BareLineEnd::Pass;
    BareLineEnd contentBareLf = BareLineEnd::Pass;
    ServerReplies replies;
    ServerThinkTimes think;
    ServerLimits limits;
    ServerTimeouts timeouts;
    TlsPersona tls;
    SessionLog log = SessionLog::Exchange;
};

template <class Visitor>
void
Describe(Visitor& v, ServerPersona& p)
{
    v.Field("log", p.log, {"The log that it keeps of its sessions, where one is kept."});
    v.Field(
        "keywords",
        p.keywords,
        {"Lines after the first of the EHLO reply, as printed; an extension that the engine knows "
         "is on if its keyword is here."});
    v.Field("not-implemented-verbs",
            p.notImplementedVerbs,
            {"Verbs that are known and answered with `not-implemented`."});
    v.Field("keywords-in-tls",
            p.keywordsInTls,
            {"The same under TLS; empty = `keywords` without STARTTLS and X-ANONYMOUSTLS."});
    v.Field("verb-replies",
            p.verbReplies,
            {"Verbs that it answers always with one reply, before all rules of sequence; for what "
             "no RFC has."});
    v.Field("tls-only-mechanisms",
            p.tlsOnlyMechanisms,
            {"Mechanisms of AUTH that are refused without TLS, with `encryption-required`."});
    v.Field("require-auth", p.requireAuth, {"MAIL needs AUTH before it."});
    v.Field("require-tls", p.requireTls, {"MAIL and AUTH need TLS before them."});
    v.Field("keep-input-at-tls",
            p.keepInputAtTls,
            {"Takes commands that came in the open behind STARTTLS for commands under TLS "
             "(CVE-2011-0411); else they are dropped unread."});
    v.Field("extended", p.extended, {"Knows EHLO; else it is an unknown command."});
    v.Field("require-hello", p.requireHello, {"MAIL needs HELO or EHLO before it."});
    v.Field("check-hello-name",
            p.checkHelloName,
            {"The name must be a domain or an address literal."});
    v.Field("accept-without-brackets", p.acceptWithoutBrackets, {"Takes MAIL FROM:a@b as a path."});
    v.Field("accept-without-domain",
            p.acceptWithoutDomain,
            {"Takes a local part without domain as a path; postmaster always is one."});
    v.Field("append-domain",
            p.appendDomain,
            {"A path without domain gets the domain of the server's mail, as if it stood there "
             "(S004-12)."});
    v.Field("accept-any-domain",
            p.acceptAnyDomain,
            {"Takes any printable text around the last @ as a path, such as a@b@c."});
    v.Field("reject-early-talkers",
            p.rejectEarlyTalkers,
            {"Answers `early-talker` and closes if the client speaks before the greeting."});
    v.Field("wait-after-refusal",
            p.waitAfterRefusal,
            {"After a refusing greeting it waits for QUIT (RFC 5321 3.1); else it closes."});
    v.Field("reject-long-text-lines",
            p.rejectLongTextLines,
            {"Content with a line over the limit is refused."});
    v.Field("close-on-bare-line-end",
            p.closeOnBareLineEnd,
            {"A rejected bare CR or LF is answered at once, and the connection closed."});
    v.Field("command-bare-cr", p.commandBareCr, {"What a bare CR in a command is."});
    v.Field("command-bare-lf", p.commandBareLf, {"What a bare LF in a command is."});
    v.Field("content-bare-cr", p.contentBareCr, {"What a bare CR in message content is."});
    v.Field("content-bare-lf", p.contentBareLf, {"What a bare LF in message content is."});
    v.Field("replies", p.replies, {"What it says."});
    v.Field("think", p.think, {"How long it takes."});
    v.Field("limits", p.limits, {"How much it takes."});
    v.Field("timeouts", p.timeouts, {"How long it waits."});
    v.Field("tls", p.tls, {"How it speaks TLS."});
}

/// Adds what is wrong with a reply text, under the name `key`. \return false if it has no code.
bool CheckReplyText(std::string_view key, std::string_view text, std::vector<std::string>& faults);

/**
 * What is wrong with a persona beyond single values: reply texts without a code or of the wrong
 * class, unknown words in braces. One clear line each ("replies.mail: ..."); empty if nothing is.
 */
std::vector<std::string> CheckServerPersona(const ServerPersona& persona);

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_SERVER_PERSONA_H

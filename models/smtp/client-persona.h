#ifndef BOUNCELAB_MODELS_SMTP_CLIENT_PERSONA_H
#define BOUNCELAB_MODELS_SMTP_CLIENT_PERSONA_H

#include "models/smtp/credentials.h"
#include "models/smtp/dot-stuffer.h"
#include "models/smtp/reply-parser.h"
#include "models/smtp/think-time.h"
#include "models/smtp/tls-persona.h"
#include "models/smtp/transaction.h"

#include "formats/field.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::smtp
{

enum class HelloPolicy
{
    HeloOnly,
    EhloThenHelo, //!< HELO after a negative reply to EHLO that is permanent.
    EhloOnly,
};

constexpr auto
EnumNames(HelloPolicy)
{
    return std::array<EnumName<HelloPolicy>, 3>{{{"helo-only", HelloPolicy::HeloOnly},
                                                 {"ehlo-then-helo", HelloPolicy::EhloThenHelo},
                                                 {"ehlo-only", HelloPolicy::EhloOnly}}};
}

enum class QuitPolicy
{
    Wait,   //!< QUIT, and close after its reply.
    NoWait, //!< QUIT, and close at once.
    None,   //!< Close without QUIT.
    Reset,  //!< Without QUIT, and in place of a close a reset (SO_LINGER of 0).
};

constexpr auto
EnumNames(QuitPolicy)
{
    return std::array<EnumName<QuitPolicy>, 4>{{{"wait", QuitPolicy::Wait},
                                                {"no-wait", QuitPolicy::NoWait},
                                                {"none", QuitPolicy::None},
                                                {"reset", QuitPolicy::Reset}}};
}

/// When a reply code is good news.
enum class CodeReading
{
    ByClass,   //!< The first digit is 2, or 3 for DATA; a digit not asked for is a protocol error.
    Threshold, //!< Below 400.
    Exact,     //!< 220, 250 or 354 and nothing else.
};

constexpr auto
EnumNames(CodeReading)
{
    return std::array<EnumName<CodeReading>, 3>{{{"by-class", CodeReading::ByClass},
                                                 {"threshold", CodeReading::Threshold},
                                                 {"exact", CodeReading::Exact}}};
}

enum class MalformedReplyPolicy
{
    Skip, //!< Read on.
    Defer,
    Fail,
};

constexpr auto
EnumNames(MalformedReplyPolicy)
{
    return std::array<EnumName<MalformedReplyPolicy>, 3>{{{"skip", MalformedReplyPolicy::Skip},
                                                          {"defer", MalformedReplyPolicy::Defer},
                                                          {"fail", MalformedReplyPolicy::Fail}}};
}

/// From when a timeout counts.
enum class TimeoutPolicy
{
    PerReply, //!< From the command on, until its reply is complete (RFC 5321 4.5.3.2).
    PerRead,  //!< From the last octet on; a peer that drips octets is waited for.
};

constexpr auto
EnumNames(TimeoutPolicy)
{
    return std::array<EnumName<TimeoutPolicy>, 2>{
        {{"per-reply", TimeoutPolicy::PerReply}, {"per-read", TimeoutPolicy::PerRead}}};
}

/// What a client does with the reply to one kind of command.
struct StagePolicy
{
    CodeReading reading =
        Field(&reading, "reading", CodeReading::ByClass) | "Which codes are good news.";
    TransactionOutcome onTransient =
        Field(&onTransient, "on-transient", TransactionOutcome::Deferred) |
        "What a code 400..499, or one not understood, does.";
    TransactionOutcome onPermanent =
        Field(&onPermanent, "on-permanent", TransactionOutcome::Failed) |
        "What a code of 500 or more does.";
    Nanoseconds timeout = Field(&timeout, "timeout", std::chrono::minutes(5)).Range(0, 1e15) |
                          "How long the reply is awaited; 0 = for ever.";
};

/// What a client does without something that it wants.
enum class FallbackPolicy
{
    GoOn,
    Fail, //!< The mail is returned, or the user told.
    Defer,
};

constexpr auto
EnumNames(FallbackPolicy)
{
    return std::array<EnumName<FallbackPolicy>, 3>{{{"go-on", FallbackPolicy::GoOn},
                                                    {"fail", FallbackPolicy::Fail},
                                                    {"defer", FallbackPolicy::Defer}}};
}

/// How a client authenticates (RFC 4954).
struct AuthPolicy
{
    bool wanted =
        Field(&wanted, "wanted") | "Authenticates where it can (\"my server requires it\").";
    std::string verb =
        Field(&verb, "verb", "AUTH") | "AUTH, or X-EXPS as between Exchange servers.";
    std::vector<AuthMechanism> mechanisms =
        Field(&mechanisms, "mechanisms", {AuthMechanism::Login, AuthMechanism::Plain}) |
        "In its order of preference; the first that is offered is used, and after a 504 the next.";
    bool initialResponse =
        Field(&initialResponse, "initial-response") |
        "Sends the first response with the command, where the mechanism begins with one.";
    std::string user = Field(&user, "user") | "As whom: `user`, `user@domain` or `DOMAIN\\user`.";
    std::string password = Field(&password, "password") | "Of the user.";
    FallbackPolicy whenNotOffered =
        Field(&whenNotOffered, "when-not-offered", FallbackPolicy::Fail) |
        "What it does where no AUTH is offered that it knows.";
    FallbackPolicy whenRefused =
        Field(&whenRefused, "when-refused", FallbackPolicy::Fail) |
        "What it does when it is refused; a transient refusal defers in place of failing.";
    StagePolicy reply = Field(&reply, "reply") | "What the replies of the exchange do.";
};

/// How a client uses STARTTLS (RFC 3207).
struct ClientTlsPolicy
{
    bool wanted = Field(&wanted, "wanted") | "Starts TLS where it is offered.";
    std::vector<std::string> verbs =
        Field(&verbs, "verbs", {"STARTTLS"}) |
        "Its words for it in its order of preference: STARTTLS, X-ANONYMOUSTLS.";
    FallbackPolicy whenNotOffered =
        Field(&whenNotOffered, "when-not-offered", FallbackPolicy::GoOn) |
        "What it does where TLS is not offered.";
    FallbackPolicy whenRefused = Field(&whenRefused, "when-refused", FallbackPolicy::GoOn) |
                                 "What it does when the verb is refused.";
    StagePolicy reply =
        Field(&reply, "reply") | "What the reply to the verb, and a silent handshake, does.";
    TlsPersona persona = Field(&persona, "persona") | "How it speaks TLS.";
};

/// How a client secures sessions with servers of its own organization, as Exchange does.
struct OrganizationPolicy
{
    std::vector<std::string> tlsVerbs =
        Field(&tlsVerbs, "tls-verbs", {"X-ANONYMOUSTLS", "STARTTLS"}) |
        "Its words for TLS, in its order of preference.";
    FallbackPolicy withoutTls = Field(&withoutTls, "without-tls", FallbackPolicy::Defer) |
                                "What it does where TLS is not offered or refused.";
    AuthPolicy auth = Field(&auth,
                            "auth",
                            {true,
                             "X-EXPS",
                             {AuthMechanism::Gssapi},
                             false,
                             "",
                             "",
                             FallbackPolicy::Defer,
                             FallbackPolicy::Defer,
                             {}}) |
                      "How it proves who it is.";
};

/// What makes a client the product that it is (RFC 5321 4.5.3.2 for the timeouts).
struct ClientPersona
{
    HelloPolicy hello =
        Field(&hello, "hello", HelloPolicy::EhloThenHelo) | "How it introduces itself.";
    bool pipelining = Field(&pipelining, "pipelining", true) |
                      "Sends the envelope in one go where PIPELINING is offered.";
    bool announceSize =
        Field(&announceSize, "announce-size", true) | "Sends SIZE= where SIZE is offered.";
    bool announceBody =
        Field(&announceBody, "announce-body", true) |
        "Sends BODY=8BITMIME for content with octets over 127 where 8BITMIME is offered.";
    bool chunking = Field(&chunking, "chunking") |
                    "Sends content with BDAT where CHUNKING is offered, and "
                    "BODY=BINARYMIME where that is offered and needed.";
    std::uint32_t chunkSize = Field(&chunkSize, "chunk-size", 65536).Unit("octets").Range(1, 1e7) |
                              "Largest chunk of a BDAT.";
    ReplyReading replyParser = Field(&replyParser, "reply-parser", ReplyReading::Strict) |
                               "Whose way of reading replies it has.";
    MalformedReplyPolicy malformedReply =
        Field(&malformedReply, "malformed-reply", MalformedReplyPolicy::Defer) |
        "What a line that is no reply does (strict parser).";
    std::uint32_t maxReplyLine =
        Field(&maxReplyLine, "max-reply-line", 512).Unit("octets").Range(5, 65536) |
        "Longest reply line without fault.";
    std::uint32_t maxReplyText =
        Field(&maxReplyText, "max-reply-text", 5000).Unit("octets").Range(5, 1e6) |
        "Text kept of a reply.";
    QuitPolicy quit = Field(&quit, "quit", QuitPolicy::Wait) | "How it leaves.";
    ContentLineEnds lineEnds = Field(&lineEnds, "line-ends", ContentLineEnds::AsIs) |
                               "What it makes of a bare LF in the content.";
    TimeoutPolicy timeoutHabit = Field(&timeoutHabit, "timeout-habit", TimeoutPolicy::PerReply) |
                                 "From when a timeout counts.";
    ThinkTime think = Field(&think, "think") | "From a reply to the next command.";
    Nanoseconds connectTimeout =
        Field(&connectTimeout, "connect-timeout", std::chrono::minutes(5)).Range(0, 1e15) |
        "How long TCP's handshake is awaited.";
    Nanoseconds dataBlockTimeout =
        Field(&dataBlockTimeout, "data-block-timeout", std::chrono::minutes(3)).Range(0, 1e15) |
        "How long a block of content may wait to be written; 0 = for ever.";
    Nanoseconds quitTimeout =
        Field(&quitTimeout, "quit-timeout", std::chrono::minutes(5)).Range(0, 1e15) |
        "How long the reply to QUIT is awaited.";
    StagePolicy greeting = Field(&greeting, "greeting") | "What the greeting does.";
    StagePolicy helloReply =
        Field(&helloReply, "hello-reply") | "What the reply to HELO or EHLO does.";
    StagePolicy mail = Field(&mail, "mail") | "What the reply to MAIL does.";
    StagePolicy rcpt = Field(&rcpt, "rcpt") | "What the reply to RCPT does, to that recipient.";
    StagePolicy data = Field(&data,
                             "data",
                             {CodeReading::ByClass,
                              TransactionOutcome::Deferred,
                              TransactionOutcome::Failed,
                              std::chrono::minutes(2)}) |
                       "What the reply to DATA does.";
    StagePolicy message = Field(&message,
                                "message",
                                {CodeReading::ByClass,
                                 TransactionOutcome::Deferred,
                                 TransactionOutcome::Failed,
                                 std::chrono::minutes(10)}) |
                          "What the reply to the final dot does.";
    std::uint32_t inputBuffer =
        Field(&inputBuffer, "input-buffer", 65536).Unit("octets").Range(1, 1e9) |
        "Octets that wait while no reply is awaited.";
    ClientTlsPolicy tls = Field(&tls, "tls") | "How it uses STARTTLS.";
    AuthPolicy auth = Field(&auth, "auth") | "How it authenticates.";
    OrganizationPolicy organization =
        Field(&organization, "organization") |
        "What it does beside, and instead of `auth`, with servers of its own organization.";
};

/// What is wrong with a persona beyond single values, one clear line each; empty if nothing is.
std::vector<std::string> CheckClientPersona(const ClientPersona& persona);

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_CLIENT_PERSONA_H

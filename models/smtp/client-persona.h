#ifndef BOUNCELAB_MODELS_SMTP_CLIENT_PERSONA_H
#define BOUNCELAB_MODELS_SMTP_CLIENT_PERSONA_H

#include "models/smtp/credentials.h"
#include "models/smtp/dot-stuffer.h"
#include "models/smtp/reply-parser.h"
#include "models/smtp/think-time.h"
#include "models/smtp/tls-persona.h"
#include "models/smtp/transaction.h"

#include "formats/describe.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::smtp
{

enum class HelloHabit
{
    HeloOnly,
    EhloThenHelo, //!< HELO after a negative reply to EHLO that is permanent.
    EhloOnly,
};

constexpr auto
EnumNames(HelloHabit)
{
    return std::array<EnumName<HelloHabit>, 3>{{{"helo-only", HelloHabit::HeloOnly},
                                                {"ehlo-then-helo", HelloHabit::EhloThenHelo},
                                                {"ehlo-only", HelloHabit::EhloOnly}}};
}

enum class QuitHabit
{
    Wait,   //!< QUIT, and close after its reply.
    NoWait, //!< QUIT, and close at once.
    None,   //!< Close without QUIT.
};

constexpr auto
EnumNames(QuitHabit)
{
    return std::array<EnumName<QuitHabit>, 3>{
        {{"wait", QuitHabit::Wait}, {"no-wait", QuitHabit::NoWait}, {"none", QuitHabit::None}}};
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

enum class MalformedHabit
{
    Skip, //!< Read on.
    Defer,
    Fail,
};

constexpr auto
EnumNames(MalformedHabit)
{
    return std::array<EnumName<MalformedHabit>, 3>{{{"skip", MalformedHabit::Skip},
                                                    {"defer", MalformedHabit::Defer},
                                                    {"fail", MalformedHabit::Fail}}};
}

/// From when a timeout counts.
enum class TimeoutHabit
{
    PerReply, //!< From the command on, until its reply is complete (RFC 5321 4.5.3.2).
    PerRead,  //!< From the last octet on; a peer that drips octets is waited for.
};

constexpr auto
EnumNames(TimeoutHabit)
{
    return std::array<EnumName<TimeoutHabit>, 2>{
        {{"per-reply", TimeoutHabit::PerReply}, {"per-read", TimeoutHabit::PerRead}}};
}

/// What a client does with the reply to one kind of command.
struct StageHabit
{
    CodeReading reading = CodeReading::ByClass;
    Outcome onTransient = Outcome::Deferred;
    Outcome onPermanent = Outcome::Failed;
    Nanoseconds timeout = std::chrono::minutes(5);
};

template <class Visitor>
void
Describe(Visitor& v, StageHabit& s)
{
    v.Field("reading", s.reading, {"Which codes are good news."});
    v.Field("on-transient", s.onTransient, {"What a code 400..499, or one not understood, does."});
    v.Field("on-permanent", s.onPermanent, {"What a code of 500 or more does."});
    v.Field("timeout", s.timeout, {"How long the reply is awaited; 0 = for ever.", "", 0, 1e15});
}

/// What a client does without something that it wants.
enum class WithoutHabit
{
    GoOn,
    Fail, //!< The mail is returned, or the user told.
    Defer,
};

constexpr auto
EnumNames(WithoutHabit)
{
    return std::array<EnumName<WithoutHabit>, 3>{{{"go-on", WithoutHabit::GoOn},
                                                  {"fail", WithoutHabit::Fail},
                                                  {"defer", WithoutHabit::Defer}}};
}

/// How a client authenticates (RFC 4954).
struct AuthHabit
{
    bool wanted = false;
    std::string verb = "AUTH";
    std::vector<AuthMechanism> mechanisms = {AuthMechanism::Login, AuthMechanism::Plain};
    bool initialResponse = false;
    std::string user;
    std::string password;
    WithoutHabit whenNotOffered = WithoutHabit::Fail;
    WithoutHabit whenRefused = WithoutHabit::Fail;
    StageHabit reply;
};

template <class Visitor>
void
Describe(Visitor& v, AuthHabit& a)
{
    v.Field("wanted", a.wanted, {"Authenticates where it can (\"my server requires it\")."});
    v.Field("verb", a.verb, {"AUTH, or X-EXPS as between Exchange servers."});
    v.Field("mechanisms",
            a.mechanisms,
            {"In its order of preference; the first that is offered is used, and after a 504 the "
             "next."});
    v.Field("initial-response",
            a.initialResponse,
            {"Sends the first response with the command, where the mechanism begins with one."});
    v.Field("user", a.user, {"As whom: `user`, `user@domain` or `DOMAIN\\user`."});
    v.Field("password", a.password, {"Of the user."});
    v.Field("when-not-offered",
            a.whenNotOffered,
            {"What it does where no AUTH is offered that it knows."});
    v.Field("when-refused",
            a.whenRefused,
            {"What it does when it is refused; a transient refusal defers in place of failing."});
    v.Field("reply", a.reply, {"What the replies of the exchange do."});
}

/// How a client uses STARTTLS (RFC 3207).
struct ClientTlsHabit
{
    bool wanted = false;
    std::vector<std::string> verbs = {"STARTTLS"};
    WithoutHabit whenNotOffered = WithoutHabit::GoOn;
    WithoutHabit whenRefused = WithoutHabit::GoOn;
    StageHabit reply;
    TlsPersona persona;
};

template <class Visitor>
void
Describe(Visitor& v, ClientTlsHabit& t)
{
    v.Field("wanted", t.wanted, {"Starts TLS where it is offered."});
    v.Field("verbs",
            t.verbs,
            {"Its words for it in its order of preference: STARTTLS, X-ANONYMOUSTLS."});
    v.Field("when-not-offered", t.whenNotOffered, {"What it does where TLS is not offered."});
    v.Field("when-refused", t.whenRefused, {"What it does when the verb is refused."});
    v.Field("reply", t.reply, {"What the reply to the verb, and a silent handshake, does."});
    v.Field("persona", t.persona, {"How it speaks TLS."});
}

/// What makes a client the product that it is (RFC 5321 4.5.3.2 for the timeouts).
struct ClientPersona
{
    HelloHabit hello = HelloHabit::EhloThenHelo;
    bool pipelining = true;
    bool announceSize = true;
    bool announceBody = true;
    bool chunking = false;
    std::uint32_t chunkSize = 65536;
    ReplyReading replyParser = ReplyReading::Strict;
    MalformedHabit malformedReply = MalformedHabit::Defer;
    std::uint32_t maxReplyLine = 512;
    std::uint32_t maxReplyText = 5000;
    QuitHabit quit = QuitHabit::Wait;
    ContentLineEnds lineEnds = ContentLineEnds::AsIs;
    TimeoutHabit timeoutHabit = TimeoutHabit::PerReply;
    ThinkTime think;
    Nanoseconds connectTimeout = std::chrono::minutes(5);
    Nanoseconds dataBlockTimeout = std::chrono::minutes(3);
    Nanoseconds quitTimeout = std::chrono::minutes(5);
    StageHabit greeting;
    StageHabit helloReply;
    StageHabit mail;
    StageHabit rcpt;
    StageHabit data{CodeReading::ByClass,
                    Outcome::Deferred,
                    Outcome::Failed,
                    std::chrono::minutes(2)};
    StageHabit message{CodeReading::ByClass,
                       Outcome::Deferred,
                       Outcome::Failed,
                       std::chrono::minutes(10)};
    std::uint32_t inputBuffer = 65536;
    ClientTlsHabit tls;
    AuthHabit auth;
};

template <class Visitor>
void
Describe(Visitor& v, ClientPersona& p)
{
    v.Field("hello", p.hello, {"How it introduces itself."});
    v.Field("pipelining",
            p.pipelining,
            {"Sends the envelope in one go where PIPELINING is offered."});
    v.Field("announce-size", p.announceSize, {"Sends SIZE= where SIZE is offered."});
    v.Field("announce-body",
            p.announceBody,
            {"Sends BODY=8BITMIME for content with octets over 127 where 8BITMIME is offered."});
    v.Field("chunking",
            p.chunking,
            {"Sends content with BDAT where CHUNKING is offered, and BODY=BINARYMIME where that is "
             "offered and needed."});
    v.Field("chunk-size", p.chunkSize, {"Largest chunk of a BDAT.", "octets", 1, 1e7});
    v.Field("reply-parser", p.replyParser, {"Whose way of reading replies it has."});
    v.Field("malformed-reply",
            p.malformedReply,
            {"What a line that is no reply does (strict parser)."});
    v.Field("max-reply-line",
            p.maxReplyLine,
            {"Longest reply line without fault.", "octets", 5, 65536});
    v.Field("max-reply-text", p.maxReplyText, {"Text kept of a reply.", "octets", 5, 1e6});
    v.Field("quit", p.quit, {"How it leaves."});
    v.Field("line-ends", p.lineEnds, {"What it makes of a bare LF in the content."});
    v.Field("timeout-habit", p.timeoutHabit, {"From when a timeout counts."});
    v.Field("think", p.think, {"From a reply to the next command."});
    v.Field("connect-timeout",
            p.connectTimeout,
            {"How long TCP's handshake is awaited.", "", 0, 1e15});
    v.Field("data-block-timeout",
            p.dataBlockTimeout,
            {"How long a block of content may wait to be written; 0 = for ever.", "", 0, 1e15});
    v.Field("quit-timeout", p.quitTimeout, {"How long the reply to QUIT is awaited.", "", 0, 1e15});
    v.Field("greeting", p.greeting, {"What the greeting does."});
    v.Field("hello-reply", p.helloReply, {"What the reply to HELO or EHLO does."});
    v.Field("mail", p.mail, {"What the reply to MAIL does."});
    v.Field("rcpt", p.rcpt, {"What the reply to RCPT does, to that recipient."});
    v.Field("data", p.data, {"What the reply to DATA does."});
    v.Field("message", p.message, {"What the reply to the final dot does."});
    v.Field("input-buffer",
            p.inputBuffer,
            {"Octets that wait while no reply is awaited.", "octets", 1, 1e9});
    v.Field("tls", p.tls, {"How it uses STARTTLS."});
    v.Field("auth", p.auth, {"How it authenticates."});
}

/// What is wrong with a persona beyond single values, one clear line each; empty if nothing is.
std::vector<std::string> CheckClientPersona(const ClientPersona& persona);

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_CLIENT_PERSONA_H

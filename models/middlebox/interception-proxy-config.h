#ifndef BOUNCELAB_MODELS_MIDDLEBOX_INTERCEPTION_PROXY_CONFIG_H
#define BOUNCELAB_MODELS_MIDDLEBOX_INTERCEPTION_PROXY_CONFIG_H

#include "models/mail/mta-persona.h"
#include "models/smtp/server-persona.h"
#include "models/smtp/think-time.h"

#include "formats/describe.h"
#include "models/middlebox/middlebox.h"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::middlebox
{

/// What an interception proxy does with the connections that it takes.
enum class InterceptionMode
{
    Relay,           //!< Speaks for both sides, command by command.
    StoreAndForward, //!< Takes the message over, and sends it on from a queue of its own.
    Mask,            //!< Cisco PIX `fixup protocol smtp`: same lengths, other octets.
    Strip,           //!< Passes everything but STARTTLS and AUTH.
};

constexpr auto
EnumNames(InterceptionMode)
{
    return std::array<EnumName<InterceptionMode>, 4>{
        {{"relay", InterceptionMode::Relay},
         {"store-and-forward", InterceptionMode::StoreAndForward},
         {"mask", InterceptionMode::Mask},
         {"strip", InterceptionMode::Strip}}};
}

enum class UpstreamMoment
{
    OnAccept, //!< As soon as the client's connection stands.
    OnMail,   //!< When the client first says MAIL.
};

constexpr auto
EnumNames(UpstreamMoment)
{
    return std::array<EnumName<UpstreamMoment>, 2>{
        {{"on-accept", UpstreamMoment::OnAccept}, {"on-mail", UpstreamMoment::OnMail}}};
}

enum class ParameterHabit
{
    Drop,      //!< MAIL and RCPT go on with their paths alone.
    Supported, //!< Those of extensions that the server offers.
    Pass,
};

constexpr auto
EnumNames(ParameterHabit)
{
    return std::array<EnumName<ParameterHabit>, 3>{{{"drop", ParameterHabit::Drop},
                                                    {"supported", ParameterHabit::Supported},
                                                    {"pass", ParameterHabit::Pass}}};
}

enum class MaskedHello
{
    Refuse,   //!< EHLO is masked like an unknown command, so that the server refuses it.
    Helo,     //!< EHLO becomes HELO.
    Keywords, //!< EHLO passes, and keywords of its reply are masked.
};

constexpr auto
EnumNames(MaskedHello)
{
    return std::array<EnumName<MaskedHello>, 3>{{{"refuse", MaskedHello::Refuse},
                                                 {"helo", MaskedHello::Helo},
                                                 {"keywords", MaskedHello::Keywords}}};
}

/// How an extension is kept from the client (fact I31).
enum class StripWay
{
    Pass,           //!< It is not.
    Capabilities,   //!< Its keyword is taken out of the EHLO reply.
    InvalidCode,    //!< Its command gets a reply that means nothing; the keyword is even added.
    TemporaryError, //!< Its command is refused for now.
    Error,          //!< Its command is refused.
    Downgrade,      //!< EHLO itself is refused.
    Inject,         //!< A command in clear text follows the client's own.
};

constexpr auto
EnumNames(StripWay)
{
    return std::array<EnumName<StripWay>, 7>{{{"pass", StripWay::Pass},
                                              {"capabilities", StripWay::Capabilities},
                                              {"invalid-code", StripWay::InvalidCode},
                                              {"temporary-error", StripWay::TemporaryError},
                                              {"error", StripWay::Error},
                                              {"downgrade", StripWay::Downgrade},
                                              {"inject", StripWay::Inject}}};
}

/// What the proxy says in its own name. {hostname} {client} {server} {helo} are replaced.
struct ProxyReplies
{
    std::string greeting = "220 {hostname} ESMTP";
    std::string helo = "250 {hostname}";
    std::string ehlo = "250 {hostname}";
    std::string rset = "250 2.0.0 Ok";
    std::string noop = "250 2.0.0 Ok";
    std::string quit = "221 2.0.0 Bye";
    std::string auth = "503 5.5.1 Error: authentication not enabled";
    std::string startTls = "502 5.5.1 Error: command not implemented";
    std::string unknownCommand = "502 5.5.2 Error: command not recognized";
    std::string badHello = "501 5.5.4 Invalid domain name";
    std::string needHello = "503 5.5.1 Error: send HELO/EHLO first";
    std::string needMail = "503 5.5.1 Error: need MAIL command";
    std::string lineTooLong = "500 5.5.2 Error: line too long";
    std::string upstreamFailed = "451 4.4.1 Cannot connect to {server}";
    std::string upstreamLost = "421 4.4.2 {hostname} Connection to {server} lost";
    std::string timeout = "421 4.4.2 {hostname} Error: timeout exceeded";
};

template <class Visitor>
void
Describe(Visitor& v, ProxyReplies& r)
{
    v.Field("greeting", r.greeting, {"On connection."});
    v.Field("helo", r.helo, {"To HELO."});
    v.Field("ehlo", r.ehlo, {"To EHLO; the `keywords` follow, a line each."});
    v.Field("rset", r.rset, {"To RSET while there is no connection to the server."});
    v.Field("noop", r.noop, {"To NOOP while there is no connection to the server."});
    v.Field("quit", r.quit, {"To QUIT while there is no connection to the server."});
    v.Field("auth", r.auth, {"To AUTH, which it does not offer."});
    v.Field("start-tls", r.startTls, {"To STARTTLS, which it does not offer."});
    v.Field("unknown-command", r.unknownCommand, {"To commands that it does not pass on."});
    v.Field("bad-hello", r.badHello, {"To HELO or EHLO without a name."});
    v.Field("need-hello", r.needHello, {"To MAIL before HELO or EHLO."});
    v.Field("need-mail",
            r.needMail,
            {"To RCPT or DATA while there is no connection to the server."});
    v.Field("line-too-long", r.lineTooLong, {"To a command line over the limit."});
    v.Field("upstream-failed",
            r.upstreamFailed,
            {"In place of the server's reply if it cannot be reached or understood; 421 closes."});
    v.Field("upstream-lost", r.upstreamLost, {"In place of a reply that never came; 421 closes."});
    v.Field("timeout", r.timeout, {"After a silence that is too long; closes."});
}

/// `mode: mask`.
struct MaskConfig
{
    MaskedHello hello = MaskedHello::Refuse;
    std::vector<std::string> passedCommands =
        {"HELO", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUIT"};
    std::vector<std::string> passedKeywords = {"SIZE",
                                               "PIPELINING",
                                               "8BITMIME",
                                               "ENHANCEDSTATUSCODES",
                                               "DSN",
                                               "AUTH",
                                               "ETRN",
                                               "HELP",
                                               "VRFY",
                                               "EXPN"};
    bool banner = true;
    bool arguments = false;
};

template <class Visitor>
void
Describe(Visitor& v, MaskConfig& m)
{
    v.Field("hello", m.hello, {"What becomes of EHLO."});
    v.Field("passed-commands", m.passedCommands, {"Verbs that pass; others become `X` text."});
    v.Field("passed-keywords",
            m.passedKeywords,
            {"`hello: keywords`: keywords that pass, and whose commands pass with them."});
    v.Field("banner", m.banner, {"The greeting becomes `*`, but for 2, 0 and spaces."});
    v.Field("arguments", m.arguments, {"A masked command's arguments are masked too."});
}

/// How one extension is stripped, and with which words.
struct StripConfig
{
    StripWay way = StripWay::Capabilities;
    std::string removed = "502 5.5.1 Error: command not implemented";
    std::string invalidCode = "200 STRIPTLS";
    std::string temporaryError = "454 TLS not available due to temporary reason";
    std::string error = "501 Syntax error";
    std::string downgrade = "502 Error: command \"EHLO\" not implemented";
    std::string injected = "NOOP injected";
};

template <class Visitor>
void
Describe(Visitor& v, StripConfig& s)
{
    v.Field("way", s.way, {"How it is kept from the client."});
    v.Field("removed",
            s.removed,
            {"`capabilities`: reply to its command, if the client tries it nonetheless."});
    v.Field("invalid-code", s.invalidCode, {"`invalid-code`: reply to its command."});
    v.Field("temporary-error", s.temporaryError, {"`temporary-error`: reply to its command."});
    v.Field("error", s.error, {"`error`: reply to its command."});
    v.Field("downgrade", s.downgrade, {"`downgrade`: reply to EHLO."});
    v.Field("injected", s.injected, {"`inject`: line that follows the client's command."});
}

/// What holds for one customer only.
struct CustomerConfig
{
    bool intercepted = true;
    std::optional<InterceptionMode> mode;
};

template <class Visitor>
void
Describe(Visitor& v, CustomerConfig& c)
{
    v.Field("intercepted", c.intercepted, {"Whether this customer's mail is taken."});
    v.Field("mode", c.mode, {"Another mode for this customer."});
}

/**
 * An interception proxy of a provider's network (S000; facts I30 to I32): an
 * in-path machine that takes connections to the mail ports of any server, answers with its own
 * stack and in the server's place, and opens its own connection from its own address.
 */
struct InterceptionProxyConfig
{
    std::string station;
    std::string host;
    std::string hostname = "proxy.example.net";
    std::string helloName;
    InterceptionMode mode = InterceptionMode::Relay;
    UpstreamMoment connect = UpstreamMoment::OnMail;
    std::vector<std::uint16_t> ports = {25};
    std::vector<std::string> keywords = {"8BITMIME"};
    std::string received =
        "Received: from {helo} ([{client}])\n\tby {hostname} with {protocol}; {date}";
    ParameterHabit parameters = ParameterHabit::Supported;
    ProxyReplies replies;
    smtp::ThinkTime answerDelay;
    smtp::ThinkTime forwardDelay;
    std::uint32_t commandLine = 2048;
    std::uint32_t buffer = 65536;
    Nanoseconds clientTimeout = std::chrono::minutes(5);
    Nanoseconds serverTimeout = std::chrono::minutes(10);
    MaskConfig mask;
    StripConfig startTls;
    StripConfig auth{StripWay::Pass,
                     "503 5.5.1 Error: authentication not enabled",
                     "200 STRIPAUTH",
                     "454 4.7.0 Temporary authentication failure",
                     "504 5.5.4 Unrecognized authentication type",
                     "502 Error: command \"EHLO\" not implemented",
                     "NOOP injected"};
    smtp::ServerPersona server;
    mail::MtaPersona forward;
    std::map<std::string, CustomerConfig> customers;
};

template <class Visitor>
void
Describe(Visitor& v, InterceptionProxyConfig& c)
{
    v.Field("station", c.station, {"Name of the station.", "", 0, 0, true});
    v.Field("host",
            c.host,
            {"Name of the host that is the proxy: its address, stack and start.", "", 0, 0, true});
    v.Field("hostname", c.hostname, {"How it calls itself towards clients."});
    v.Field("hello-name", c.helloName, {"Name of its own EHLO to servers; empty = `hostname`."});
    v.Field("mode", c.mode, {"What it does with the connections that it takes."});
    v.Field("connect", c.connect, {"`relay`: when it opens its own connection to the server."});
    v.Field("ports", c.ports, {"Destination ports that it takes; all others pass."});
    v.Field("keywords", c.keywords, {"Lines of its own EHLO reply after the first."});
    v.Field("received",
            c.received,
            {"Header field that it puts before the content; {helo} {client} {hostname} {protocol} "
             "{date} are replaced; empty = none."});
    v.Field("parameters",
            c.parameters,
            {"`relay`: which parameters of MAIL and RCPT it passes on."});
    v.Field("replies", c.replies, {"What it says in its own name."});
    v.Field("answer-delay", c.answerDelay, {"From a command to its own reply."});
    v.Field("forward-delay", c.forwardDelay, {"From octets of one side to those for the other."});
    v.Field("command-line",
            c.commandLine,
            {"Longest command line with its end.", "octets", 12, 65536});
    v.Field(
        "buffer",
        c.buffer,
        {"Octets that wait in each direction; the rest stays in the socket.", "octets", 4096, 1e8});
    v.Field("client-timeout",
            c.clientTimeout,
            {"Longest silence of a client; 0 = for ever.", "", 0, 1e15});
    v.Field("server-timeout",
            c.serverTimeout,
            {"How long a server's reply is awaited; 0 = for ever.", "", 0, 1e15});
    v.Field("mask", c.mask, {"`mode: mask`."});
    v.Field("start-tls", c.startTls, {"`mode: strip`: what becomes of STARTTLS."});
    v.Field("auth", c.auth, {"`mode: strip`: what becomes of AUTH."});
    v.Field("server",
            c.server,
            {"`mode: store-and-forward`: the program that takes the mail; greeting, HELO and EHLO "
             "replies and keywords are those above."});
    v.Field("forward",
            c.forward,
            {"`mode: store-and-forward`: the program that sends the mail on, and its queue."});
    v.Field("customers", c.customers, {"By client address: what holds for that customer only."});
}

/// What is wrong with a proxy beyond single values, one clear line each; empty if nothing is.
std::vector<std::string> Faults(const InterceptionProxyConfig& config);

std::unique_ptr<Middlebox> Build(const std::string& name,
                                 const InterceptionProxyConfig& config,
                                 Site& site);

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_INTERCEPTION_PROXY_CONFIG_H

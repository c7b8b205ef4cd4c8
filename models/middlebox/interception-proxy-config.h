#ifndef BOUNCELAB_MODELS_MIDDLEBOX_INTERCEPTION_PROXY_CONFIG_H
#define BOUNCELAB_MODELS_MIDDLEBOX_INTERCEPTION_PROXY_CONFIG_H

#include "models/mail/mta-persona.h"
#include "models/smtp/server-persona.h"
#include "models/smtp/think-time.h"

#include "formats/field.h"
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

/// Whose connections an interception proxy takes, as seen from the site.
enum class TakenConnections
{
    Inward,
    Outward,
};

constexpr auto
EnumNames(TakenConnections)
{
    return std::array<EnumName<TakenConnections>, 2>{
        {{"inward", TakenConnections::Inward}, {"outward", TakenConnections::Outward}}};
}

enum class UpstreamTiming
{
    OnAccept, //!< As soon as the client's connection stands.
    OnMail,   //!< When the client first says MAIL.
};

constexpr auto
EnumNames(UpstreamTiming)
{
    return std::array<EnumName<UpstreamTiming>, 2>{
        {{"on-accept", UpstreamTiming::OnAccept}, {"on-mail", UpstreamTiming::OnMail}}};
}

enum class ParameterPolicy
{
    Drop,      //!< MAIL and RCPT go on with their paths alone.
    Supported, //!< Those of extensions that the server offers.
    Pass,
};

constexpr auto
EnumNames(ParameterPolicy)
{
    return std::array<EnumName<ParameterPolicy>, 3>{{{"drop", ParameterPolicy::Drop},
                                                     {"supported", ParameterPolicy::Supported},
                                                     {"pass", ParameterPolicy::Pass}}};
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
enum class StripMethod
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
EnumNames(StripMethod)
{
    return std::array<EnumName<StripMethod>, 7>{{{"pass", StripMethod::Pass},
                                                 {"capabilities", StripMethod::Capabilities},
                                                 {"invalid-code", StripMethod::InvalidCode},
                                                 {"temporary-error", StripMethod::TemporaryError},
                                                 {"error", StripMethod::Error},
                                                 {"downgrade", StripMethod::Downgrade},
                                                 {"inject", StripMethod::Inject}}};
}

/// What the proxy says in its own name. {hostname} {client} {server} {helo} are replaced.
struct ProxyReplies
{
    std::string greeting = Field(&greeting, "greeting", "220 {hostname} ESMTP") | "On connection.";
    std::string helo = Field(&helo, "helo", "250 {hostname}") | "To HELO.";
    std::string ehlo =
        Field(&ehlo, "ehlo", "250 {hostname}") | "To EHLO; the `keywords` follow, a line each.";
    std::string rset = Field(&rset, "rset", "250 2.0.0 Ok") |
                       "To RSET while there is no connection to the server.";
    std::string noop = Field(&noop, "noop", "250 2.0.0 Ok") |
                       "To NOOP while there is no connection to the server.";
    std::string quit = Field(&quit, "quit", "221 2.0.0 Bye") |
                       "To QUIT while there is no connection to the server.";
    std::string auth = Field(&auth, "auth", "503 5.5.1 Error: authentication not enabled") |
                       "To AUTH, which it does not offer.";
    std::string startTls =
        Field(&startTls, "start-tls", "502 5.5.1 Error: command not implemented") |
        "To STARTTLS, which it does not offer.";
    std::string unknownCommand =
        Field(&unknownCommand, "unknown-command", "502 5.5.2 Error: command not recognized") |
        "To commands that it does not pass on.";
    std::string badHello = Field(&badHello, "bad-hello", "501 5.5.4 Invalid domain name") |
                           "To HELO or EHLO without a name.";
    std::string needHello =
        Field(&needHello, "need-hello", "503 5.5.1 Error: send HELO/EHLO first") |
        "To MAIL before HELO or EHLO.";
    std::string needMail = Field(&needMail, "need-mail", "503 5.5.1 Error: need MAIL command") |
                           "To RCPT or DATA while there is no connection to the server.";
    std::string lineTooLong =
        Field(&lineTooLong, "line-too-long", "500 5.5.2 Error: line too long") |
        "To a command line over the limit.";
    std::string upstreamFailed =
        Field(&upstreamFailed, "upstream-failed", "451 4.4.1 Cannot connect to {server}") |
        "In place of the server's reply if it cannot be reached or understood; 421 closes.";
    std::string upstreamLost =
        Field(&upstreamLost, "upstream-lost", "421 4.4.2 {hostname} Connection to {server} lost") |
        "In place of a reply that never came; 421 closes.";
    std::string timeout =
        Field(&timeout, "timeout", "421 4.4.2 {hostname} Error: timeout exceeded") |
        "After a silence that is too long; closes.";
};

/// `mode: mask`.
struct MaskConfig
{
    MaskedHello hello = Field(&hello, "hello", MaskedHello::Refuse) | "What becomes of EHLO.";
    std::vector<std::string> passedCommands =
        Field(&passedCommands,
              "passed-commands",
              {"HELO", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUIT"}) |
        "Verbs that pass; others become `X` text.";
    std::vector<std::string> passedKeywords =
        Field(&passedKeywords,
              "passed-keywords",
              {"SIZE",
               "PIPELINING",
               "8BITMIME",
               "ENHANCEDSTATUSCODES",
               "DSN",
               "AUTH",
               "ETRN",
               "HELP",
               "VRFY",
               "EXPN"}) |
        "`hello: keywords`: keywords that pass, and whose commands pass with them.";
    bool banner =
        Field(&banner, "banner", true) | "The greeting becomes `*`, but for 2, 0 and spaces.";
    bool arguments =
        Field(&arguments, "arguments") | "A masked command's arguments are masked too.";
};

/// How one extension is stripped, and with which words.
struct StripConfig
{
    StripMethod way =
        Field(&way, "way", StripMethod::Capabilities) | "How it is kept from the client.";
    std::string removed =
        Field(&removed, "removed", "502 5.5.1 Error: command not implemented") |
        "`capabilities`: reply to its command, if the client tries it nonetheless.";
    std::string invalidCode = Field(&invalidCode, "invalid-code", "200 STRIPTLS") |
                              "`invalid-code`: reply to its command.";
    std::string temporaryError =
        Field(&temporaryError, "temporary-error", "454 TLS not available due to temporary reason") |
        "`temporary-error`: reply to its command.";
    std::string error =
        Field(&error, "error", "501 Syntax error") | "`error`: reply to its command.";
    std::string downgrade =
        Field(&downgrade, "downgrade", "502 Error: command \"EHLO\" not implemented") |
        "`downgrade`: reply to EHLO.";
    std::string injected = Field(&injected, "injected", "NOOP injected") |
                           "`inject`: line that follows the client's command.";
};

/// What holds for one customer only.
struct CustomerConfig
{
    bool intercepted =
        Field(&intercepted, "intercepted", true) | "Whether this customer's mail is taken.";
    std::optional<InterceptionMode> mode = Field(&mode, "mode") | "Another mode for this customer.";
};

/**
 * An interception proxy of a provider's network (S000; facts I30 to I32): an
 * in-path machine that takes connections to the mail ports of any server, answers with its own
 * stack and in the server's place, and opens its own connection from its own address.
 */
struct InterceptionProxyConfig
{
    std::string station = Field(&station, "station").Required() | "Name of the station.";
    std::string host = Field(&host, "host").Required() |
                       "Name of the host that is the proxy: its address, stack and start.";
    std::string hostname =
        Field(&hostname, "hostname", "proxy.example.net") | "How it calls itself towards clients.";
    std::string helloName =
        Field(&helloName, "hello-name") | "Name of its own EHLO to servers; empty = `hostname`.";
    InterceptionMode mode = Field(&mode, "mode", InterceptionMode::Relay) |
                            "What it does with the connections that it takes.";
    TakenConnections takes =
        Field(&takes, "takes") |
        "Which connections: those that come towards the site, or those that lead away from it.";
    Nanoseconds until =
        Field(&until, "until").Range(0, 1e18) |
        "When somebody switches it off: connections that begin later pass; 0 = never.";
    UpstreamTiming connect = Field(&connect, "connect", UpstreamTiming::OnMail) |
                             "`relay`: when it opens its own connection to the server.";
    std::vector<std::uint16_t> ports =
        Field(&ports, "ports", {25}) | "Destination ports that it takes; all others pass.";
    std::vector<std::string> keywords =
        Field(&keywords, "keywords", {"8BITMIME"}) | "Lines of its own EHLO reply after the first.";
    std::string received =
        Field(&received,
              "received",
              "Received: from {helo} ([{client}])\n\tby {hostname} with {protocol}; {date}") |
        "Header field that it puts before the content; {helo} {client} {hostname} {protocol} "
        "{date} are replaced; empty = none.";
    ParameterPolicy parameters = Field(&parameters, "parameters", ParameterPolicy::Supported) |
                                 "`relay`: which parameters of MAIL and RCPT it passes on.";
    ProxyReplies replies = Field(&replies, "replies") | "What it says in its own name.";
    smtp::ThinkTime answerDelay =
        Field(&answerDelay, "answer-delay") | "From a command to its own reply.";
    smtp::ThinkTime forwardDelay =
        Field(&forwardDelay, "forward-delay") | "From octets of one side to those for the other.";
    std::uint32_t commandLine =
        Field(&commandLine, "command-line", 2048).Unit("octets").Range(12, 65536) |
        "Longest command line with its end.";
    std::uint32_t buffer = Field(&buffer, "buffer", 65536).Unit("octets").Range(4096, 1e8) |
                           "Octets that wait in each direction; the rest stays in the socket.";
    Nanoseconds clientTimeout =
        Field(&clientTimeout, "client-timeout", std::chrono::minutes(5)).Range(0, 1e15) |
        "Longest silence of a client; 0 = for ever.";
    Nanoseconds serverTimeout =
        Field(&serverTimeout, "server-timeout", std::chrono::minutes(10)).Range(0, 1e15) |
        "How long a server's reply is awaited; 0 = for ever.";
    MaskConfig mask = Field(&mask, "mask") | "`mode: mask`.";
    StripConfig startTls =
        Field(&startTls, "start-tls") | "`mode: strip`: what becomes of STARTTLS.";
    StripConfig auth = Field(&auth,
                             "auth",
                             {StripMethod::Pass,
                              "503 5.5.1 Error: authentication not enabled",
                              "200 STRIPAUTH",
                              "454 4.7.0 Temporary authentication failure",
                              "504 5.5.4 Unrecognized authentication type",
                              "502 Error: command \"EHLO\" not implemented",
                              "NOOP injected"}) |
                       "`mode: strip`: what becomes of AUTH.";
    smtp::ServerPersona server = Field(&server, "server") |
                                 "`mode: store-and-forward`: the program that takes the mail; "
                                 "greeting, HELO and EHLO replies and keywords are those above.";
    mail::MtaPersona forward =
        Field(&forward, "forward") |
        "`mode: store-and-forward`: the program that sends the mail on, and its queue.";
    std::map<std::string, CustomerConfig> customers =
        Field(&customers, "customers") | "By client address: what holds for that customer only.";
};

/// What is wrong with a proxy beyond single values, one clear line each; empty if nothing is.
std::vector<std::string> Faults(const InterceptionProxyConfig& config);

std::unique_ptr<Middlebox> Build(const std::string& name,
                                 const InterceptionProxyConfig& config,
                                 BuildSite& site);

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_INTERCEPTION_PROXY_CONFIG_H

#include "sample-wire.h"

#include "run-detector.h"
#include "sessions.h"

#include "detectors/readers/text-file.h"
#include "tests/times.h"

#include <fmt/format.h>

#include <cstdio>

namespace bouncelab::test
{

namespace
{

using namespace detectors;

constexpr std::int64_t START_US = 1321416715000000; // 2011-11-16T04:11:55Z

/// A text's lines as they are sent, in a script's quotes.
std::string
Quoted(const std::string& text)
{
    std::string quoted = "\"";
    for (const char c : text)
    {
        quoted += c == '\n'               ? "\\r\\n"
                  : c == '\r'             ? ""
                  : c == '"' || c == '\\' ? std::string("\\") + c
                                          : std::string(1, c);
    }
    return quoted + "\\r\\n\"";
}

/// The options of a SYN, those that others do not have left out.
std::string
SynOptions(bool sack, int windowScale)
{
    return fmt::format("<mss 1460{}{}>",
                       sack ? ",sackOK,nop,nop" : "",
                       windowScale < 0 ? "" : fmt::format(",nop,wscale {}", windowScale));
}

/// The lines of one session; names of its two hosts end in its number.
std::string
ScriptOf(const SampleSession& session, std::size_t number)
{
    std::int64_t now = session.startUs;
    const std::string client = fmt::format("client{}", number);
    const std::string server = fmt::format("server{}", number);
    const std::string clock = session.stack.timestamps ? " clock 1 per 1ms" : "";
    std::string script =
        fmt::format("{} {}:{} ttl 128 isn {} syn {}\n{} {}:{} ttl {} win {} isn {}{} {} syn {}\n",
                    client,
                    session.client,
                    session.clientPort,
                    session.initial[CLIENT],
                    SynOptions(true, 8),
                    server,
                    session.server,
                    session.serverPort,
                    session.stack.ttl,
                    session.stack.window,
                    session.initial[SERVER],
                    clock,
                    session.stack.dontFragment ? "df" : "no-df",
                    SynOptions(session.stack.sack, session.stack.windowScale));
    const auto say = [&](std::int64_t timeUs, Side side, const std::string& what)
    {
        script += fmt::format("{}us {} > {} {}\n",
                              timeUs,
                              side == CLIENT ? client : server,
                              side == CLIENT ? server : client,
                              what);
    };
    say(now, CLIENT, "S");
    if (session.resentSyn)
    {
        say(now += 3000000, CLIENT, "S");
    }
    say(now += session.handshakeUs, SERVER, "S.");
    say(now += session.clientUs, CLIENT, ".");
    for (const SampleTurn& turn : session.turns)
    {
        if (!turn.command.empty())
        {
            say(now += session.thinkUs, CLIENT, Quoted(turn.command));
            if (session.ackUs > 0 && session.ackUs < turn.delayUs)
            {
                say(now + session.ackUs, SERVER, ".");
            }
        }
        say(now += turn.delayUs, SERVER, Quoted(turn.reply));
    }
    say(now += 300, SERVER, "F.");
    say(now += 500, CLIENT, "F.");
    say(now += session.handshakeUs, SERVER, ".");
    return script;
}

const std::string GREETING = "220 EX.abc.com Microsoft ESMTP MAIL Service ready";
const std::string PROXY_ADDRESS = "69.46.103.200";

} // namespace

std::string
ExchangeEhlo(const std::string& client, bool whole)
{
    return "250-EX.abc.com Hello [" + client + "]\n250-SIZE\n250-PIPELINING\n250-DSN\n" +
           "250-ENHANCEDSTATUSCODES\n" +
           (whole ? "250-STARTTLS\n250-X-ANONYMOUSTLS\n250-AUTH NTLM LOGIN\n"
                    "250-X-EXPS GSSAPI NTLM\n"
                  : "") +
           "250-8BITMIME\n250 XSHADOW";
}

SampleSession
DirectSession(const std::string& hello)
{
    SampleSession session;
    session.turns = {{"", GREETING},
                     {"EHLO " + hello, ExchangeEhlo(session.client)},
                     {"AUTH LOGIN", "334 VXNlcm5hbWU6"},
                     {"amlh", "334 UGFzc3dvcmQ6"},
                     {"dHJhdmVs", "235 2.7.0 Authentication successful"},
                     {"MAIL FROM:<jia@abc.com>", "250 2.1.0 Sender OK"},
                     {"RCPT TO:<boss@abc.com>", "250 2.1.5 Recipient OK"},
                     {"DATA", "354 Start mail input; end with <CRLF>.<CRLF>"},
                     {"Subject: a\r\n\r\nb\r\n.",
                      "250 2.6.0 <1@x> [InternalId=1] Queued mail for delivery",
                      480000},
                     {"QUIT", "221 2.0.0 Service closing transmission channel"}};
    return session;
}

SampleSession
ProxiedSession()
{
    SampleSession session;
    session.handshakeUs = 18000;
    session.ackUs = 18200;
    session.stack = NEAR_STACK;
    session.turns = {{"", "220 mail.globalsuite.net ESMTP", 18700},
                     {"EHLO JIA-PC", "250-mail.globalsuite.net\n250 8BITMIME", 18600},
                     {"MAIL FROM:<jia@abc.com>", "250 2.1.0 Sender OK", 570000},
                     {"RCPT TO:<boss@abc.com>", "250 2.1.5 Recipient OK", 157000},
                     {"DATA", "354 Start mail input; end with <CRLF>.<CRLF>", 157000},
                     {"Subject: a\r\n\r\nb\r\n.",
                      "250 2.6.0 <1@x> [InternalId=1] Queued mail for delivery",
                      480000},
                     {"QUIT", "221 2.0.0 Service closing transmission channel", 157000}};
    return session;
}

SampleSession
UpstreamSession()
{
    SampleSession session;
    session.client = PROXY_ADDRESS;
    session.clientPort = 49760;
    session.server = "192.168.0.222";
    session.startUs = 131000;
    session.handshakeUs = 350;
    session.clientUs = 136500;
    session.thinkUs = 137000;
    session.initial[CLIENT] = 77000;
    session.initial[SERVER] = 88000;
    session.turns = {{"", GREETING, 1500},
                     {"EHLO mail.globalsuite.net", ExchangeEhlo(PROXY_ADDRESS), 1000},
                     {"MAIL FROM:<jia@abc.com>", "250 2.1.0 Sender OK", 1500},
                     {"RCPT TO:<boss@abc.com>", "250 2.1.5 Recipient OK", 1500},
                     {"DATA", "354 Start mail input; end with <CRLF>.<CRLF>", 1500},
                     {"Subject: a\r\n\r\nb\r\n.",
                      "250 2.6.0 <1@x> [InternalId=1] Queued mail for delivery",
                      327000},
                     {"QUIT", "221 2.0.0 Service closing transmission channel", 1000}};
    return session;
}

std::string
PcapOf(const std::vector<SampleSession>& sessions)
{
    std::string script = "start 2011-11-16T04:11:55Z\n";
    for (std::size_t i = 0; i < sessions.size(); ++i)
    {
        script += ScriptOf(sessions[i], i);
    }
    PcapForm form;
    form.nanoseconds = false;
    return PcapOf(ScriptOf(script), form);
}

std::string
ReceiveLogOf(const std::vector<SampleSession>& sessions)
{
    std::string text = "#Software: Microsoft Exchange Server\r\n#Version: 14.0.0.0\r\n"
                       "#Log-type: SMTP Receive Protocol Log\r\n#Date: 2011-11-16T04:11:55.000Z\r\n"
                       "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,"
                       "remote-endpoint,event,data,context\r\n";
    std::uint64_t id = 0x08CE6E5DA8B26408;
    for (const SampleSession& session : sessions)
    {
        int sequence = 0;
        std::int64_t now = START_US + session.startUs + session.handshakeUs + session.clientUs;
        const auto put = [&](const std::string& event, const std::string& data)
        {
            text += fmt::format("{}Z,EX\\Default EX,{:016X},{},{}:{},{}:{},{},{},\r\n",
                                FormatEveTime(Reading(now * 1000)).substr(0, 23),
                                id,
                                sequence++,
                                session.server,
                                session.serverPort,
                                session.client,
                                session.clientPort,
                                event,
                                data);
        };
        put("+", "");
        for (const SampleTurn& turn : session.turns)
        {
            const bool content = turn.command.find('\n') != turn.command.npos;
            const bool token = !turn.command.empty() && turn.reply.substr(0, 3) == "334" &&
                               turn.command.substr(0, 4) != "AUTH";
            if (!turn.command.empty())
            {
                now += session.thinkUs;
                if (!content && !token && turn.reply.substr(0, 3) != "235")
                {
                    put("<", turn.command);
                }
            }
            now += turn.delayUs;
            std::size_t at = 0;
            while (at != std::string::npos)
            {
                const std::size_t end = turn.reply.find('\n', at);
                put(">", turn.reply.substr(at, end == std::string::npos ? end : end - at));
                at = end == std::string::npos ? end : end + 1;
            }
        }
        put("-", "");
        ++id;
    }
    return text;
}

void
AddLog(EvidenceContext& context, std::string text, const std::string& name)
{
    ServerLogReaders readers(context.logs, name);
    std::vector<TextLineReader*> all;
    readers.Join(all);
    ReadText(fmemopen(text.data(), text.size(), "rb"), all);
}

std::vector<Alert>
JudgeBoth(const std::string& detector,
          const std::vector<SampleSession>& captured,
          const std::vector<SampleSession>& logged)
{
    EvidenceContext context;
    if (!logged.empty())
    {
        AddLog(context, ReceiveLogOf(logged));
        context.logs.Finish();
    }
    return JudgeCapture(PcapOf(captured), detector, context);
}

std::vector<Alert>
JudgeFiles(const std::string& name, const std::vector<std::vector<SampleSession>>& captures)
{
    const EvidenceScratch evidence;
    for (std::size_t i = 0; i < captures.size(); ++i)
    {
        evidence.Write(fmt::format("{}.pcap", i), PcapOf(captures[i]));
    }
    return JudgePath(evidence.Path(), name);
}

} // namespace bouncelab::test

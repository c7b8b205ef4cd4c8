// A server's octets against a client, and against both readers of replies: the first octet chooses
// the persona, the second the pieces that the rest arrives in. Pieces must not change the outcome.

#include "models/smtp/client-session.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace bouncelab;
using namespace bouncelab::smtp;

namespace
{

ClientPersona
PersonaFor(std::uint8_t knobs)
{
    constexpr MalformedReplyPolicy MALFORMED[] = {MalformedReplyPolicy::Skip,
                                                  MalformedReplyPolicy::Defer,
                                                  MalformedReplyPolicy::Fail};
    constexpr CodeReading READINGS[] = {CodeReading::ByClass,
                                        CodeReading::Threshold,
                                        CodeReading::Exact};
    ClientPersona p;
    p.replyParser = knobs & 1 ? ReplyReading::Qmail : ReplyReading::Strict;
    p.malformedReply = MALFORMED[knobs / 2 % 3];
    p.mail.reading = p.rcpt.reading = p.data.reading = READINGS[knobs / 8 % 3];
    p.hello = knobs & 32 ? HelloPolicy::HeloOnly : HelloPolicy::EhloThenHelo;
    p.pipelining = knobs & 64;
    p.quit = knobs & 128 ? QuitPolicy::NoWait : QuitPolicy::Wait;
    p.auth.wanted = p.pipelining;
    p.auth.mechanisms = {AuthMechanism::Ntlm, AuthMechanism::Plain, AuthMechanism::Login};
    p.auth.initialResponse = knobs & 1;
    p.auth.user = "jia";
    p.auth.whenNotOffered = FallbackPolicy::GoOn;
    p.chunking = knobs & 32;
    p.chunkSize = 10;
    p.maxReplyText = 200;
    p.maxReplyLine = 60;
    return p;
}

std::string
Play(const ClientPersona& persona, std::string_view bytes, std::size_t step)
{
    SessionObserver observer;
    const auto content = std::make_shared<const std::string>("Subject: x\r\n\r\n.\r\ntext");
    ClientSession session(persona,
                          {"a@example.com", {"b@example.org", "c@example.org"}, content},
                          "client.example.com",
                          observer,
                          DrawKey(1, "fuzz"));
    Nanoseconds now{0};
    session.Connected(now);
    std::string out = session.TakeOutput();
    for (std::size_t at = 0; at < bytes.size(); at += step)
    {
        now += Nanoseconds(1000);
        session.Receive(bytes.substr(at, step), now);
        out += session.TakeOutput();
    }
    session.PeerClosed(now, false);
    out += session.TakeOutput();
    if (!session.WantsClose() || session.NextTimer())
    {
        std::abort();
    }
    const auto describe = [](const ClientVerdict& v)
    {
        return fmt::format("{} {} {} {} {}\n",
                           NameOf(v.outcome),
                           NameOfStage(v.stage),
                           NameOfOutcomeReason(v.cause),
                           v.code,
                           v.reply);
    };
    out += describe(session.Result().message);
    for (const ClientVerdict& verdict : session.Result().recipients)
    {
        out += describe(verdict);
        if (verdict.reply.size() > persona.maxReplyText)
        {
            std::abort();
        }
    }
    return out;
}

std::string
ReadAll(ReplyReading reading, std::string_view bytes, std::size_t step)
{
    ReplyRules rules;
    rules.reading = reading;
    rules.maxLine = 60;
    rules.maxText = 200;
    ReplyParser parser(rules);
    std::string out;
    while (!bytes.empty())
    {
        const std::size_t taken = parser.Feed(bytes.substr(0, step));
        bytes.remove_prefix(taken);
        if (parser.Complete())
        {
            const Reply& reply = parser.Get();
            out += fmt::format("{} {} {}\n", reply.code, DescribeFaults(reply.faults), reply.text);
            parser.Next();
        }
        else if (taken == 0)
        {
            std::abort();
        }
    }
    return out;
}

} // namespace

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2)
    {
        return 0;
    }
    const ClientPersona persona = PersonaFor(data[0]);
    const std::size_t step = data[1] % 32 + 1;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    if (Play(persona, bytes, bytes.size() + 1) != Play(persona, bytes, step))
    {
        std::abort();
    }
    for (const ReplyReading reading : {ReplyReading::Strict, ReplyReading::Qmail})
    {
        if (ReadAll(reading, bytes, bytes.size() + 1) != ReadAll(reading, bytes, step))
        {
            std::abort();
        }
    }
    return 0;
}

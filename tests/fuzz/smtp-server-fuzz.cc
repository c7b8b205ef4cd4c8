// A client's octets against a server: the first octet chooses the persona, the second the pieces
// that the rest arrives in. Pieces must not change the answers.

#include "models/smtp/server-session.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace bouncelab;
using namespace bouncelab::smtp;

namespace
{

ServerPersona
PersonaFor(std::uint8_t knobs)
{
    constexpr BareLineEnd POLICIES[] = {BareLineEnd::Pass,
                                        BareLineEnd::Accept,
                                        BareLineEnd::Reject};
    ServerPersona p;
    p.contentBareLf = p.contentBareCr = POLICIES[knobs % 3];
    p.commandBareLf = p.commandBareCr = POLICIES[knobs / 3 % 3];
    p.acceptAnyDomain = p.acceptWithoutBrackets = p.acceptWithoutDomain = knobs & 16;
    p.closeOnBareLineEnd = knobs & 32;
    p.requireHello = knobs & 64;
    p.limits.messageSize = 300;
    p.limits.textLine = 40;
    p.limits.recipients = 3;
    p.keywords = {"PIPELINING",
                  "SIZE",
                  "8BITMIME",
                  "BINARYMIME",
                  "CHUNKING",
                  "DSN",
                  "AUTH LOGIN PLAIN NTLM GSSAPI",
                  "X-EXPS GSSAPI"};
    p.limits.headerSize = 150;
    p.limits.authLine = 600;
    p.limits.logonFailures = 2;
    p.verbReplies = {{"XEXCH50", "504 {verb} {argument}"}};
    p.limits.errors = knobs & 128 ? 4 : 0;
    p.rejectLongTextLines = true;
    p.replies.message = "250 {message-id} {size} {user}";
    p.replies.rcpt = "250 {address} {argument} {helo}\nsecond {verb}";
    return p;
}

/// Believes whoever knows the password "secret".
struct Policy : ServerPolicy
{
    Decision OnAuthenticate(const ServerFacts&, const Credentials& credentials) override
    {
        return {credentials.Proves("secret") ? "" : "535 5.7.3 {verb} no"};
    }
};

std::string
Play(const ServerPersona& persona, std::string_view bytes, std::size_t step)
{
    Policy policy;
    SessionObserver observer;
    const ConnectionInfo connection{"mx.example.org", "example.org", {}, {}, 1, 25, 1, {}, 0};
    ServerSession session(persona, policy, observer, connection, DrawKey(1, "fuzz"));
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
    return out;
}

/// With think times the answers come later; what waits is bounded, and the end is reached.
void
PlaySlowly(ServerPersona persona, std::string_view bytes, std::size_t step)
{
    persona.limits.inputBuffer = 64;
    persona.think.other = persona.think.rcpt =
        persona.think.message = {Nanoseconds(5000), Nanoseconds(100)};
    Policy policy;
    SessionObserver observer;
    const ConnectionInfo connection;
    ServerSession session(persona, policy, observer, connection, DrawKey(1, "fuzz"));
    Nanoseconds now{0};
    session.Connected(now);
    while (!bytes.empty() && !session.WantsClose())
    {
        const std::size_t take = std::min({step, bytes.size(), session.ReceiveRoom()});
        session.Receive(bytes.substr(0, take), now);
        bytes.remove_prefix(take);
        session.TakeOutput();
        if (session.Unread() > 64)
        {
            std::abort();
        }
        now += Nanoseconds(1500);
        session.Tick(now);
        session.TakeOutput();
    }
    session.PeerClosed(now, false);
    for (int i = 0; i < 100000 && session.NextTimer(); ++i)
    {
        session.Tick(*session.NextTimer());
        session.TakeOutput();
    }
    session.TakeOutput();
    if (!session.WantsClose())
    {
        std::abort();
    }
}

} // namespace

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2)
    {
        return 0;
    }
    const ServerPersona persona = PersonaFor(data[0]);
    const std::size_t step = data[1] % 32 + 1;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    if (Play(persona, bytes, bytes.size() + 1) != Play(persona, bytes, step))
    {
        std::abort();
    }
    PlaySlowly(persona, bytes, step);
    return 0;
}

#include "lab/evidence/exchange-texts.h"

#include "formats/clock.h"

#include "formats/exchange-fields.h"
#include "lab/evidence/print.h"

namespace bouncelab::evidence
{

void
AppendSessionId(std::string& out, std::uint64_t session)
{
    Print(out, "{:016X}", session);
}

std::string
SessionContext(const HostClock& clock, const connector::SessionInfo& session, std::uint32_t count)
{
    std::string text;
    AppendSessionId(text, session.id);
    text += ';';
    text += UtcStamp(clock.Read(SimTime(session.opened)));
    Print(text, ";{}", count);
    return text;
}

std::string
TarpitText(std::int64_t delayNs, std::string_view reason)
{
    const std::int64_t ms = delayNs / 1000000;
    std::string text;
    Print(text,
          "{}{}.{:02}:{:02}:{:02}",
          fields::protocol::TARPIT_FOR,
          ms / 86400000,
          ms / 3600000 % 24,
          ms / 60000 % 60,
          ms / 1000 % 60);
    if (ms % 1000 != 0)
    {
        Print(text, ".{:03}", ms % 1000);
    }
    Print(text, "{}{}'", fields::protocol::DUE_TO, reason);
    return text;
}

} // namespace bouncelab::evidence

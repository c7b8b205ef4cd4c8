#include "models/mail/failover-persona.h"

namespace bouncelab::mail
{

bool
GoesOn(const FailoverPersona& persona, const FailoverPoint& point)
{
    const auto isUsedUp = [](std::uint32_t most, std::uint32_t used)
    { return most != 0 && used >= most; };
    if (isUsedUp(persona.mostHosts, point.hosts) || isUsedUp(persona.mostSessions, point.sessions))
    {
        return false;
    }
    switch (persona.after)
    {
    case FailoverAfter::Connection:
        return point.stage == smtp::Stage::Connect;
    case FailoverAfter::Session:
        return point.stage <= smtp::Stage::Hello || !point.replied;
    case FailoverAfter::Deferral:
        break;
    }
    return true;
}

} // namespace bouncelab::mail

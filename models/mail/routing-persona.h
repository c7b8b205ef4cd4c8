#ifndef BOUNCELAB_MODELS_MAIL_ROUTING_PERSONA_H
#define BOUNCELAB_MODELS_MAIL_ROUTING_PERSONA_H

#include "formats/describe.h"

#include <array>
#include <string>

namespace bouncelab::mail
{

/// What an MTA makes of routes that stand in the local part of an address of its own.
enum class LocalPartHabit
{
    Name,  //!< Nothing: it is the name of a mailbox (RFC 5321 2.3.11).
    Route, //!< Mail goes where it says.
};

constexpr auto
EnumNames(LocalPartHabit)
{
    return std::array<EnumName<LocalPartHabit>, 2>{
        {{"name", LocalPartHabit::Name}, {"route", LocalPartHabit::Route}}};
}

/// What an MTA makes of a source route (RFC 5321 appendix C).
enum class SourceRouteHabit
{
    Strip,  //!< Only the mailbox at its end counts.
    Follow, //!< Mail goes to the first host that is not this one.
};

constexpr auto
EnumNames(SourceRouteHabit)
{
    return std::array<EnumName<SourceRouteHabit>, 2>{
        {{"strip", SourceRouteHabit::Strip}, {"follow", SourceRouteHabit::Follow}}};
}

/// How an MTA finds out where an address that it has accepted leads. The defaults go by the domain
/// alone (Exchange, S004-12).
struct RoutingPersona
{
    LocalPartHabit percent = LocalPartHabit::Name;
    LocalPartHabit bang = LocalPartHabit::Name;
    LocalPartHabit nested = LocalPartHabit::Name;
    SourceRouteHabit sourceRoute = SourceRouteHabit::Strip;
    bool literals = true;
    std::string catchAll;
    std::string forwardUnresolvedTo;
};

template <class Visitor>
void
Describe(Visitor& v, RoutingPersona& r)
{
    v.Field("percent", r.percent, {"What it makes of `user%remote@local`."});
    v.Field("bang", r.bang, {"What it makes of `remote!user@local`."});
    v.Field("nested",
            r.nested,
            {"What it makes of `\"user@remote\"@local`, and of `user@remote@local` where that was "
             "accepted."});
    v.Field("source-route", r.sourceRoute, {"What it makes of `@a,@b:user@c`."});
    v.Field("literals", r.literals, {"Takes its own addresses in brackets for its own domain."});
    v.Field("catch-all",
            r.catchAll,
            {"Mailbox that gets what is for nobody in the local domains; empty: none."});
    v.Field("forward-unresolved-to",
            r.forwardUnresolvedTo,
            {"Host that gets what is for nobody in the local domains, in place of a report "
             "(Exchange 2000: forward all mail with unresolved recipients to host); empty: none."});
}

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_ROUTING_PERSONA_H

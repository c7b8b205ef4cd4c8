#ifndef BOUNCELAB_MODELS_MAIL_ROUTING_PERSONA_H
#define BOUNCELAB_MODELS_MAIL_ROUTING_PERSONA_H

#include "formats/field.h"

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
    LocalPartHabit percent =
        Field(&percent, "percent", LocalPartHabit::Name) | "What it makes of `user%remote@local`.";
    LocalPartHabit bang =
        Field(&bang, "bang", LocalPartHabit::Name) | "What it makes of `remote!user@local`.";
    LocalPartHabit nested = Field(&nested, "nested", LocalPartHabit::Name) |
                            "What it makes of `\"user@remote\"@local`, and of `user@remote@local` "
                            "where that was accepted.";
    SourceRouteHabit sourceRoute = Field(&sourceRoute, "source-route", SourceRouteHabit::Strip) |
                                   "What it makes of `@a,@b:user@c`.";
    bool literals = Field(&literals, "literals", true) |
                    "Takes its own addresses in brackets for its own domain.";
    std::string catchAll =
        Field(&catchAll, "catch-all") |
        "Mailbox that gets what is for nobody in the local domains; empty: none.";
    std::string forwardUnresolvedTo =
        Field(&forwardUnresolvedTo, "forward-unresolved-to") |
        "Host that gets what is for nobody in the local domains, in place of a report (Exchange "
        "2000: forward all mail with unresolved recipients to host); empty: none.";
};

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_ROUTING_PERSONA_H

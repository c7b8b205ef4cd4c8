#ifndef BOUNCELAB_MODELS_MAIL_ROUTING_PERSONA_H
#define BOUNCELAB_MODELS_MAIL_ROUTING_PERSONA_H

#include "formats/field.h"

#include <array>
#include <string>

namespace bouncelab::mail
{

/// What an MTA makes of routes that stand in the local part of an address of its own.
enum class LocalPartPolicy
{
    Name,  //!< Nothing: it is the name of a mailbox (RFC 5321 2.3.11).
    Route, //!< Mail goes where it says.
};

constexpr auto
EnumNames(LocalPartPolicy)
{
    return std::array<EnumName<LocalPartPolicy>, 2>{
        {{"name", LocalPartPolicy::Name}, {"route", LocalPartPolicy::Route}}};
}

/// What an MTA makes of a source route (RFC 5321 appendix C).
enum class SourceRoutePolicy
{
    Strip,  //!< Only the mailbox at its end counts.
    Follow, //!< Mail goes to the first host that is not this one.
};

constexpr auto
EnumNames(SourceRoutePolicy)
{
    return std::array<EnumName<SourceRoutePolicy>, 2>{
        {{"strip", SourceRoutePolicy::Strip}, {"follow", SourceRoutePolicy::Follow}}};
}

/// How an MTA finds out where an address that it has accepted leads. The defaults go by the domain
/// alone (Exchange, S004-12).
struct RoutingPersona
{
    LocalPartPolicy percent =
        Field(&percent, "percent", LocalPartPolicy::Name) | "What it makes of `user%remote@local`.";
    LocalPartPolicy bang =
        Field(&bang, "bang", LocalPartPolicy::Name) | "What it makes of `remote!user@local`.";
    LocalPartPolicy nested = Field(&nested, "nested", LocalPartPolicy::Name) |
                             "What it makes of `\"user@remote\"@local`, and of `user@remote@local` "
                             "where that was accepted.";
    SourceRoutePolicy sourceRoute = Field(&sourceRoute, "source-route", SourceRoutePolicy::Strip) |
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

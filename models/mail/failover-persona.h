#ifndef BOUNCELAB_MODELS_MAIL_FAILOVER_PERSONA_H
#define BOUNCELAB_MODELS_MAIL_FAILOVER_PERSONA_H

#include "formats/field.h"
#include "models/smtp/transaction.h"

#include <array>
#include <cstdint>

namespace bouncelab::mail
{

/// What makes a program try the next host of a route within the same attempt.
enum class FailoverAfter
{
    Connection, //!< No connection came about (qmail-remote).
    Session,    //!< Nor a session in which mail could be sent, or it was lost (Exchange, Sendmail).
    Deferral,   //!< Whatever would be tried again later (Postfix).
};

constexpr auto
EnumNames(FailoverAfter)
{
    return std::array<EnumName<FailoverAfter>, 3>{{{"connection", FailoverAfter::Connection},
                                                   {"session", FailoverAfter::Session},
                                                   {"deferral", FailoverAfter::Deferral}}};
}

/// Whose answer is told when no host of a route has taken the mail.
enum class FailoverReport
{
    First, //!< The one that comes first: "primary target IP address".
    Last,  //!< The one that was tried last.
};

constexpr auto
EnumNames(FailoverReport)
{
    return std::array<EnumName<FailoverReport>, 2>{
        {{"first", FailoverReport::First}, {"last", FailoverReport::Last}}};
}

/**
 * How a program goes through the hosts of a route (RFC 5321, 5.1: in order, until one takes the
 * mail). The next attempt begins with the first host again. The defaults are qmail-remote's.
 */
struct FailoverPersona
{
    FailoverAfter after = Field(&after, "after", FailoverAfter::Connection) |
                          "When the next host is tried: no `connection` came about; there was no "
                          "`session` to send mail in, or it was lost; at every `deferral`.";
    FailoverReport report = Field(&report, "report", FailoverReport::Last) |
                            "Whose answer it tells when no host has taken the mail.";
    std::uint32_t mostHosts = Field(&mostHosts, "most-hosts").Range(0, 1000) |
                              "Hosts that one attempt tries at most; 0 = all.";
    std::uint32_t mostSessions =
        Field(&mostSessions, "most-sessions").Range(0, 1000) |
        "Sessions of one attempt, at most, in which mail could have been sent; 0 = any number.";
};

/// Where an attempt stands that a host has just ended.
struct FailoverPoint
{
    std::uint32_t hosts = 0;                  //!< Tried until now.
    std::uint32_t sessions = 0;               //!< Of these, such as got beyond HELO, TLS and AUTH.
    smtp::Stage stage = smtp::Stage::Connect; //!< Where the last one ended.
    bool replied = false;                     //!< By a reply of the server's.
};

/// Whether the next host is tried. \pre what the last one said is for now, and there is a next one
bool GoesOn(const FailoverPersona& persona, const FailoverPoint& point);

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_FAILOVER_PERSONA_H

#include "detectors/analysis/unreached.h"

#include "formats/text.h"

#include <string_view>

namespace bouncelab::detectors
{

namespace
{

/// What is known of a failure of TLS by what does not hold.
UnreachedText
TextOfTls(const std::string& failure)
{
    constexpr std::string_view LOOK = "openssl s_client -starttls smtp to the server's port: names "
                                      "and dates of each certificate; "
                                      "the clock and the list of issuers here";
    if (failure.find("expired") != failure.npos)
    {
        return {
            "unreachable.tls",
            "the server is reached, and its certificate, or an issuer's in its chain, is out of "
            "date",
            "the server's: its certificate has to be renewed; this host's own clock or list of "
            "issuers, if others still take it",
            LOOK};
    }
    if (failure.find("another name's") != failure.npos)
    {
        return {"unreachable.tls",
                "the server is reached, and its certificate is made for another name than it was "
                "called by",
                "the sender's settings, which call the server by another name, or the server's "
                "certificate; a machine on the path, if neither name is that provider's",
                LOOK};
    }
    return {
        "unreachable.tls",
        "the server is reached, and no encryption comes about that the sending side's settings "
        "ask for: the server lacks it or has another certificate or version, or a machine on the "
        "path takes it away",
        "between the sender's demands on TLS and what the server, or a machine on the path, "
        "offers",
        "openssl s_client -starttls smtp to the server's port from here and from another "
        "network; the sender's TLS settings for that domain"};
}

} // namespace

Unreached
UnreachedBy(const ReportedReply& reply)
{
    if (reply.HasReply())
    {
        return Unreached::No;
    }
    const std::string lower = InLowerCase(reply.failure);
    const auto has = [&](std::string_view words) { return lower.find(words) != lower.npos; };
    if (has("tls") || has("certificate") || has("handshake fail") || has("handshake_fail"))
    {
        return Unreached::Tls;
    }
    const bool isCall = reply.stage.empty() || reply.stage == "connect";
    if (has("lost connection") || has("connection lost") || has("connection reset") ||
        has("connection died") || has("sent again and again") ||
        has("closed connection in response"))
    {
        return Unreached::Lost;
    }
    if (!isCall && (has("timed out") || has("timeout")))
    {
        return Unreached::Stalled;
    }
    return has("user") || has("mailbox") || has("maildir") ? Unreached::No
           : has("timed out") || has("timeout") || has("no response") || has("host down")
               ? (reply.stage == "connect" ? Unreached::Silent : Unreached::No)
           : has("connection refused") || has("actively refused") ? Unreached::Refused
           : has("cannot assign requested address") || has("network is unreachable") ||
                   has("no route to host") || has("address family not supported")
               ? Unreached::Local
           : has("host not found") || has("host unknown") || has("name service error") ||
                   has("name server") || has("lookup did not complete") ||
                   has("find any host named") || has("cname lookup") ||
                   has("temporary failure in name") || has("name or service not known") ||
                   has("dns")
               ? Unreached::Name
           : reply.stage == "connect" ? Unreached::Other
                                      : Unreached::No;
}

UnreachedText
TextOf(Unreached kind, const std::string& failure)
{
    constexpr std::string_view UNKNOWN_SIDE = "unknown: the server's, or on the way to it";
    constexpr std::string_view CAPTURE = "a capture at the sender while it tries, and the same "
                                         "connection from another network";
    switch (kind)
    {
    case Unreached::Name:
        return {"unreachable.name",
                "the name of the recipient's domain, or of its MX, has no address; a mistyped "
                "domain, its DNS, or the sender's resolver",
                "unknown: the recipient's domain or its DNS, a mistyped address, or the sender's "
                "resolver",
                "dig MX and A of the domain at two resolvers"};
    case Unreached::Refused:
        return {"unreachable.refused",
                "something answers and refuses: no server listens there, or a firewall says so in "
                "its name. No SMTP took place",
                UNKNOWN_SIDE,
                CAPTURE};
    case Unreached::Local:
        if (InLowerCase(failure).find("no route to host") != failure.npos)
        {
            return {"unreachable.route",
                    "no SMTP took place; this host has no route there, or a router or firewall on "
                    "the way or at the receiver says by ICMP that it lets nothing through",
                    "unknown: the sending host's own network set-up, a router on the way, or the "
                    "receiver's firewall",
                    "ip route get to that address here, and a capture at the sender while it tries "
                    "(who sends the ICMP?)"};
        }
        return {"unreachable.route",
                "no SMTP took place",
                "the sending host's own network set-up",
                CAPTURE};
    case Unreached::Tls:
        return TextOfTls(failure);
    case Unreached::Lost:
        return {"unreachable.lost",
                "the connection stood and broke: the server ended it, or something on the path",
                UNKNOWN_SIDE,
                "a capture at the sender while it tries (who sends the reset or FIN?), and the "
                "server's log of that session"};
    case Unreached::Stalled:
        return {"unreachable.lost",
                "the connection stood, and what was waited for did not come in the time; nobody is "
                "seen to end it",
                UNKNOWN_SIDE,
                "a capture at the sender while it tries (what comes last, are segments "
                "repeated?), and the server's log of that session"};
    default:
        return {"unreachable", "no SMTP took place", UNKNOWN_SIDE, CAPTURE};
    }
}

} // namespace bouncelab::detectors

#include "detectors/analysis/unreached.h"

#include "formats/text.h"

#include <string_view>

namespace bouncelab::detectors
{

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
           : has("timed out") || has("timeout") || has("no response")
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

} // namespace bouncelab::detectors

#ifndef BOUNCELAB_DETECTORS_ANALYSIS_OWN_HOST_H
#define BOUNCELAB_DETECTORS_ANALYSIS_OWN_HOST_H

#include "detectors/readers/reported-reply.h"
#include "formats/text.h"

namespace bouncelab::detectors
{

/// Whether a session bears the name of another host beside a loopback address, as where somebody
/// put one in the place of the true address.
inline bool
IsNamedOtherwise(const ReportedReply& reply)
{
    const bool hasStood = reply.HasReply() || (!reply.stage.empty() && reply.stage != "connect");
    return hasStood && reply.host.find('.') != reply.host.npos &&
           !HostAddress::Parse(reply.host).has_value() && !StartsWith(reply.host, "localhost");
}

/// Whether the other end is the sending host itself: one of its programs, or at the loopback, where
/// nobody else answers.
inline bool
IsAtOwnHost(const ReportedReply& reply)
{
    const std::string address = reply.address.ToString();
    const bool isLoopback = StartsWith(address, "127.") || address == "::1";
    return !reply.ownTrouble.empty() || (isLoopback && !IsNamedOtherwise(reply)) ||
           (!reply.address.IsNumeric() && StartsWith(reply.host, "localhost"));
}

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_OWN_HOST_H

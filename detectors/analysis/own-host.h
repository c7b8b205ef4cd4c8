#ifndef BOUNCELAB_DETECTORS_ANALYSIS_OWN_HOST_H
#define BOUNCELAB_DETECTORS_ANALYSIS_OWN_HOST_H

#include "detectors/readers/reported-reply.h"
#include "formats/text.h"

namespace bouncelab::detectors
{

/// Whether the other end is the sending host itself: one of its programs, or at the loopback, where
/// nobody else answers.
inline bool
IsAtOwnHost(const ReportedReply& reply)
{
    const std::string address = reply.address.ToString();
    return !reply.ownTrouble.empty() || StartsWith(address, "127.") || address == "::1" ||
           (!reply.address.IsNumeric() && reply.host == "localhost");
}

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_OWN_HOST_H

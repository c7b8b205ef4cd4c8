#ifndef BOUNCELAB_DETECTORS_ANALYSIS_OWN_HOST_H
#define BOUNCELAB_DETECTORS_ANALYSIS_OWN_HOST_H

#include "detectors/readers/reported-reply.h"
#include "formats/text.h"

namespace bouncelab::detectors
{

/// Whether the other end of a connection is the sending host itself: at the loopback nobody else
/// answers.
inline bool
IsAtOwnHost(const ReportedReply& reply)
{
    const std::string address = reply.address.ToString();
    return StartsWith(address, "127.") || address == "::1" ||
           (!reply.address.IsNumeric() && reply.host == "localhost");
}

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_OWN_HOST_H

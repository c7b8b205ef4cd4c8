#ifndef BOUNCELAB_DETECTORS_ANALYSIS_SPLIT_SERVER_H
#define BOUNCELAB_DETECTORS_ANALYSIS_SPLIT_SERVER_H

#include "detectors/analysis/smtp-session.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// TCP answers from near by, and what is said comes from far behind it.
struct SplitServer
{
    std::int64_t nearNs = 0;      //!< The connection's round trip.
    std::int64_t farNs = 0;       //!< The quickest of the far replies.
    bool helloIsNear = false;     //!< The reply to EHLO or HELO came from near by.
    std::vector<const Turn*> far; //!< Replies, at least three.
};

/**
 * Whether one session's replies come from further away than its TCP, every time: also those that
 * cost a server nothing (DATA, QUIT, RSET, NOOP), of which one at least was seen. A server that is
 * slow now and then has quick ones among them.
 */
std::optional<SplitServer> FindSplitServer(const SmtpSession& session);

/**
 * The address that the server takes for its client's, where that is not the one in the capture and
 * no NAT explains it: a client with a public address needs none.
 */
std::optional<HostAddress> ForeignEcho(const SmtpSession& session);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_SPLIT_SERVER_H

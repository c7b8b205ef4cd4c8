#ifndef BOUNCELAB_DETECTORS_ANALYSIS_MAIL_DENIALS_H
#define BOUNCELAB_DETECTORS_ANALYSIS_MAIL_DENIALS_H

#include "detectors/readers/server-logs.h"

#include <set>
#include <vector>

namespace bouncelab::detectors
{

/// What a firewall of the sender's own denied: connections from inside to ports for mail. Rows of
/// connections that stand already are none.
std::vector<const InFile<FirewallEvent>*> OutboundMailDenials(const ServerLogs& logs);

/// The addresses outside to which they were.
std::set<HostAddress> DeniedServers(const ServerLogs& logs);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_MAIL_DENIALS_H

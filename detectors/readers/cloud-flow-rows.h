#ifndef BOUNCELAB_DETECTORS_READERS_CLOUD_FLOW_ROWS_H
#define BOUNCELAB_DETECTORS_READERS_CLOUD_FLOW_ROWS_H

#include "detectors/readers/firewall-log-reader.h"

#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/**
 * What a line of a cloud's flow log tells of TCP, less line and text: a row of AWS's VPC flow logs
 * in the default format of version 2, a document of Azure's NSG flow logs (version 1 or 2), an
 * entry or an array of entries of Google's firewall rules logging and VPC flow logs. Of an Azure
 * tuple that continues or ends a flow, nothing: its beginning tells.
 *
 * \return empty where the line is of none of these
 */
std::vector<FirewallEvent> ReadCloudFlows(std::string_view text);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_CLOUD_FLOW_ROWS_H

#ifndef BOUNCELAB_DETECTORS_ANALYSIS_DELIVERED_LATER_H
#define BOUNCELAB_DETECTORS_ANALYSIS_DELIVERED_LATER_H

#include "detectors/readers/server-logs.h"

#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab::detectors
{

/// What arrived after all, by the logs that tell what failed before.
class DeliveredLater
{
  public:
    explicit DeliveredLater(const ServerLogs& logs);

    /// The first delivery of the message behind the line of a failure that was not final, to its
    /// recipient if the failure names one; null = the log shows none.
    const InFile<TrackedEvent>* After(const InFile<ReportedReply>& failure) const;

  private:
    /// By file and the server's number of the message.
    std::map<std::pair<std::string_view, std::string_view>,
             std::vector<const InFile<TrackedEvent>*>>
        m_delivered;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_DELIVERED_LATER_H

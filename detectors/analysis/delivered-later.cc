#include "detectors/analysis/delivered-later.h"

#include <algorithm>

namespace bouncelab::detectors
{

DeliveredLater::DeliveredLater(const ServerLogs& logs)
{
    for (const InFile<TrackedEvent>& event : logs.tracked)
    {
        if (event.record.event == "SEND" || event.record.event == "DELIVER")
        {
            m_delivered[{event.file, event.record.internalId}].push_back(&event);
        }
    }
}

const InFile<TrackedEvent>*
DeliveredLater::After(const InFile<ReportedReply>& failure) const
{
    const ReportedReply& reply = failure.record;
    const auto message = m_delivered.find({failure.file, reply.queueId});
    if (reply.isFinal || reply.queueId.empty() || message == m_delivered.end())
    {
        return nullptr;
    }
    const auto found =
        std::find_if(message->second.begin(),
                     message->second.end(),
                     [&](const InFile<TrackedEvent>* event)
                     {
                         const std::vector<std::string>& to = event->record.recipients;
                         return event->record.line > reply.line &&
                                (reply.recipient.empty() ||
                                 std::find(to.begin(), to.end(), reply.recipient) != to.end());
                     });
    return found == message->second.end() ? nullptr : *found;
}

} // namespace bouncelab::detectors

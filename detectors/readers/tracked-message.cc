#include "detectors/readers/tracked-message.h"

namespace bouncelab::detectors
{

void
TrackedMessage::HandOn(const std::function<void(const TrackedEvent&)>& handler)
{
    for (TrackedEvent& event : events)
    {
        event.messageId = messageId;
        event.sender = sender;
        event.returnPath = sender.empty() ? "<>" : sender;
        if (event.event == "RECEIVE")
        {
            event.client = client;
            event.clientName = clientName;
            event.reference = reference;
            event.user = user;
            for (const TrackedEvent& other : events)
            {
                if (!other.recipients.empty() && other.event != "RECEIVE")
                {
                    event.recipients.push_back(other.asked.empty() ? other.recipients.front()
                                                                   : other.asked);
                }
            }
        }
        handler(event);
    }
}

} // namespace bouncelab::detectors

#ifndef BOUNCELAB_DETECTORS_READERS_TRACKED_MESSAGE_H
#define BOUNCELAB_DETECTORS_READERS_TRACKED_MESSAGE_H

#include "detectors/readers/message-tracking-reader.h"
#include "detectors/readers/protocol-sessions.h"
#include "detectors/readers/reported-reply.h"
#include "formats/address.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// Who takes what a mail program's log tells.
struct MailLogHandlers
{
    std::function<void(const TrackedEvent&)> event;
    std::function<void(const ReportedReply&)> reply;
    std::function<void(LogSession&&)> session;
};

/// A message in a log whose rows tell of it one thing at a time.
struct TrackedMessage
{
    std::string messageId;
    std::string sender;
    std::string clientName;
    std::optional<HostAddress> client;
    std::string user;      //!< Whom the client authenticated as.
    std::string reference; //!< Of a report: the message that it reports on.
    std::vector<TrackedEvent> events;

    /// Hands the events on, each with what other rows told of the message.
    void HandOn(const std::function<void(const TrackedEvent&)>& handler);
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_TRACKED_MESSAGE_H

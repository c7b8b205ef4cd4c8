#ifndef BOUNCELAB_LAB_RUN_MESSAGE_TRACKER_H
#define BOUNCELAB_LAB_RUN_MESSAGE_TRACKER_H

#include "formats/address.h"
#include "lab/evidence/message-tracking-log.h"
#include "models/connector/connector-observer.h"
#include "models/mail/queue-event.h"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::run
{

/**
 * Follows the messages of one Exchange server from their receipt to their end and writes the
 * message tracking log: RECEIVE for what comes in, by SMTP or from a mailbox; SEND, DELIVER, DEFER
 * and FAIL for what becomes of each recipient; DSN for each report that the server makes, with the
 * Message-ID of what it is about.
 */
class MessageTracker
{
  public:
    /// How a message came in by SMTP.
    struct Receipt
    {
        const smtp::ConnectionInfo& connection;
        std::string_view hello;
        std::string_view context; //!< As a protocol log names the session.
        std::string_view connectorId;
    };

    /// \param serverName,server short name and address of the server
    MessageTracker(std::unique_ptr<evidence::MessageTrackingLog> log,
                   std::string serverName,
                   Ipv4 server);

    void OnQueued(const Receipt& receipt, const connector::QueuedEvent& event);
    void OnQueueEvent(const mail::QueueEvent& event);

    void Close() { m_log->Close(); }

  private:
    /// What later rows need of a message.
    struct Message
    {
        std::uint64_t internalId = 0;
        std::int64_t arrivedNs = 0;
        std::string messageId;
        std::string subject;
        std::string from; //!< Of the header; else the envelope's sender.
        std::string returnPath;
        std::uint64_t bytes = 0;
    };

    void Arrived(const mail::QueueEvent& info, Message& message);
    void Ended(const mail::QueueEvent& event, const Message& message);
    evidence::MessageTrackingRecord RecordOf(const Message& message, std::int64_t timeNs) const;

    std::unique_ptr<evidence::MessageTrackingLog> m_log;
    std::string m_serverName;
    Ipv4 m_server;
    std::set<std::uint64_t> m_bySmtp;               //!< Queued next, by their internal numbers.
    std::map<std::uint64_t, Message> m_messages;    //!< In the queue, by serial.
    std::map<std::uint64_t, std::string> m_reports; //!< Serial to what it is about.
};

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_MESSAGE_TRACKER_H

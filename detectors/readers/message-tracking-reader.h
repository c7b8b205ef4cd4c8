#ifndef BOUNCELAB_DETECTORS_READERS_MESSAGE_TRACKING_READER_H
#define BOUNCELAB_DETECTORS_READERS_MESSAGE_TRACKING_READER_H

#include "detectors/readers/text-line-reader.h"
#include "formats/address.h"
#include "formats/clock.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// One event of a message, in the words of Exchange's message tracking log; other logs are read as
/// such, too. No words of Exchange's are REFUSE, recipients that were turned away, and REMOVE, a
/// message that an administrator took out of the queue.
struct TrackedEvent
{
    std::uint32_t line = 0; //!< From 1.
    WallTime time{};
    std::optional<HostAddress> client;
    std::string clientName;
    std::string context; //!< "08CE6E5DA8B26408;2011-11-16T04:11:55.890Z;0"
    std::string source;  //!< "SMTP"
    std::string event;   //!< "RECEIVE"
    std::string internalId;
    std::string messageId;
    std::vector<std::string> recipients;
    std::vector<std::string> statuses;
    std::string sender;
    std::string returnPath;
    std::string user;                  //!< Of a RECEIVE: whom the client authenticated as.
    std::string asked;                 //!< The recipient as it came, where the server rewrote it.
    std::string reference;             //!< Of a DSN: the Message-ID of what it reports on.
    std::optional<HostAddress> server; //!< Of a SEND: who took it.
    std::uint64_t octets = 0;          //!< 0 = not told.
    std::string text;                  //!< The line as it stands.
};

/**
 * Reads message tracking logs. Columns are found by the "#Fields:" line before the rows, so that
 * the lists of other versions are read too; rows without one are passed over.
 */
class MessageTrackingReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const TrackedEvent&)>;

    explicit MessageTrackingReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    std::string_view Kind() const override { return "Exchange message tracking log"; }

    void End() override {}

  private:
    void ReadColumns(std::string_view list);

    Handler m_handler;
    std::vector<int> m_columns; //!< Per column of the log: which member it fills, or -1.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_MESSAGE_TRACKING_READER_H

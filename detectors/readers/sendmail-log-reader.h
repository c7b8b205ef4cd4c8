#ifndef BOUNCELAB_DETECTORS_READERS_SENDMAIL_LOG_READER_H
#define BOUNCELAB_DETECTORS_READERS_SENDMAIL_LOG_READER_H

#include "detectors/readers/message-tracking-reader.h"
#include "detectors/readers/text-line-reader.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/**
 * Reads sendmail's lines in a syslog as events of messages, in the words of Exchange's tracking
 * log:
 *
 *  - `from=`: RECEIVE by SMTP, or STOREDRIVER for what a program of the host submitted, with the
 *    recipients that `to=` lines name; REFUSE where `ruleset=check_rcpt` turned every one away;
 *  - `to=`: SEND, or DELIVER by the local mailer; DEFER; FAIL. The status is what `stat=` says;
 *  - `DSN:`: DSN, whose reference is the Message-ID of what it reports on.
 *
 * The queue id is the internal id. A syslog stamp has no year and no zone: events count from the
 * first stamp's year as 1970, UTC, which orders them. They are handed out at the end of the file.
 */
class SendmailLogReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const TrackedEvent&)>;

    explicit SendmailLogReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    std::string_view Kind() const override { return "Sendmail log"; }

    void End() override;

  private:
    /// What lines of one queue id tell of a message.
    struct Message
    {
        std::string messageId;
        std::string sender;
        std::vector<std::string> refused;
        std::vector<std::string> refusals;
        std::vector<std::size_t> events; //!< Into m_events.
    };

    void ReadFrom(std::string_view id, std::string_view text, TrackedEvent event);
    void ReadTo(std::string_view id, std::string_view text, TrackedEvent event);
    void ReadReject(std::string_view id, std::string_view text, const TrackedEvent& event);

    /// Gives a message's events what its other lines tell. Each recipient goes to one receipt, the
    /// last before it or else the first, so that what is held grows with the file and no faster.
    void Complete(Message& message);

    Handler m_handler;
    std::map<std::string, Message, std::less<>> m_messages; //!< By queue id.
    std::vector<TrackedEvent> m_events;
    /// Who logged on, by the process that serves the connection.
    std::map<std::string, std::string> m_users;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_SENDMAIL_LOG_READER_H

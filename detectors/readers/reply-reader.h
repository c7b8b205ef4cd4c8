#ifndef BOUNCELAB_DETECTORS_READERS_REPLY_READER_H
#define BOUNCELAB_DETECTORS_READERS_REPLY_READER_H

#include "detectors/readers/protocol-sessions.h"
#include "detectors/readers/reported-reply.h"
#include "detectors/readers/text-line-reader.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/**
 * Finds the replies that a text reports, whatever program wrote it: bounces of Exim, qmail,
 * Sendmail and others, delivery status notifications, queue listings, exceptions of mail libraries,
 * the logs of Exim and Sendmail, and rows of IIS that lost their columns. Postfix's log and dialogs
 * have readers of their own.
 *
 * A reply of several lines is one, and the same reply told twice in a text (for people, and in the
 * delivery status) too. What is said around it gives the other end's name and address, the step and
 * the recipient.
 */
class ReplyReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const ReportedReply&)>;

    using SessionHandler = std::function<void(LogSession&&)>;

    /// \param sessions gets what Exim's log tells of clients that it refused, one session each.
    /// \param file index of the file whose lines come.
    ReplyReader(Handler handler, SessionHandler sessions, std::uint16_t file)
        : m_handler(std::move(handler))
        , m_sessions(std::move(sessions))
        , m_file(file)
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "reported replies"; }

  private:
    struct SendmailMessage
    {
        std::string messageId;
        std::string sender;
        std::string host;
        HostAddress address;
    };

    bool ReadContext(std::string_view text);
    bool ReadSendmail(std::uint32_t number, std::string_view line);
    bool ReadUncolumned(std::uint32_t number, std::string_view text);
    bool ReadFailure(std::uint32_t number, std::string_view text, std::string_view program);
    bool ReadRejection(std::uint32_t number, std::string_view line);
    bool GoOn(std::string_view text);
    void Begin(std::uint32_t number, std::string_view text, const struct FoundReply& found);
    void HandOn();

    Handler m_handler;
    SessionHandler m_sessions;
    std::uint16_t m_file;
    std::map<std::string, LogSession> m_refused; //!< By client.
    bool m_isOpen = false;
    bool m_isWhole = true; //!< No more words of the open one follow.
    ReportedReply m_open;
    std::string m_program; //!< That the text seems to come from.
    std::string m_host;    //!< Said before the reply.
    HostAddress m_address;
    std::string m_stage;
    std::string m_recipient;
    std::map<std::string, SendmailMessage> m_messages; //!< By queue id.
    std::vector<ReportedReply> m_bounced;
    std::map<std::string, std::size_t> m_told; //!< Words of replies, to m_bounced.
    std::string m_status;                      //!< Of a notification.
    std::uint32_t m_contextLine = 0;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_REPLY_READER_H

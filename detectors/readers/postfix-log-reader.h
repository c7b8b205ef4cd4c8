#ifndef BOUNCELAB_DETECTORS_READERS_POSTFIX_LOG_READER_H
#define BOUNCELAB_DETECTORS_READERS_POSTFIX_LOG_READER_H

#include "detectors/readers/syslog-stamp.h"
#include "detectors/readers/text-line-reader.h"
#include "detectors/readers/tracked-message.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/**
 * Reads Postfix's log, of whatever instance and whatever service names: what smtpd answered, as
 * sessions; what became of each message, as events of tracking logs; and the replies of others, or
 * that there were none.
 */
class PostfixLogReader : public TextLineReader
{
  public:
    /// \param file index of the file whose lines come.
    PostfixLogReader(MailLogHandlers handlers, std::uint16_t file)
        : m_handlers(std::move(handlers))
        , m_file(file)
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "Postfix log"; }

  private:
    struct Message : TrackedMessage
    {
        bool isRemoved = false;  //!< It left the queue.
        bool isReported = false; //!< Its sender, or the postmaster, was told.
    };

    struct Current
    {
        std::uint32_t number;
        std::string_view line;
        const SyslogRow& row;
    };

    void ReadServer(const Current& at);
    void ReadReject(const Current& at, std::string_view text);
    void ReadDelivery(const Current& at, std::string_view id, std::string_view text);
    void ReadQueue(const Current& at, std::string_view id, std::string_view text);
    bool ReadHandshake(const Current& at, std::string_view text);
    bool ReadConnectFailure(const Current& at, std::string_view text);
    TrackedEvent EventOf(const Current& at, std::string_view id, std::string_view event) const;
    ReportedReply ReplyOf(const Current& at) const;
    LogSession& SessionOf(const Current& at, std::string_view client);
    static void Say(LogSession& session,
                    const Current& at,
                    std::uint16_t file,
                    std::string_view command,
                    std::string_view answer);
    void Close(const std::string& process);
    void NoteWarning(const Current& at, std::string_view text);
    std::string TroubleOf(const Current& at, std::string_view service, std::string_view said) const;
    void HandOnCalls(std::string_view process, std::string_view id, const std::string& recipient);

    MailLogHandlers m_handlers;
    std::uint16_t m_file;
    std::map<std::string, Message> m_messages; //!< By queue id.
    std::map<std::string, LogSession> m_open;  //!< By smtpd's process.
    /// Calls that failed, by smtp's process: its next delivery tells whose they were.
    std::map<std::string, std::vector<ReportedReply>, std::less<>> m_calls;
    /// Handshakes that failed, by smtp's process, until a delivery tells what came of it.
    std::map<std::string, ReportedReply, std::less<>> m_handshakes;
    /// What a process said of a program of its own host that does not answer.
    std::map<std::string, std::string, std::less<>> m_troubles;
    std::vector<ReportedReply> m_replies;
    std::vector<ReportedReply> m_attempts; //!< What servers said before the next was tried.
    std::uint64_t m_number = 0;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_POSTFIX_LOG_READER_H

#ifndef BOUNCELAB_DETECTORS_READERS_EXIM_LOG_READER_H
#define BOUNCELAB_DETECTORS_READERS_EXIM_LOG_READER_H

#include "detectors/readers/text-line-reader.h"
#include "detectors/readers/tracked-message.h"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/**
 * Reads Exim's main log, bare or behind syslog's prefix: arrivals (`<=`), deliveries (`=>`, `->`,
 * `>>`), deferrals (`==`) and failures (`**`) of messages as events of tracking logs; the replies
 * of others, or that there were none; and what Exim refused itself, as sessions, one a client.
 */
class EximLogReader : public TextLineReader
{
  public:
    /// \param file index of the file whose lines come.
    EximLogReader(MailLogHandlers handlers, std::uint16_t file)
        : m_handlers(std::move(handlers))
        , m_file(file)
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "Exim log"; }

    bool IsExclusive() const override { return true; }

  private:
    struct Row
    {
        std::uint32_t number;
        std::string_view line;
        WallTime time;
        std::string id;        //!< Empty where the row is of no message.
        std::string_view text; //!< Behind stamp, process and id.
    };

    bool ReadMessage(const Row& row);
    void ReadArrival(const Row& row, std::string_view text);
    void ReadDelivery(const Row& row, std::string_view flag, std::string_view text);
    bool ReadAttempt(const Row& row);
    bool ReadRejection(const Row& row);
    TrackedEvent EventOf(const Row& row, std::string_view name) const;
    ReportedReply ReplyOf(const Row& row) const;
    void Tell(ReportedReply reply);

    MailLogHandlers m_handlers;
    std::uint16_t m_file;
    std::map<std::string, TrackedMessage> m_messages; //!< By id.
    std::map<std::string, LogSession> m_refused;      //!< By client.
    std::vector<ReportedReply> m_replies;
    std::set<std::string> m_told; //!< Of replies that a row tells once more for its recipient.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_EXIM_LOG_READER_H

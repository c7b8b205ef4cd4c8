#ifndef BOUNCELAB_DETECTORS_READERS_MESSAGE_TRACE_READER_H
#define BOUNCELAB_DETECTORS_READERS_MESSAGE_TRACE_READER_H

#include "detectors/readers/message-tracking-reader.h"
#include "detectors/readers/reported-reply.h"
#include "detectors/readers/text-line-reader.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab::detectors
{

/**
 * Finds what Microsoft 365 tells of messages, as its message trace exports it (CSV, with a column
 * `recipient_status` or with columns `RecipientAddress` and `Status`), and what
 * `Get-MessageTrackingLog` and `Get-MessageTrace` print, as a table with lists in braces or as
 * lists of properties. A row of which the status alone says that a message did not arrive is handed
 * on as a failure, too: "status Failed".
 */
class MessageTraceReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const TrackedEvent&)>;
    using Failed = std::function<void(const ReportedReply&)>;

    MessageTraceReader(Handler handler, Failed failed)
        : m_handler(std::move(handler))
        , m_failed(std::move(failed))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "message trace"; }

    bool IsExclusive() const override { return m_isOwn; }

  private:
    bool ReadHeader(std::string_view text);
    bool ReadRow(std::uint32_t number, std::string_view text);
    bool ReadTable(std::uint32_t number, std::string_view text);
    bool ReadProperty(std::uint32_t number, std::string_view text);
    void TellStatus(const TrackedEvent& event, const std::string& status);
    void Flush();

    Handler m_handler;
    Failed m_failed;
    std::vector<std::string> m_columns; //!< Of a CSV, in lower case without underscores.
    std::vector<std::string> m_lists;   //!< Columns of a table that hold lists, in order.
    std::optional<TrackedEvent> m_open; //!< Of a list of properties.
    bool m_isOwn = false;               //!< The last line tells what became of a message.
    bool m_inStatus = false;            //!< Its status goes on in the next line.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_MESSAGE_TRACE_READER_H

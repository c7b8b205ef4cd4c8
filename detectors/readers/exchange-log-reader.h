#ifndef BOUNCELAB_DETECTORS_READERS_EXCHANGE_LOG_READER_H
#define BOUNCELAB_DETECTORS_READERS_EXCHANGE_LOG_READER_H

#include "detectors/readers/reported-reply.h"
#include "detectors/readers/text-line-reader.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/**
 * Finds what failed in Exchange's connectivity log and agent log, each by its own "#Fields:", and
 * in what its cmdlets print: Test-Mailflow, Get-MessageTrace as a table, Get-MessageTraceDetail.
 */
class ExchangeLogReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const ReportedReply&)>;

    explicit ExchangeLogReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "Exchange log"; }

  private:
    bool ReadHeader(std::string_view text);
    bool ReadConnectivity(std::uint32_t number, std::string_view text);
    bool ReadAgent(std::uint32_t number, std::string_view text);
    bool ReadTrace(std::uint32_t number, std::string_view text);
    bool ReadDetail(std::uint32_t number, std::string_view text);
    std::vector<std::string> FieldsOf(std::string_view text) const;
    std::string ValueOf(const std::vector<std::string>& fields, std::string_view column) const;

    Handler m_handler;
    std::vector<std::string> m_columns; //!< In lower case; of a log with such columns.
    bool m_isTable = false;             //!< Rows of a message trace follow.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_EXCHANGE_LOG_READER_H

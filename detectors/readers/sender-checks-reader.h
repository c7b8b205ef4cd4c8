#ifndef BOUNCELAB_DETECTORS_READERS_SENDER_CHECKS_READER_H
#define BOUNCELAB_DETECTORS_READERS_SENDER_CHECKS_READER_H

#include "detectors/readers/text-line-reader.h"
#include "formats/address.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab::detectors
{

/// What a receiver says of who sent a message: the header field Authentication-Results.
struct SenderChecks
{
    std::uint32_t line = 0;
    std::string text;
    std::string receiver;
    std::string spf;
    std::string dkim;
    std::string dmarc;
    std::string words; //!< The whole field.
    // Of an aggregate report:
    std::uint64_t messages = 0; //!< 0 = it is of one message.
    HostAddress source;
    bool isOwnSignature = false; //!< A signature of the domain in From does not hold.
};

/// Finds header fields Authentication-Results, folded or not, outside and inside prose.
class SenderChecksReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const SenderChecks&)>;

    explicit SenderChecksReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "Authentication-Results"; }

  private:
    Handler m_handler;
    std::optional<SenderChecks> m_open;
};

/// Finds receivers' aggregate reports by DMARC (RFC 7489, appendix C).
class AggregateReportReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const SenderChecks&)>;

    explicit AggregateReportReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "DMARC aggregate report"; }

  private:
    void Finish();

    Handler m_handler;
    std::string m_xml; //!< Empty outside of a report.
    std::uint32_t m_line = 0;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_SENDER_CHECKS_READER_H

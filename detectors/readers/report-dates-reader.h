#ifndef BOUNCELAB_DETECTORS_READERS_REPORT_DATES_READER_H
#define BOUNCELAB_DETECTORS_READERS_REPORT_DATES_READER_H

#include "detectors/readers/text-line-reader.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace bouncelab::detectors
{

/// The two dates that a non-delivery report of Exchange 2000 or 2003 gives for a recipient.
struct ReportDates
{
    std::uint32_t line = 0; //!< With the failure, from 1.
    std::string text;       //!< Of that line, cut to the recipient and the date.
    std::string sent;       //!< "3/22/2002 5:47 PM"
    std::string failed;
    std::int64_t sentMinutes = 0; //!< Both in one zone that is not told; since 1970.
    std::int64_t failedMinutes = 0;
};

/**
 * Finds reports that begin with "Your message did not reach some or all of the intended
 * recipients." (S004-14, S004-15), in a mailbox or inside prose, with or without their
 * line ends: "Sent:" with a date, and a date behind each recipient's " on ". A date is
 * month/day/year h:mm AM or PM.
 */
class ReportDatesReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const ReportDates&)>;

    explicit ReportDatesReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    std::string_view Kind() const override { return "non-delivery report"; }

    void End() override {}

  private:
    Handler m_handler;
    int m_left = 0; //!< Lines of a report that may follow; 0 = in none.
    ReportDates m_dates;
    bool m_isSent = false;
};

/// Minutes since 1970 of "3/22/2002 5:47 PM" at the front of a text; nothing if there is none.
/// \param length how long it is
std::optional<std::int64_t> ParseUsDate(std::string_view text, std::size_t& length);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_REPORT_DATES_READER_H

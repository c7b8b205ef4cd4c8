#include "detectors/detector.h"
#include <fmt/format.h>

#include <set>
#include <string>
#include <utility>

namespace bouncelab::detectors
{

namespace report_dates
{

constexpr std::string_view DATES = "inconsistent.dates";
constexpr AlertRule SIGNATURE{"report-dates",
                              1100109,
                              "BOUNCELAB report failed before it was sent"};
constexpr std::int64_t CLOCKS_APART = 10; //!< Minutes that are nothing.

std::string
Length(std::int64_t minutes)
{
    return fmt::format("{} d {} h {} min", minutes / 1440, minutes / 60 % 24, minutes % 60);
}

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    std::set<std::pair<std::string, std::string>> told; // the same report in several mailboxes
    for (const auto& [file, dates] : analysis.GetContext().logs.reportDates)
    {
        const std::int64_t early = dates.sentMinutes - dates.failedMinutes;
        if (early <= CLOCKS_APART || !told.insert({dates.text, dates.sent}).second)
        {
            continue;
        }
        Alert alert;
        alert.time = WallTime(std::chrono::minutes(dates.failedMinutes));
        alert.signatureId = SIGNATURE.id;
        alert.signature = SIGNATURE.text;
        alert.detector = SIGNATURE.detector;
        alert.category = "Dates that cannot be";
        alert.severity = 3;
        alert.dottedClass = DATES;
        alert.score = 0.9;
        alert.evidence.log.push_back({file, dates.line, dates.text});
        alert.evidence.explanation =
            fmt::format("A report says that the message was sent on {} and failed on {}, {} "
                        "earlier: the sender's or the server's clock is wrong, or one of the "
                        "dates; neither can be used to order logs.",
                        dates.sent,
                        dates.failed,
                        Length(early));
        sink.Add(std::move(alert));
    }
}

} // namespace report_dates

/**
 * Reports that say a message failed before it was sent (S004-16). The failure's time is
 * the server's, the sending time the sender's, both written in one zone: one of two clocks is
 * wrong, or one of two dates. Up to ten minutes are what clocks of strangers differ by.
 */
extern const Detector REPORT_DATES{report_dates::SIGNATURE,
                                   "non-delivery reports whose failure lies before the sending",
                                   {{kinds::MAILBOXES}, {"inconsistent.dates"}},
                                   nullptr,
                                   report_dates::Conclude};

} // namespace bouncelab::detectors

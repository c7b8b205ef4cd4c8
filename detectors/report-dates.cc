#include "detectors/report-dates.h"

#include <fmt/format.h>

#include <set>
#include <string>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

constexpr std::string_view DATES = "inconsistent.dates";
constexpr std::uint32_t SIGNATURE = 1100109;
constexpr std::int64_t CLOCKS_APART = 10; //!< Minutes that are nothing.
constexpr std::int64_t MINUTE_NS = 60LL * 1000000000;

std::string
Length(std::int64_t minutes)
{
    return fmt::format("{} d {} h {} min", minutes / 1440, minutes / 60 % 24, minutes % 60);
}

} // namespace

void
ReportDatesDetector::Conclude(const Surroundings& surroundings, AlertSink& sink)
{
    std::set<std::pair<std::string, std::string>> told; // the same report in several mailboxes
    for (const auto& [file, dates] : surroundings.logs.reportDates)
    {
        const std::int64_t early = dates.sentMinutes - dates.failedMinutes;
        if (early <= CLOCKS_APART || !told.insert({dates.text, dates.sent}).second)
        {
            continue;
        }
        Alert alert;
        alert.timeNs = dates.failedMinutes * MINUTE_NS;
        alert.signatureId = SIGNATURE;
        alert.signature = "BOUNCELAB report failed before it was sent";
        alert.detector = NAME;
        alert.category = "Dates that cannot be";
        alert.severity = 3;
        alert.dottedClass = DATES;
        alert.score = 0.9;
        alert.evidence.log.push_back({file, dates.line, dates.text});
        alert.evidence.explanation = fmt::format(
            "A report says that the message was sent on {} and failed on {}, {} before: the clock "
            "of "
            "the sender or of the server is wrong, or one of the dates; neither is fit for putting "
            "logs in order.",
            dates.sent,
            dates.failed,
            Length(early));
        sink.Add(std::move(alert));
    }
}

} // namespace bouncelab::detectors

#ifndef BOUNCELAB_DETECTORS_REPORT_DATES_H
#define BOUNCELAB_DETECTORS_REPORT_DATES_H

#include "detectors/detector.h"

namespace bouncelab::detectors
{

/**
 * Reports that say a message failed before it was sent (S004-16). The failure's time is
 * the server's, the sending time the sender's, both written in one zone: one of two clocks is
 * wrong, or one of two dates. Up to ten minutes are what clocks of strangers differ by.
 */
class ReportDatesDetector : public Detector
{
  public:
    static constexpr std::string_view NAME = "report-dates";

    std::string_view Name() const override { return NAME; }

    std::string_view Description() const override
    {
        return "non-delivery reports whose failure lies before the sending";
    }

    Scope Covers() const override { return {{kinds::MAILBOXES}, {"inconsistent.dates"}}; }

    void Judge(const Evidence&, AlertSink&) override {}

    void Conclude(const Surroundings& surroundings, AlertSink& sink) override;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_REPORT_DATES_H

#ifndef BOUNCELAB_DETECTORS_TARPIT_H
#define BOUNCELAB_DETECTORS_TARPIT_H

#include "detectors/analysis/talk-detector.h"

namespace bouncelab::detectors
{

/**
 * Replies that a server holds back on purpose: by a constant, and mostly error replies only
 * (facts F19, F20), or as its own log says ("Tarpit for ..."). Told apart: a connector's 5 s
 * (tarpit.connector), a filter's 60 s (tarpit.filter), other constants (tarpit.delay), delays of
 * everything as an address gets that left while it was being delayed, back pressure
 * (overload.back-pressure), delayed acknowledgments (benign) and plain slowness (benign).
 */
class Tarpit : public TalkDetector
{
  public:
    static constexpr std::string_view NAME = "tarpit";

    using TalkDetector::TalkDetector;

    std::string_view Name() const override { return NAME; }

    std::string_view Description() const override
    {
        return "replies held back by a constant, against plain slowness";
    }

    Scope Covers() const override
    {
        return {{kinds::PACKETS, kinds::SERVER_LOG, kinds::SEND_LOG},
                {"tarpit", "overload.back-pressure"}};
    }

  protected:
    LogDetail Needs() const override { return LogDetail::Codes; }

    void JudgeTalks(const std::vector<Talk>& talks,
                    const Surroundings& surroundings,
                    AlertSink& sink) override;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_TARPIT_H

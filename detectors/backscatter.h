#ifndef BOUNCELAB_DETECTORS_BACKSCATTER_H
#define BOUNCELAB_DETECTORS_BACKSCATTER_H

#include "detectors/analysis/talk-detector.h"

namespace bouncelab::detectors
{

/**
 * Reports (NDRs) that a server sends to people who never sent the mail (S004-19, S004-26):
 * a client delivers mail in many senders' names that are not its own, the server accepts it and
 * reports to those senders. Each report is led back to the message that it answers. Benign: reports
 * that go where the mail came from, and the few of a smarthost's many senders.
 */
class Backscatter : public TalkDetector
{
  public:
    static constexpr std::string_view NAME = "backscatter";

    using TalkDetector::TalkDetector;

    std::string_view Name() const override { return NAME; }

    std::string_view Description() const override
    {
        return "reports to senders who did not send, by how much goes out for what comes in";
    }

    Scope Covers() const override
    {
        return {{kinds::PACKETS, kinds::SERVER_LOG, kinds::SEND_LOG, kinds::TRACKING_LOG},
                {"backscatter"}};
    }

  protected:
    LogDetail Needs() const override { return LogDetail::Transactions; }

    bool JudgesAll() const override { return true; }

    void JudgeTalks(const std::vector<Talk>& talks,
                    const Surroundings& surroundings,
                    AlertSink& sink) override;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_BACKSCATTER_H

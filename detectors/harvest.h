#ifndef BOUNCELAB_DETECTORS_HARVEST_H
#define BOUNCELAB_DETECTORS_HARVEST_H

#include "detectors/analysis/talk-detector.h"

namespace bouncelab::detectors
{

/**
 * A client that guesses mailboxes: it asks for many recipients of which most are unknown, and sends
 * nothing to those that it finds (S004-19). Says what it was told, and how long a guess
 * took it. Told apart: a list with stale addresses, whose messages follow (silent, or inconclusive
 * where most are unknown), verification of senders by others (inconclusive), a user's typing errors
 * (silent).
 */
class Harvest : public TalkDetector
{
  public:
    static constexpr std::string_view NAME = "harvest";

    using TalkDetector::TalkDetector;

    std::string_view Name() const override { return NAME; }

    std::string_view Description() const override
    {
        return "a client that guesses mailboxes by their RCPT replies";
    }

    Scope Covers() const override
    {
        return {{kinds::PACKETS, kinds::SERVER_LOG, kinds::SEND_LOG}, {"harvest"}};
    }

  protected:
    LogDetail Needs() const override { return LogDetail::Codes; }

    void JudgeTalks(const std::vector<Talk>& talks,
                    const Surroundings& surroundings,
                    AlertSink& sink) override;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_HARVEST_H

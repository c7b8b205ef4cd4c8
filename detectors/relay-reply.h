#ifndef BOUNCELAB_DETECTORS_RELAY_REPLY_H
#define BOUNCELAB_DETECTORS_RELAY_REPLY_H

#include "detectors/analysis/talk-detector.h"

namespace bouncelab::detectors
{

/**
 * The verdict of third-party relay testers: a server that answers RCPT for a foreign address with
 * 2xx is called an open relay.
 *
 * Shipped to be shown wrong (S004-06, S004-07, S004-21): a reply tells that a recipient
 * was accepted, not where its mail goes. RelayEgress is the detector to believe.
 */
class RelayReply : public TalkDetector
{
  public:
    static constexpr std::string_view NAME = "relay-reply";
    static constexpr std::string_view TRANSCRIPTS = "transcripts"; //!< Of relay testers.

    using TalkDetector::TalkDetector;

    std::string_view Name() const override { return NAME; }

    std::string_view Description() const override
    {
        return "naive: an open relay by its replies to RCPT alone, as relay testers judge";
    }

    Scope Covers() const override
    {
        return {{kinds::PACKETS, kinds::SERVER_LOG, TRANSCRIPTS}, {"relay"}};
    }

  protected:
    LogDetail Needs() const override { return LogDetail::Codes; }

    void JudgeTalks(const std::vector<Talk>& talks,
                    const Surroundings& surroundings,
                    AlertSink& sink) override;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_RELAY_REPLY_H

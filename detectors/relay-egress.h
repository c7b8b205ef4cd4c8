#ifndef BOUNCELAB_DETECTORS_RELAY_EGRESS_H
#define BOUNCELAB_DETECTORS_RELAY_EGRESS_H

#include "detectors/analysis/talk-detector.h"

namespace bouncelab::detectors
{

/**
 * Whether mail for a foreign domain that came from outside without authentication left the server
 * again (S004-21: the only proof).
 *
 * Each message that came in is looked for in what the server sent afterwards, by Message-ID, by
 * content, or by sender and the recipient that routing makes of the one asked for. What left is an
 * open relay's (relay.mail) where the recipient's form routed it, or where mail left for several
 * domains; one domain alone may be a backup MX's and is inconclusive, or benign where several
 * clients use it and relaying for others is refused. Benign as well: mail of clients that
 * authenticated, and accepted mail that came back as a report or was kept. Nothing is said of
 * refused mail.
 */
class RelayEgress : public TalkDetector
{
  public:
    static constexpr std::string_view NAME = "relay-egress";

    using TalkDetector::TalkDetector;

    std::string_view Name() const override { return NAME; }

    std::string_view Description() const override
    {
        return "strangers' mail for foreign domains that leaves the server again";
    }

    Scope Covers() const override
    {
        return {{kinds::PACKETS, kinds::SERVER_LOG, kinds::TRACKING_LOG}, {"relay"}};
    }

  protected:
    LogDetail Needs() const override { return LogDetail::Transactions; }

    bool JudgesAll() const override { return true; }

    void JudgeTalks(const std::vector<Talk>& talks,
                    const Surroundings& surroundings,
                    AlertSink& sink) override;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_RELAY_EGRESS_H

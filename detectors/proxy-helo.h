#ifndef BOUNCELAB_DETECTORS_PROXY_HELO_H
#define BOUNCELAB_DETECTORS_PROXY_HELO_H

#include "detectors/analysis/talk-detector.h"

namespace bouncelab::detectors
{

/**
 * A user's submission that somebody else's host speaks, seen from the server (S000-10,
 * -15, -19, -20): a sender of the server's own domain comes unauthenticated from a foreign address,
 * the client names itself after a third domain, and leaves the AUTH that it is offered.
 *
 * That alone is also how a spoofing spammer, a mailing service and a smarthost look. So the
 * client's other sessions and the sender's are weighed: a sender who authenticates elsewhere, other
 * domains' mail from the same address and recipients outside are signs of a provider's proxy; many
 * unknown recipients and many senders are signs of spoofing and leave it undecided; one sender to
 * many recipients, or many senders behind a host whose name and address agree, are benign.
 */
class ProxyHelo : public TalkDetector
{
  public:
    static constexpr std::string_view NAME = "proxy-helo";

    using TalkDetector::TalkDetector;

    std::string_view Name() const override { return NAME; }

    std::string_view Description() const override
    {
        return "a user's mail spoken by a host of another domain, without the user's AUTH";
    }

    Scope Covers() const override { return {{kinds::PACKETS, kinds::SERVER_LOG}, {"intercepted"}}; }

  protected:
    void JudgeTalks(const std::vector<Talk>& talks,
                    const Surroundings& surroundings,
                    AlertSink& sink) override;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_PROXY_HELO_H

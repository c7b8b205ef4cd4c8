#ifndef BOUNCELAB_DETECTORS_DHA_BAN_H
#define BOUNCELAB_DETECTORS_DHA_BAN_H

#include "detectors/analysis/talk-detector.h"

namespace bouncelab::detectors
{

/**
 * A server that refuses an address whatever it asks for: the same permanent reply at once to every
 * recipient, known ones included (S000-01, fact F37), as after too many invalid
 * recipients. Refusals of the recipient, of relaying or by a blocklist are something else and
 * nothing is said of them.
 */
class DhaBan : public TalkDetector
{
  public:
    static constexpr std::string_view NAME = "dha-ban";

    using TalkDetector::TalkDetector;

    std::string_view Name() const override { return NAME; }

    std::string_view Description() const override
    {
        return "a client's address refused whatever recipient it names";
    }

    Scope Covers() const override
    {
        return {{kinds::PACKETS, kinds::SERVER_LOG, kinds::SEND_LOG, kinds::CLIENT_ERRORS},
                {"ban"}};
    }

  protected:
    void JudgeTalks(const std::vector<Talk>& talks,
                    const Surroundings& surroundings,
                    AlertSink& sink) override;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_DHA_BAN_H

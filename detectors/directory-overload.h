#ifndef BOUNCELAB_DETECTORS_DIRECTORY_OVERLOAD_H
#define BOUNCELAB_DETECTORS_DIRECTORY_OVERLOAD_H

#include "detectors/analysis/talk-detector.h"

namespace bouncelab::detectors
{

/**
 * A directory that cannot keep up with the lookups of recipients (S004-19, third reason):
 * replies to RCPT are late or fail for now (451 4.3.0), for several clients, whether they accept or
 * refuse, and the more so the more is asked, while the server's other replies and its TCP stay
 * quick. Where nothing shows that load makes it worse, or one client alone is seen, that is
 * inconclusive. Slowness of everything and tarpits are other detectors'.
 */
class DirectoryOverload : public TalkDetector
{
  public:
    static constexpr std::string_view NAME = "directory-overload";

    using TalkDetector::TalkDetector;

    std::string_view Name() const override { return NAME; }

    std::string_view Description() const override
    {
        return "replies to RCPT that are late or fail under load while all others are quick";
    }

    Scope Covers() const override
    {
        return {{kinds::PACKETS, kinds::SERVER_LOG, kinds::SEND_LOG}, {"overload.directory"}};
    }

  protected:
    LogDetail Needs() const override { return LogDetail::Codes; }

    void JudgeTalks(const std::vector<Talk>& talks,
                    const Surroundings& surroundings,
                    AlertSink& sink) override;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_DIRECTORY_OVERLOAD_H

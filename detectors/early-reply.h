#ifndef BOUNCELAB_DETECTORS_EARLY_REPLY_H
#define BOUNCELAB_DETECTORS_EARLY_REPLY_H

#include "detectors/detector.h"

namespace bouncelab::detectors
{

/**
 * Data that answer something before the path's round trip has passed were sent by somebody nearer
 * than the host whose address they bear (S003-25). Silent where the whole connection
 * answers that fast, as behind a front end.
 */
class EarlyReply : public Detector
{
  public:
    static constexpr std::string_view NAME = "early-reply";

    std::string_view Name() const override { return NAME; }

    std::string_view Description() const override
    {
        return "a reply that came earlier than the path's round trip allows";
    }

    Scope Covers() const override { return {{kinds::PACKETS}, {"forged"}}; }

    void Judge(const Evidence& evidence, AlertSink& sink) override;
};

/// The early replies of a flow, for detectors that build on them.
std::vector<Finding> FindEarlyReplies(const Evidence& evidence);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_EARLY_REPLY_H

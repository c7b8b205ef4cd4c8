#ifndef BOUNCELAB_DETECTORS_OVERLAP_CONFLICT_H
#define BOUNCELAB_DETECTORS_OVERLAP_CONFLICT_H

#include "detectors/detector.h"

namespace bouncelab::detectors
{

/**
 * Two segments carry different bytes for the same sequence numbers (S003-28). One of them
 * is forged when its headers or its time show another sender; when both come from one sender's
 * stream, the bytes are merely inconsistent (edited capture, evasion by the sender itself).
 */
class OverlapConflict : public Detector
{
  public:
    static constexpr std::string_view NAME = "overlap-conflict";

    std::string_view Name() const override { return NAME; }

    std::string_view Description() const override
    {
        return "different bytes for the same sequence numbers";
    }

    Scope Covers() const override { return {{kinds::PACKETS}, {"forged"}}; }

    void Judge(const Evidence& evidence, AlertSink& sink) override;
};

/// The conflicts of a flow, forged and merely inconsistent ones.
std::vector<Finding> FindConflicts(const Evidence& evidence);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_OVERLAP_CONFLICT_H

#ifndef BOUNCELAB_DETECTORS_HEADER_OUTLIER_H
#define BOUNCELAB_DETECTORS_HEADER_OUTLIER_H

#include "detectors/detector.h"

namespace bouncelab::detectors
{

/**
 * A data segment whose headers differ in several independent ways from everything else that its
 * sender shows in the flow (S003-43). One deviation alone is never enough.
 */
class HeaderOutlier : public Detector
{
  public:
    static constexpr std::string_view NAME = "header-outlier";

    std::string_view Name() const override { return NAME; }

    std::string_view Description() const override
    {
        return "data whose TTL, IP ID, DF, timestamp and window are not its sender's";
    }

    Scope Covers() const override { return {{kinds::PACKETS}, {"forged"}}; }

    void Judge(const Evidence& evidence, AlertSink& sink) override;
};

/// The outliers of a flow.
std::vector<Finding> FindHeaderOutliers(const Evidence& evidence);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_HEADER_OUTLIER_H

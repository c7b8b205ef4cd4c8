#ifndef BOUNCELAB_DETECTORS_PHANTOM_ACK_H
#define BOUNCELAB_DETECTORS_PHANTOM_ACK_H

#include "detectors/detector.h"

namespace bouncelab::detectors
{

/**
 * One side acknowledges bytes that the other side never sent (S003-29): somebody else gave
 * it these bytes. Convicts when the other side itself goes on below the acknowledgment, or when the
 * bytes came in a segment that is accused for other reasons; where packets may merely be missing
 * from the capture it says that this evidence cannot tell.
 */
class PhantomAck : public Detector
{
  public:
    static constexpr std::string_view NAME = "phantom-ack";

    std::string_view Name() const override { return NAME; }

    std::string_view Description() const override
    {
        return "an acknowledgment of bytes that the other side never sent";
    }

    Scope Covers() const override { return {{kinds::PACKETS}, {"forged"}}; }

    void Judge(const Evidence& evidence, AlertSink& sink) override;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_PHANTOM_ACK_H

#ifndef BOUNCELAB_DETECTORS_FORGED_RESET_H
#define BOUNCELAB_DETECTORS_FORGED_RESET_H

#include "detectors/detector.h"

namespace bouncelab::detectors
{

/**
 * A reset that its side did not send: the rules of Weaver, Sommer, Paxson (NDSS 2009) with their
 * guards, and the marks of known injectors (facts I11, I12). Prefers misses over false alarms: a
 * reset after a FIN or another reset is never accused, and no rule alone convicts.
 */
class ForgedReset : public Detector
{
  public:
    static constexpr std::string_view NAME = "forged-reset";

    std::string_view Name() const override { return NAME; }

    std::string_view Description() const override
    {
        return "a reset that the side whose address it bears did not send";
    }

    Scope Covers() const override { return {{kinds::PACKETS}, {"forged"}}; }

    void Judge(const Evidence& evidence, AlertSink& sink) override;
};

/// The forged resets of a flow.
std::vector<Finding> FindForgedResets(const Evidence& evidence);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_FORGED_RESET_H

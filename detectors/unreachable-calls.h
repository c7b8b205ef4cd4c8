#ifndef BOUNCELAB_DETECTORS_UNREACHABLE_CALLS_H
#define BOUNCELAB_DETECTORS_UNREACHABLE_CALLS_H

#include "detectors/detector.h"

/// The part of the detector of connections that are never made that looks at captures.
namespace bouncelab::detectors
{

namespace unreachable
{

constexpr AlertRule SIGNATURE{"unreachable", 1100121, "BOUNCELAB no mail session takes place"};

/// SYNs to a mail port that no TCP answers.
void JudgeCalls(const Evidence& evidence, Analysis& analysis, AlertSink& sink);

} // namespace unreachable

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_UNREACHABLE_CALLS_H

#ifndef BOUNCELAB_DETECTORS_ACCUSATIONS_H
#define BOUNCELAB_DETECTORS_ACCUSATIONS_H

#include "detectors/detector.h"

namespace bouncelab::detectors
{

/// What all detectors of single segments accuse in a flow, each segment once, in order of capture.
/// Faults only. Detectors that build on an accusation start from here.
std::vector<Finding> FindAccusations(const Evidence& evidence);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ACCUSATIONS_H

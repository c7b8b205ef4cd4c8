#ifndef BOUNCELAB_DETECTORS_REGISTRY_H
#define BOUNCELAB_DETECTORS_REGISTRY_H

#include "detectors/detector.h"

#include <memory>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/// One of each detector, in the order of the registry.
std::vector<std::unique_ptr<Detector>> AllDetectors();

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_REGISTRY_H

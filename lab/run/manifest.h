#ifndef BOUNCELAB_LAB_RUN_MANIFEST_H
#define BOUNCELAB_LAB_RUN_MANIFEST_H

#include "lab/run/run-spec.h"
#include "lab/scenario/scenario.h"

#include <nlohmann/json.hpp>

namespace bouncelab::run
{

/**
 * What a run says of itself, and all that decides what it writes: scenario text and hash, versions,
 * seed, and every parameter with its default.
 */
nlohmann::ordered_json ManifestOf(const RunSpec& spec, const scenario::Scenario& scenario);

/// Writes that to manifest.json. The digests of the run's files join it when the run is sealed
/// (lab/score).
void WriteManifest(const RunSpec& spec, const scenario::Scenario& scenario);

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_MANIFEST_H

#ifndef BOUNCELAB_LAB_RUN_MANIFEST_H
#define BOUNCELAB_LAB_RUN_MANIFEST_H

#include "lab/run/run-spec.h"
#include "lab/spec/scenario.h"

namespace bouncelab::run
{

/**
 * Writes manifest.json: scenario text and hash, versions, seed, every parameter with its default,
 * and the SHA-256 of every file below evidence/ and truth/. It is the last file of a run's own.
 */
void WriteManifest(const RunSpec& spec, const spec::Scenario& scenario);

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_MANIFEST_H

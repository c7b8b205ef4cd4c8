#ifndef BOUNCELAB_LAB_RUN_RUN_ONE_H
#define BOUNCELAB_LAB_RUN_RUN_ONE_H

#include "lab/run/run-spec.h"

namespace bouncelab::run
{

/**
 * Carries out one run in the calling process: builds the world, lets it happen, and writes
 * manifest.json, evidence/ and truth/ below spec.out. ns-3 is process-wide, so a process calls this
 * once.
 *
 * \throws scenario::ScenarioError for bad input, before anything is written
 * \throws MachineError if a file cannot be written
 */
void RunOne(const RunSpec& spec);

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_RUN_ONE_H

#ifndef BOUNCELAB_LAB_CLI_EXPECTED_H
#define BOUNCELAB_LAB_CLI_EXPECTED_H

#include "lab/cli/exit-code.h"
#include "lab/score/run-score.h"

namespace bouncelab::cli
{

/// The exit code that a score stands for.
ExitCode CodeOf(const score::RunScore& score);

} // namespace bouncelab::cli

#endif // BOUNCELAB_LAB_CLI_EXPECTED_H

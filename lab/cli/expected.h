#ifndef BOUNCELAB_LAB_CLI_EXPECTED_H
#define BOUNCELAB_LAB_CLI_EXPECTED_H

#include "lab/cli/exit-code.h"
#include "lab/scenario/expectations.h"
#include "lab/score/run-score.h"

#include <string>

namespace bouncelab::cli
{

/// What expect.yaml beside a scenario says of a variant; nothing where there is none.
/// \throws scenario::ScenarioError
scenario::Expectations ExpectationsFor(const std::string& scenarioFile, const std::string& variant);

/// The exit code that a score stands for.
ExitCode CodeOf(const score::RunScore& score);

} // namespace bouncelab::cli

#endif // BOUNCELAB_LAB_CLI_EXPECTED_H

#ifndef BOUNCELAB_LAB_CLI_MATRIX_CALLS_H
#define BOUNCELAB_LAB_CLI_MATRIX_CALLS_H

#include "lab/cli/commands.h"
#include "lab/judge/matrix-judge.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::cli
{

/// The runs that a command judges detectors on.
struct MatrixCall
{
    std::vector<std::string> names;
    std::uint64_t seed = 1;
    std::uint64_t runs = 1;
    unsigned jobs = 0; //!< 0 = one a processor.
    std::string out = "results";
    std::vector<std::string> vantages;
};

/// SCENARIO, --seed, --runs, --jobs, --out, --vantage.
void AddMatrixOptions(CLI::App& command, MatrixCall& call);

/// The variants; checks that they resolve and have such vantages, and that there are such seeds.
/// \throws InputError, scenario::ScenarioError
std::vector<ChosenVariant> ChooseRuns(Shell& shell, const MatrixCall& call);

/// Judges over these runs, with progress. A run that fails is said, raised, and ends it.
std::vector<score::JudgedCell> JudgeMatrix(Shell& shell,
                                           const MatrixCall& call,
                                           const std::vector<ChosenVariant>& choices,
                                           const judge::Subject& subject,
                                           const std::filesystem::path& records,
                                           const run::WorkFolders& folders);

} // namespace bouncelab::cli

#endif // BOUNCELAB_LAB_CLI_MATRIX_CALLS_H

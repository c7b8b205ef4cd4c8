#ifndef BOUNCELAB_LAB_RUN_RUN_MANY_H
#define BOUNCELAB_LAB_RUN_RUN_MANY_H

#include "lab/run/run-spec.h"

#include <functional>
#include <string>
#include <vector>

namespace bouncelab::run
{

/// What happens to every run besides running: which detectors judge it.
struct RunManyOptions
{
    unsigned jobs = 1;
    std::filesystem::path detector;  //!< bouncelab-detect; empty = no detectors.
    std::filesystem::path temporary; //!< Folder for what detectors are shown; see Judge().
};

/// Carries out one run in the calling process, as RunOne() does, and starts the detectors on it.
/// \param list what the detectors say of themselves (DetectorList()) \throws DetectorError
void RunAndJudge(const RunSpec& spec, const RunManyOptions& options, const std::string& list);

/// Called as runs finish, in the order of the specs. \return false to start no further run.
using RunCallback = std::function<bool(const RunResult&)>;

/**
 * Carries out runs, each in a process of its own, at most `jobs` at once; then starts the detectors
 * on each vantage: a process that is shown a copy of that vantage's evidence under a name that says
 * nothing, and whose alerts land in verdicts/<detector>/<vantage>.jsonl.
 *
 * The calling process must not have used ns-3's simulator.
 *
 * \return the runs that were started, in the order of the specs
 * \throws DetectorError if the detectors cannot say what they are
 */
std::vector<RunResult> RunMany(const std::vector<RunSpec>& specs,
                               const RunManyOptions& options,
                               const RunCallback& callback = {});

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_RUN_MANY_H

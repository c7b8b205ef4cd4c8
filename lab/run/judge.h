#ifndef BOUNCELAB_LAB_RUN_JUDGE_H
#define BOUNCELAB_LAB_RUN_JUDGE_H

#include <filesystem>
#include <stdexcept>
#include <string>

namespace bouncelab::run
{

/// A detector crashed, ran too long or could not read its evidence.
class DetectorError : public std::runtime_error
{
    using std::runtime_error::runtime_error;
};

/// What `--list --json` of a program says about its detectors. \throws DetectorError
std::string DetectorList(const std::filesystem::path& program);

/**
 * Lets the built-in detectors judge every vantage of a run. For each vantage one process is
 * started, on a copy of the vantage's evidence in a temporary folder with a drawn name: nothing
 * that it can see tells the scenario, the variant or the vantage; its working folder is that
 * folder, and its environment is empty but for path, language and zone. Its alerts are put into
 * verdicts/<detector>/<vantage>.jsonl, one file per detector, empty ones included.
 *
 * \param run folder of the run; \param program bouncelab-detect
 * \param list of its detectors, written to verdicts/detectors.json unless it is empty
 * \param temporary folder for the copies; empty = the machine's temporary place
 * \throws DetectorError, MachineError
 */
void Judge(const std::filesystem::path& run,
           const std::filesystem::path& program,
           const std::string& list = {},
           const std::filesystem::path& temporary = {});

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_JUDGE_H

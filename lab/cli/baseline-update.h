#ifndef BOUNCELAB_LAB_CLI_BASELINE_UPDATE_H
#define BOUNCELAB_LAB_CLI_BASELINE_UPDATE_H

#include "lab/score/baseline.h"
#include "lab/score/run-folder.h"

#include <filesystem>
#include <map>
#include <string>

namespace bouncelab::cli
{

/// Collects the fingerprints of runs and puts them into the baselines, a file a variant.
class BaselineUpdate
{
  public:
    /**
     * \param results the folder that holds baselines/ and the list of changes
     * \param cause why values change, in one line; the list names it with each of them
     */
    BaselineUpdate(std::filesystem::path results, std::string cause);

    void Add(const score::RunFolder& run);

    /**
     * Writes the baseline of each variant of which all seeds are there, and beside them
     * baseline-changes.tsv: every cell that changed, with its old and its new value.
     *
     * \throws std::runtime_error where a file cannot be written
     */
    void Write() const;

  private:
    std::filesystem::path m_results;
    std::string m_cause;
    std::map<std::filesystem::path, score::Baseline> m_baselines; //!< By file.
};

} // namespace bouncelab::cli

#endif // BOUNCELAB_LAB_CLI_BASELINE_UPDATE_H

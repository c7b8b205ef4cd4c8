#ifndef BOUNCELAB_LAB_SCORE_RUN_PROBE_H
#define BOUNCELAB_LAB_SCORE_RUN_PROBE_H

#include "lab/score/consequences.h"
#include "lab/score/separation.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace bouncelab::score
{

/// A trait that tells a variant with a fault from every variant without.
struct Finding
{
    std::string trait;
    std::string rule; //!< Of runs with the fault: ">= 1000".
    double accuracy = 0;
    double p = 1;
    std::string cause; //!< By the list of consequences; empty = nobody has explained it.
};

/// A variant with a fault against those without.
struct Comparison
{
    std::string variant;
    std::set<std::string> classes; //!< Of its faults, that the clean ones have not.
    std::vector<std::string> clean;
    Phase phase = Phase::Before;
    std::size_t seeds = 0;
    Separation separation;
    std::vector<Finding> findings; //!< By trait.

    std::size_t Unexplained() const;
};

/// With fewer, nothing that is seen in all runs held out would be significant.
constexpr std::size_t LEAST_SEEDS = 14;

/**
 * Looks for artifacts of the lab in the runs of one scenario: for traits of evidence by which runs
 * with a fault could be told from runs without, although nothing has happened yet, or although
 * nothing of what has happened causes them.
 *
 * Truth says which runs have a fault. The clean variants are those with the fewest classes of
 * faults (of most scenarios: none); each other variant whose runs have further classes is held
 * against them. Its onset is the first fault of such a class, in each seed; the clean runs of that
 * seed are cut at the same moment.
 *
 * \param runs folders of runs of one scenario, several variants and seeds
 * \throws std::runtime_error where there are too few seeds
 */
std::vector<Comparison> ProbeRuns(const std::vector<std::filesystem::path>& runs,
                                  Consequences& consequences);

/// All that is known of it.
nlohmann::ordered_json ToJson(const std::string& scenario, const Comparison& comparison);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_RUN_PROBE_H

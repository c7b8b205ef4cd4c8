#ifndef BOUNCELAB_LAB_SCORE_RUN_SCORE_H
#define BOUNCELAB_LAB_SCORE_RUN_SCORE_H

#include "lab/score/detector-score.h"
#include "lab/score/fidelity/fidelity.h"
#include "lab/score/mail-outcome.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace bouncelab::score
{

/// Everything that a run is worth.
struct RunScore
{
    std::string scenario;
    std::string variant;
    std::uint64_t seed = 0;
    std::vector<std::string> settings; //!< See RunFolder::Settings().
    TrueOutcome outcome;
    std::vector<FaultEvent> events;
    std::vector<std::vector<std::string>> visibleFrom; //!< By event: vantages, without unions.
    std::vector<FidelityRow> fidelity;
    std::vector<DetectorScore> detectors;
    std::vector<ExpectationMiss> misses;
    std::set<std::pair<std::string, std::string>> expected; //!< Detector and vantage.

    /// Whether anything is expected of the run: a claim, or what a detector says.
    bool HasExpectations() const;

    bool AsExpected() const;

    /// Whether nothing that a detector was expected to say of a vantage was missed.
    bool IsExpected(const DetectorScore& score) const;

    /// Whether expectations speak of it, too: then what it says was thought of beforehand.
    bool WasForeseen(const DetectorScore& score) const;
};

/**
 * Holds a finished run against the truth and what is expected of it.
 *
 * \throws scenario::ScenarioError, std::runtime_error
 */
RunScore ScoreRun(const RunFolder& run, const scenario::Expectations& expectations);

/// score.json.
nlohmann::ordered_json ToJson(const RunScore& score);

/**
 * Completes a run's folder: writes fidelity.json and score.json, and the digest of every other file
 * into manifest.json (key `files`).
 */
void SealRun(const std::filesystem::path& folder, const RunScore& score);

/**
 * Holds a run's folder against the digests in its manifest. A live run has none.
 *
 * \throws std::runtime_error that names the first file that is damaged, missing, or was added to
 * evidence, truth or verdicts
 */
void CheckSeal(const std::filesystem::path& folder);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_RUN_SCORE_H

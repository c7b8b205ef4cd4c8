#ifndef BOUNCELAB_LAB_SCORE_BASELINE_H
#define BOUNCELAB_LAB_SCORE_BASELINE_H

#include "lab/score/fingerprint.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace bouncelab::score
{

/// A baseline holds the runs with the seeds 1 to this.
constexpr std::uint64_t BASELINE_SEEDS = 5;

/// What was reviewed and is not to change unseen, by seed: FOLDER/<scenario>/<variant>.json.
using Baseline = std::map<std::uint64_t, Fingerprints>;

/// \throws std::runtime_error when the file is missing or damaged
Baseline ReadBaseline(const std::filesystem::path& file);

void WriteBaseline(const std::filesystem::path& file, const Baseline& baseline);

/// One value in which two runs differ.
struct BaselineChange
{
    std::string what; //!< "wire", "verdicts", "claims"
    std::string cell; //!< Of verdicts and claims: "dha-ban/joined", "S003-06"; else empty.
    std::string
        before; //!< "none" where there was none, "not stored" where a baseline has no cells.
    std::string after;
};

/// An ingredient that differs, and behind verdicts and claims every cell of theirs that does.
std::vector<BaselineChange> Changes(const Fingerprints& before, const Fingerprints& after);

/// What differs: "verdicts: found 1 fault, ..., expected 2 fault, ...", one line an ingredient.
std::vector<std::string> Differences(const Fingerprints& found, const Fingerprints& expected);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_BASELINE_H

#ifndef BOUNCELAB_LAB_SCORE_BASELINE_H
#define BOUNCELAB_LAB_SCORE_BASELINE_H

#include "lab/score/fingerprint.h"
#include "lab/score/run-folder.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::score
{

/// What was reviewed and is not to change unseen: FOLDER/<scenario>/<variant>.json.
struct Baseline
{
    std::uint64_t seed = 0;
    Fingerprints fingerprints;
};

/// Nothing where no baseline was ever written. \throws std::runtime_error when it is damaged
std::optional<Baseline> ReadBaseline(const std::filesystem::path& folder,
                                     const std::string& scenario,
                                     const std::string& variant);

/// Writes the baseline of a run's variant.
void WriteBaseline(const std::filesystem::path& folder,
                   const RunFolder& run,
                   const Fingerprints& fingerprints);

/// The names of the ingredients that differ.
std::vector<std::string> ChangedIngredients(const Fingerprints& before, const Fingerprints& now);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_BASELINE_H

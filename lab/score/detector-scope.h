#ifndef BOUNCELAB_LAB_SCORE_DETECTOR_SCOPE_H
#define BOUNCELAB_LAB_SCORE_DETECTOR_SCOPE_H

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::score
{

/// What a detector says that it can judge. One that says nothing reads and finds anything.
struct DetectorScope
{
    std::set<std::string> reads; //!< Kinds of evidence (formats/evidence-kind.h); empty = any.

    /// Classes, or families of them; nothing = any, empty = none: what it says are hints.
    std::optional<std::set<std::string>> finds;

    bool isBaseline = false; //!< `role: baseline`: there to be compared with.

    /// Holds it to these classes and families, or to every class where `all` is among them.
    void Find(const std::vector<std::string>& classes);

    /// Whether a place that holds these kinds of evidence lets it judge.
    bool CanRead(const std::set<std::string>& held) const;

    /// Whether it looks for faults of a class.
    bool LooksFor(std::string_view dottedClass) const;
};

/**
 * What a list of detectors says of them, by name: what `bouncelab-detect --list --json` prints.
 *
 * \param source of the text, for messages
 * \throws std::runtime_error
 */
std::map<std::string, DetectorScope> ScopesFrom(const std::string& text, const std::string& source);

/**
 * What detectors said of themselves in a run's folder (verdicts/detectors.json), by name; empty
 * where there is no such file.
 *
 * \throws std::runtime_error when the file is not what `bouncelab-detect --list --json` prints
 */
std::map<std::string, DetectorScope> ReadScopes(const std::filesystem::path& run);

/**
 * The kinds of evidence that the folder of a vantage holds, those of its members included: what is
 * collected there, even if nothing has been written yet. Told by the names that the lab gives.
 */
std::set<std::string> KindsIn(const std::filesystem::path& folder);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_DETECTOR_SCOPE_H

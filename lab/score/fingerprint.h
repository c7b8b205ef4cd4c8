#ifndef BOUNCELAB_LAB_SCORE_FINGERPRINT_H
#define BOUNCELAB_LAB_SCORE_FINGERPRINT_H

#include "lab/score/run-folder.h"

#include <map>
#include <optional>
#include <string>

namespace bouncelab::score
{

/// One value each of what the digests of verdicts and claims are about.
struct JudgedCells
{
    /// "dha-ban/joined" to "9 fault, 1f00ba12", the beginning of a digest of what they said.
    std::map<std::string, std::string> verdicts;
    std::map<std::string, std::string> claims; //!< "S003-06" to "missed: 7241 bytes".
};

/**
 * Digests of a sealed run by ingredient, so that one sees what changed: when only `wire` does,
 * times or counters moved and the dialogue did not.
 *
 * Verdicts and claims are digested as values that were read, not as bytes of a file, and say how
 * many there are before their digest, so that one sees whether one changed, came or went.
 */
struct Fingerprints
{
    std::string order;    //!< Who sent which flags and bytes to whom, in order, for each capture.
    std::string wire;     //!< The captures as they stand, times and all.
    std::string logs;     //!< Every other file of evidence.
    std::string truth;    //!< labels.jsonl; the annotated captures repeat it and the wire.
    std::string verdicts; //!< What detectors said of whom, where, and by which evidence.
    std::string verdictTexts;         //!< The words that they said it in, and the lines they quote.
    std::string claims;               //!< fidelity.json: id, kind, simulated value, held or missed.
    std::optional<JudgedCells> cells; //!< Nothing where a baseline of old has none.
};

/// \throws std::runtime_error when a capture, a verdict or fidelity.json cannot be read
Fingerprints FingerprintsOf(const RunFolder& run);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_FINGERPRINT_H

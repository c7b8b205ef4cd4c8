#ifndef BOUNCELAB_LAB_SCORE_FINGERPRINT_H
#define BOUNCELAB_LAB_SCORE_FINGERPRINT_H

#include "lab/score/run-folder.h"

#include <string>

namespace bouncelab::score
{

/**
 * Digests of a run by ingredient, so that one sees what changed: when only `wire` does, times or
 * counters moved and the dialogue did not.
 */
struct Fingerprints
{
    std::string order; //!< Who sent which flags and bytes to whom, in order, for each capture.
    std::string wire;  //!< The captures as they stand, times and all.
    std::string logs;  //!< Every other file of evidence.
    std::string truth; //!< labels.jsonl; the annotated captures repeat it and the wire.
};

/// \throws std::runtime_error when a capture cannot be read
Fingerprints FingerprintsOf(const RunFolder& run);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_FINGERPRINT_H

#ifndef BOUNCELAB_DETECTORS_EACH_FILE_H
#define BOUNCELAB_DETECTORS_EACH_FILE_H

#include "detectors/detector.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/**
 * Judges every file below a folder as a case of its own, in the order of their names.
 *
 * \param chosen the detectors
 * \param write gets one JSON object with its line end for each file: `file`, `flows` that were
 *     judged, `twoWay` those of which both directions were captured, `alerts`; and `problem` where
 *     nothing of it was read
 * \return what was wrong with the folder, or nothing
 */
std::optional<std::string> JudgeEach(const std::vector<const Detector*>& chosen,
                                     const std::filesystem::path& folder,
                                     const std::function<void(const std::string& line)>& write);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_EACH_FILE_H

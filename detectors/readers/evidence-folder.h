#ifndef BOUNCELAB_DETECTORS_READERS_EVIDENCE_FOLDER_H
#define BOUNCELAB_DETECTORS_READERS_EVIDENCE_FOLDER_H

#include "detectors/detector.h"
#include "detectors/readers/file-reading.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// What happens while evidence is read.
struct EvidenceHandler
{
    /// A flow has ended; everything that lies beside it is known already.
    std::function<void(const Evidence&)> flow;
    /// Something could not be read, or not wholly: one sentence with the file's name.
    std::function<void(const std::string&)> note;
    /// What was read of each file, when all is read; may be empty.
    std::function<void(const FileReading&)> file = {};
};

/**
 * Reads the evidence of one case: folders with everything below them, and files of any kind.
 *
 * Kinds are told by content, never by name: captures; texts that hold printed packets, traceroutes,
 * log lines or bounces, in any mixture; compressed by gzip, xz or zstd or not. Texts are read
 * first, then captures in order of their names, then printed packets; a printed flow that a capture
 * holds too is judged once, in the capture. Printed stamps without a year get it from the log, else
 * from a capture; a log line that shows its host's time zone gives that too. An empty *.txt or
 * *.log had nothing to tell, which is no problem. Whatever is left out is counted, and which files
 * are does not depend on their order in the folder.
 *
 * \return nothing when all was read; one clear sentence when a path itself cannot be read, or the
 * only one is a file that cannot be judged at all: empty, noise, a capture of an unknown link type,
 * a text in which nothing is recognized.
 */
std::optional<std::string> ReadEvidence(const std::vector<std::filesystem::path>& paths,
                                        EvidenceContext& context,
                                        const EvidenceHandler& handler);

inline std::optional<std::string>
ReadEvidence(const std::filesystem::path& path,
             EvidenceContext& context,
             const EvidenceHandler& handler)
{
    return ReadEvidence(std::vector<std::filesystem::path>{path}, context, handler);
}

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_EVIDENCE_FOLDER_H

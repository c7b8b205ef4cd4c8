#ifndef BOUNCELAB_DETECTORS_READERS_EVIDENCE_FILES_H
#define BOUNCELAB_DETECTORS_READERS_EVIDENCE_FILES_H

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// A file that a call hands over, or that lies below a folder of it.
struct EvidenceFile
{
    std::filesystem::path path;
    std::string name; //!< As alerts name it.
};

/// What a call hands over.
struct EvidenceFiles
{
    std::vector<EvidenceFile> files;   //!< In order of their names, 10,000 at most.
    std::size_t leftOut = 0;           //!< Further ones.
    std::vector<std::string> noFiles;  //!< Names of what stands in a folder and is no file.
    std::vector<std::string> cutShort; //!< Folders that could not be read to their end, and why.
};

/**
 * Finds the files of a call, those below folders included; links to folders are not followed.
 *
 * \return a sentence where a path cannot be read, is empty though the only one, or is a pipe
 */
std::optional<std::string> FindFiles(const std::vector<std::filesystem::path>& paths,
                                     EvidenceFiles& found);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_EVIDENCE_FILES_H

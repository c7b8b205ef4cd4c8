#ifndef BOUNCELAB_DETECTORS_READERS_FILE_KIND_H
#define BOUNCELAB_DETECTORS_READERS_FILE_KIND_H

#include <cstdio>
#include <filesystem>
#include <string>

namespace bouncelab::detectors
{

enum class FileKind
{
    Capture,
    Text,
    Other,
};

/// What a file is, by its first octets; it is rewound. \param what set to what else it seems to be
FileKind Sniff(std::FILE* file, std::string& what);

/// A text without a line is one that had nothing to tell, as where a mail program showed no error;
/// an empty file of any other name may be what is left of a capture.
bool IsEmptyText(const std::filesystem::path& path);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_FILE_KIND_H

#ifndef BOUNCELAB_LAB_SCORE_TEXT_FILE_H
#define BOUNCELAB_LAB_SCORE_TEXT_FILE_H

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::score
{

/// The bytes of a file. \throws std::runtime_error "cannot read FILE: reason"
std::string ReadTextFile(const std::filesystem::path& path);

/// Writes a file whole. \throws std::runtime_error "cannot write FILE: reason"
void WriteTextFile(const std::filesystem::path& path, std::string_view text);

/// The lines of a text without their line ends; a last line needs none.
std::vector<std::string_view> LinesOf(std::string_view text);

/// The regular files below a folder, as paths relative to it, sorted byte by byte.
std::vector<std::string> FilesBelow(const std::filesystem::path& folder);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_TEXT_FILE_H

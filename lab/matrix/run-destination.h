#ifndef BOUNCELAB_LAB_MATRIX_RUN_DESTINATION_H
#define BOUNCELAB_LAB_MATRIX_RUN_DESTINATION_H

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace bouncelab::matrix
{

/// Where one run ends up, and the folder in which it is made.
class RunDestination
{
  public:
    /// What became of a finished run.
    enum class WriteOutcome
    {
        Written,
        Unchanged, //!< The same bytes were there already, and stay.
        Replaced,
        Refused, //!< Other bytes are there, and --force was not given.
    };

    /// \param workshop on the same file system as the folder
    RunDestination(std::filesystem::path folder, std::filesystem::path workshop)
        : m_folder(std::move(folder))
        , m_stagingFolder(std::move(workshop))
    {
    }

    const std::filesystem::path& Folder() const { return m_folder; }

    /// Does not exist until the run makes it, nor after Settle().
    const std::filesystem::path& StagingFolder() const { return m_stagingFolder; }

    /// Puts the finished run into its place, whole and at once, or leaves what is there.
    /// \throws std::filesystem::filesystem_error
    WriteOutcome Settle(bool force) const;

  private:
    void Replace() const;

    std::filesystem::path m_folder;
    std::filesystem::path m_stagingFolder;
};

/// The files in which two runs' folders differ, or that only one has. Empty = byte-identical.
std::vector<std::string> DifferingFiles(const std::filesystem::path& a,
                                        const std::filesystem::path& b);

} // namespace bouncelab::matrix

#endif // BOUNCELAB_LAB_MATRIX_RUN_DESTINATION_H

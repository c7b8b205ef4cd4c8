#ifndef BOUNCELAB_LAB_CLI_RUN_DESTINATION_H
#define BOUNCELAB_LAB_CLI_RUN_DESTINATION_H

#include <filesystem>
#include <string>
#include <vector>

namespace bouncelab::cli
{

/**
 * Where one run ends up, and the hidden folder beside it in which it is made. What is cut off stays
 * hidden, and the next run clears it away.
 */
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

    /// \param tag tells two folders for the same place apart ("", "twice")
    RunDestination(std::filesystem::path folder, const std::string& tag = "");

    const std::filesystem::path& Folder() const { return m_folder; }

    /// The hidden folder; does not exist until the run makes it.
    const std::filesystem::path& StagingFolder() const { return m_stagingFolder; }

    /// Removes what earlier processes left half made, and makes the folder above.
    void Prepare() const;

    /// Puts the finished run into its place, or leaves what is there.
    WriteOutcome Settle(bool force) const;

    /// Removes the hidden folder, and the folders above that are empty because of it.
    void Discard() const;

  private:
    std::filesystem::path m_folder;
    std::filesystem::path m_stagingFolder;
};

/// The files in which two runs' folders differ, or that only one has. Empty = byte-identical.
std::vector<std::string> DifferingFiles(const std::filesystem::path& a,
                                        const std::filesystem::path& b);

} // namespace bouncelab::cli

#endif // BOUNCELAB_LAB_CLI_RUN_DESTINATION_H

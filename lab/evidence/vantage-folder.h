#ifndef BOUNCELAB_LAB_EVIDENCE_VANTAGE_FOLDER_H
#define BOUNCELAB_LAB_EVIDENCE_VANTAGE_FOLDER_H

#include "lab/evidence/output-file.h"

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::evidence
{

/**
 * The folder of one vantage. It opens files below itself, keeps account of them, and closes them.
 * Errors throw std::runtime_error (see OutputFile).
 */
class VantageFolder
{
  public:
    /// Creates the folder with its parents if need be.
    explicit VantageFolder(std::filesystem::path root);

    /**
     * Opens a file for writing, its sub-folders included, and keeps it open until Close().
     * A name that was opened before gives the same file.
     * \param name path below the folder, with '/' ("snort/203.131.198.80/TCP:60661-25").
     */
    OutputFile& Open(std::string_view name);

    /// Writes a whole file at once; a name that was used before is an error.
    void WriteFile(std::string_view name, std::string_view content);

    /// A path below the folder for a writer that opens its file itself; it is listed, and its
    /// sub-folders are made.
    std::filesystem::path Reserve(std::string_view name);

    /// A file that the caller keeps and closes; one that was written before is continued.
    std::unique_ptr<OutputFile> Append(std::string_view name);

    /// Flushes and closes what is open. Throws on the first file that could not be written.
    void Close();

    /// Names of all files so far, sorted by bytes.
    std::vector<std::string> List() const;

    const std::filesystem::path& GetRoot() const { return m_root; }

  private:
    std::filesystem::path m_root;
    std::set<std::string, std::less<>> m_names;
    std::map<std::string, std::unique_ptr<OutputFile>, std::less<>> m_open;
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_VANTAGE_FOLDER_H

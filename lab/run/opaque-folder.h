#ifndef BOUNCELAB_LAB_RUN_OPAQUE_FOLDER_H
#define BOUNCELAB_LAB_RUN_OPAQUE_FOLDER_H

#include <filesystem>

namespace bouncelab::run
{

/**
 * What a detector is shown: a copy of evidence in a folder whose name says nothing, with places for
 * what it writes. Goes with everything in it.
 */
class OpaqueFolder
{
  public:
    /**
     * \param parent empty = the machine's temporary place
     * \param evidence a folder, or a file, which keeps its name; empty = none. What in it is
     * neither file nor folder is left out
     * \throws MachineError, std::filesystem::filesystem_error
     */
    OpaqueFolder(const std::filesystem::path& parent, const std::filesystem::path& evidence);
    ~OpaqueFolder();

    OpaqueFolder(const OpaqueFolder&) = delete;
    OpaqueFolder& operator=(const OpaqueFolder&) = delete;

    const std::filesystem::path& Path() const { return m_path; }

    /// The copy: a folder or a file, as the evidence was.
    const std::filesystem::path& Evidence() const { return m_evidence; }

    /// An empty folder for alerts.
    std::filesystem::path Alerts() const { return m_path / "a"; }

    /// An empty folder for whatever else a detector writes.
    std::filesystem::path Scratch() const { return m_path / "t"; }

  private:
    std::filesystem::path m_path;
    std::filesystem::path m_evidence;
};

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_OPAQUE_FOLDER_H

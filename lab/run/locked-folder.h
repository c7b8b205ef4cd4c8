#ifndef BOUNCELAB_LAB_RUN_LOCKED_FOLDER_H
#define BOUNCELAB_LAB_RUN_LOCKED_FOLDER_H

#include <filesystem>
#include <string>
#include <vector>

namespace bouncelab::run
{

/**
 * The folder in which one invocation makes what is moved elsewhere or thrown away in the end. The
 * file `lock` in it is locked (flock) by everyone who works there: whoever can take that lock finds
 * the folder abandoned, on any machine that shares the disk.
 */
class LockedFolder
{
  public:
    /**
     * Makes the folder and those above it. First removes what earlier invocations of this user have
     * abandoned under such names.
     *
     * \param prefix of its path; six characters are added
     * \throws MachineError
     */
    explicit LockedFolder(const std::filesystem::path& prefix);

    /// Does what Remove() does. A process that ends without it leaves the folder to the others.
    ~LockedFolder();

    LockedFolder(const LockedFolder&) = delete;
    LockedFolder& operator=(const LockedFolder&) = delete;

    const std::filesystem::path& Path() const { return m_path; }

    /// Removes the folder with all that is in it, unless that has been done, and the folders above
    /// that were made for it and are empty.
    void Remove() const;

  private:
    /// Both return false if somebody removed the folder meanwhile, which nobody held yet.
    bool Make(const std::filesystem::path& prefix);
    bool Lock();
    bool IsThere() const;

    std::filesystem::path m_path;
    std::vector<std::filesystem::path> m_madeAbove; //!< Innermost first.
    int m_lock = -1;
};

/// Removes a folder with all that is in it, also what its makers have made unwritable. What cannot
/// be removed stays.
void RemoveAll(const std::filesystem::path& folder);

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_LOCKED_FOLDER_H

#include "lab/run/locked-folder.h"

#include "formats/machine-error.h"
#include "formats/text.h"

#include <cstdlib>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bouncelab::run
{

namespace
{

namespace fs = std::filesystem;

constexpr const char* LOCK = "lock";
constexpr const char* PLACES = "XXXXXX";
constexpr int MOST_TRIES = 100;

/// Folders that forbid to write hold on to what is in them.
void
LetWrite(const fs::path& folder)
{
    std::error_code ignored;
    fs::permissions(folder, fs::perms::owner_all, fs::perm_options::add, ignored);
    for (const auto& entry : fs::directory_iterator(folder, ignored))
    {
        if (!entry.is_symlink(ignored) && entry.is_directory(ignored))
        {
            LetWrite(entry.path());
        }
    }
}

/// The lock goes last: as long as it is there, somebody holds it or the next one removes the rest.
void
RemoveLocked(const fs::path& folder)
{
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored))
    {
        if (entry.path().filename() != LOCK)
        {
            RemoveAll(entry.path());
        }
    }
    fs::remove(folder / LOCK, ignored);
    fs::remove(folder, ignored);
}

bool
IsOwn(const fs::path& folder)
{
    struct stat status
    {
    };

    return lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
           status.st_uid == geteuid();
}

void
RemoveIfAbandoned(const fs::path& folder)
{
    const int lock = open((folder / LOCK).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (lock < 0)
    {
        // Its maker got no further than this, or makes the lock now and will see that it is gone.
        rmdir(folder.c_str());
        return;
    }
    if (flock(lock, LOCK_EX | LOCK_NB) == 0)
    {
        RemoveLocked(folder);
    }
    close(lock);
}

void
RemoveAbandoned(const fs::path& prefix)
{
    std::error_code ignored;
    const std::string start = prefix.filename().string();
    for (const auto& entry : fs::directory_iterator(prefix.parent_path(), ignored))
    {
        const std::string name = entry.path().filename().string();
        if (StartsWith(name, start) && name.size() == start.size() + std::string(PLACES).size() &&
            IsOwn(entry.path()))
        {
            RemoveIfAbandoned(entry.path());
        }
    }
}

} // namespace

void
RemoveAll(const fs::path& folder)
{
    std::error_code error;
    fs::remove_all(folder, error);
    if (error)
    {
        LetWrite(folder);
        fs::remove_all(folder, error);
    }
}

LockedFolder::LockedFolder(const fs::path& prefix)
{
    const fs::path absolute = fs::absolute(prefix);
    RemoveAbandoned(absolute);
    for (fs::path above = absolute.parent_path(); !fs::exists(above); above = above.parent_path())
    {
        m_madeAbove.push_back(above);
    }
    for (int tries = 0; tries < MOST_TRIES; ++tries)
    {
        if (Make(absolute) && Lock())
        {
            return;
        }
    }
    errno = ENOENT;
    throw MachineError::FromErrno("cannot make a folder in " + absolute.parent_path().string());
}

LockedFolder::~LockedFolder()
{
    Remove();
    close(m_lock);
}

bool
LockedFolder::Make(const fs::path& prefix)
{
    fs::create_directories(prefix.parent_path());
    std::string pattern = prefix.string() + PLACES;
    if (!mkdtemp(pattern.data()) && errno != ENOENT)
    {
        throw MachineError::FromErrno("cannot make a folder in " + prefix.parent_path().string());
    }
    m_path = pattern;
    return fs::exists(m_path);
}

bool
LockedFolder::Lock()
{
    const std::string file = (m_path / LOCK).string();
    m_lock = open(file.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    // Where there are no locks, nobody can find the folder abandoned.
    const bool isLocked = m_lock >= 0 && (flock(m_lock, LOCK_EX | LOCK_NB) == 0 ||
                                          errno == EOPNOTSUPP || errno == ENOLCK);
    if (isLocked && IsThere())
    {
        return true;
    }
    const int reason = errno;
    if (m_lock >= 0)
    {
        close(m_lock);
    }
    if (!isLocked && reason != ENOENT && reason != EWOULDBLOCK)
    {
        RemoveLocked(m_path);
        errno = reason;
        throw MachineError::FromErrno("cannot lock " + file);
    }
    return false;
}

bool
LockedFolder::IsThere() const
{
    struct stat status
    {
    };

    return fstat(m_lock, &status) == 0 && status.st_nlink > 0;
}

void
LockedFolder::Remove() const
{
    if (!IsThere())
    {
        return;
    }
    RemoveLocked(m_path);
    std::error_code ignored;
    for (const fs::path& above : m_madeAbove)
    {
        fs::remove(above, ignored);
    }
}

} // namespace bouncelab::run

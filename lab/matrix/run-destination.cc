#include "lab/matrix/run-destination.h"

#include "lab/score/text-file.h"

#include <algorithm>
#include <cstdio>

#include <fcntl.h>

namespace bouncelab::matrix
{

namespace fs = std::filesystem;

RunDestination::WriteOutcome
RunDestination::Settle(bool force) const
{
    fs::create_directories(m_folder.parent_path());
    std::error_code error;
    if (!fs::exists(m_folder))
    {
        fs::rename(m_stagingFolder, m_folder, error);
        if (!error)
        {
            return WriteOutcome::Written;
        }
    }
    // Somebody else may have been first.
    if (!fs::exists(m_folder))
    {
        throw fs::filesystem_error("rename", m_folder, error);
    }
    const bool isSame = DifferingFiles(m_stagingFolder, m_folder).empty();
    if (force && !isSame)
    {
        Replace();
    }
    fs::remove_all(m_stagingFolder);
    return isSame  ? WriteOutcome::Unchanged
           : force ? WriteOutcome::Replaced
                   : WriteOutcome::Refused;
}

/// Leaves what was in the place in the workshop.
void
RunDestination::Replace() const
{
    if (renameat2(AT_FDCWD, m_stagingFolder.c_str(), AT_FDCWD, m_folder.c_str(), RENAME_EXCHANGE) ==
        0)
    {
        return;
    }
    // Not every file system exchanges two names in one step.
    const fs::path old = m_stagingFolder.string() + ".old";
    fs::rename(m_folder, old);
    fs::rename(m_stagingFolder, m_folder);
    fs::rename(old, m_stagingFolder);
}

std::vector<std::string>
DifferingFiles(const fs::path& a, const fs::path& b)
{
    const std::vector<std::string> here = score::FilesBelow(a);
    const std::vector<std::string> there = score::FilesBelow(b);
    std::vector<std::string> differing;
    std::set_symmetric_difference(here.begin(),
                                  here.end(),
                                  there.begin(),
                                  there.end(),
                                  std::back_inserter(differing));
    for (const std::string& file : here)
    {
        if (std::binary_search(there.begin(), there.end(), file) &&
            (fs::file_size(a / file) != fs::file_size(b / file) ||
             score::ReadTextFile(a / file) != score::ReadTextFile(b / file)))
        {
            differing.push_back(file);
        }
    }
    std::sort(differing.begin(), differing.end());
    return differing;
}

} // namespace bouncelab::matrix

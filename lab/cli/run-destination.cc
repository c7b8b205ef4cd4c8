#include "lab/cli/run-destination.h"

#include "formats/text.h"
#include "lab/score/text-file.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <unistd.h>

namespace bouncelab::cli
{

namespace fs = std::filesystem;

RunDestination::RunDestination(fs::path folder, const std::string& tag)
    : m_folder(std::move(folder))
{
    const std::string name = "." + m_folder.filename().string() + "." + std::to_string(getpid());
    m_stagingFolder = m_folder.parent_path() / (tag.empty() ? name : name + "." + tag);
}

void
RunDestination::Prepare() const
{
    const fs::path parent = m_folder.parent_path();
    fs::create_directories(parent);
    const std::string prefix = "." + m_folder.filename().string() + ".";
    std::vector<fs::path> leftovers;
    for (const auto& entry : fs::directory_iterator(parent))
    {
        const std::string name = entry.path().filename().string();
        if (!StartsWith(name, prefix))
        {
            continue;
        }
        const long owner = std::strtol(name.c_str() + prefix.size(), nullptr, 10);
        const bool isGone = owner > 0 && kill(static_cast<pid_t>(owner), 0) != 0 && errno == ESRCH;
        if (isGone || entry.path() == m_stagingFolder)
        {
            leftovers.push_back(entry.path());
        }
    }
    for (const fs::path& leftover : leftovers)
    {
        fs::remove_all(leftover);
    }
}

RunDestination::WriteOutcome
RunDestination::Settle(bool force) const
{
    if (!fs::exists(m_folder))
    {
        fs::rename(m_stagingFolder, m_folder);
        return WriteOutcome::Written;
    }
    if (DifferingFiles(m_stagingFolder, m_folder).empty())
    {
        fs::remove_all(m_stagingFolder);
        return WriteOutcome::Unchanged;
    }
    if (!force)
    {
        fs::remove_all(m_stagingFolder);
        return WriteOutcome::Refused;
    }
    const fs::path old = m_stagingFolder.string() + ".old";
    fs::rename(m_folder, old);
    fs::rename(m_stagingFolder, m_folder);
    fs::remove_all(old);
    return WriteOutcome::Replaced;
}

void
RunDestination::Discard() const
{
    std::error_code ignored;
    fs::remove_all(m_stagingFolder, ignored);
    fs::path above = m_folder.parent_path();
    for (int level = 0; level < 3 && !above.empty(); ++level)
    {
        if (!fs::is_empty(above, ignored) || !fs::remove(above, ignored))
        {
            return;
        }
        above = above.parent_path();
    }
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

} // namespace bouncelab::cli

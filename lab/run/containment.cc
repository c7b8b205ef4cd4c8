#include "lab/run/containment.h"

#include "lab/run/processes.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bouncelab::run
{

namespace
{

namespace fs = std::filesystem;

constexpr int NEW_NAMESPACES =
    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWIPC;
/// How far below a folder in the folder of results runs lie: VARIANT/seed-N, and one more in
/// `live`.
constexpr int DEEPEST_RUN = 3;
/// What detectors said of runs, with places and truth.
constexpr const char* JUDGED = "judged";

bool
Write(const char* file, const std::string& text)
{
    const int descriptor = open(file, O_WRONLY | O_CLOEXEC);
    const bool isWritten = descriptor >= 0 && write(descriptor, text.data(), text.size()) ==
                                                  static_cast<ssize_t>(text.size());
    const int reason = errno;
    close(descriptor);
    errno = reason;
    return isWritten;
}

/// The user and group that this process had are all that there is.
bool
KeepUser(uid_t user, gid_t group)
{
    const auto line = [](unsigned id)
    { return std::to_string(id) + " " + std::to_string(id) + " 1"; };
    return Write("/proc/self/setgroups", "deny") && Write("/proc/self/uid_map", line(user)) &&
           Write("/proc/self/gid_map", line(group));
}

bool
Hide(const std::vector<fs::path>& folders)
{
    if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    {
        return false;
    }
    return std::all_of(folders.begin(),
                       folders.end(),
                       [](const fs::path& folder)
                       {
                           return mount("none",
                                        folder.c_str(),
                                        "tmpfs",
                                        MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
                                        "size=4k,mode=555") == 0;
                       });
}

/// No program that this process becomes has any, root's neither.
bool
DropCapabilities()
{
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability) >= 0; ++capability)
    {
        if (prctl(PR_CAPBSET_DROP, capability) != 0)
        {
            return false;
        }
    }
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

/// The rest of a process's life: it waits for one of its children, and reaps all others.
[[noreturn]] void
PassOn(pid_t child)
{
    close_range(0, ~0U, 0);
    int status = 0;
    while (waitpid(-1, &status, 0) != child)
    {
    }
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

/// \return only in the child
bool
GoOnAsChild()
{
    const pid_t child = fork();
    if (child > 0)
    {
        PassOn(child);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    return child == 0;
}

bool
IsRun(const fs::path& folder)
{
    std::error_code ignored;
    return fs::exists(folder / "manifest.json", ignored) && fs::exists(folder / "truth", ignored);
}

bool
HoldsRun(const fs::path& folder, int depth)
{
    if (IsRun(folder))
    {
        return true;
    }
    std::error_code error;
    const fs::directory_iterator entries(folder, error);
    return depth > 0 && !error &&
           std::any_of(fs::begin(entries),
                       fs::end(entries),
                       [&](const fs::directory_entry& entry)
                       {
                           std::error_code ignored;
                           return !entry.is_symlink(ignored) && entry.is_directory(ignored) &&
                                  HoldsRun(entry.path(), depth - 1);
                       });
}

bool
IsWithin(const fs::path& path, const fs::path& folder)
{
    return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
           folder.end();
}

bool
IsNot(const nlohmann::json& manifest, const char* key, const fs::path& folder)
{
    return manifest.value(key, nlohmann::json()) != folder.filename().string();
}

/// The folder of results in which a run lies; empty if it lies elsewhere.
fs::path
ResultsOf(const fs::path& run)
{
    std::ifstream file(run / "manifest.json", std::ios::binary);
    const auto manifest = nlohmann::json::parse(file, nullptr, false);
    const fs::path variant = run.parent_path();
    const fs::path scenario = variant.parent_path();
    if (!manifest.is_object() || IsNot(manifest, "scenario", scenario) ||
        IsNot(manifest, "variant", variant))
    {
        return {};
    }
    const fs::path results = scenario.parent_path();
    return results.filename() == "live" ? results.parent_path() : results;
}

} // namespace

bool
Contain(const std::vector<fs::path>& hidden)
{
    const uid_t user = geteuid();
    const gid_t group = getegid();
    // The first process of a namespace ends with everybody else in it, and hears no signal that it
    // has not asked for: so that is not the program. Its command line, which is the caller's, is
    // hidden from who has no capabilities.
    return unshare(NEW_NAMESPACES) == 0 && KeepUser(user, group) && Hide(hidden) && GoOnAsChild() &&
           mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "hidepid=4") == 0 &&
           GoOnAsChild() && DropCapabilities();
}

std::string
WhyNotContained(const std::vector<fs::path>& hidden)
{
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0)
    {
        _exit(Contain(hidden) ? 0 : errno);
    }
    const int status = child < 0 ? errno : WEXITSTATUS(WaitFor(child));
    return status == 0 ? std::string() : std::strerror(status);
}

std::vector<fs::path>
FoldersThatTell(const fs::path& evidence, const std::vector<fs::path>& results)
{
    std::vector<fs::path> folders;
    const auto add = [&folders](const fs::path& folder)
    {
        if (std::none_of(folders.begin(),
                         folders.end(),
                         [&](const fs::path& known) { return IsWithin(folder, known); }))
        {
            folders.push_back(folder);
        }
    };
    const auto addRunsIn = [&add](const fs::path& place)
    {
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(place, ignored))
        {
            if (!entry.is_symlink() && entry.is_directory() &&
                (entry.path().filename() == JUDGED || HoldsRun(entry.path(), DEEPEST_RUN)))
            {
                add(entry.path());
            }
        }
    };
    std::error_code ignored;
    for (const fs::path& folder : results)
    {
        addRunsIn(fs::canonical(folder, ignored));
    }
    const fs::path start = fs::canonical(evidence);
    for (fs::path above = start; above.has_relative_path(); above = above.parent_path())
    {
        if (IsRun(above))
        {
            addRunsIn(ResultsOf(above));
            add(above);
        }
    }
    return folders;
}

} // namespace bouncelab::run

#include "lab/run/judge.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace bouncelab::run
{

namespace
{

namespace fs = std::filesystem;

/// A folder with a name that says nothing, removed with everything in it.
class OpaqueFolder
{
  public:
    OpaqueFolder()
    {
        std::string pattern = (fs::temp_directory_path() / "XXXXXX").string();
        if (!mkdtemp(pattern.data()))
        {
            throw DetectorError("cannot make a temporary folder: " +
                                std::string(std::strerror(errno)));
        }
        m_path = pattern;
    }

    ~OpaqueFolder()
    {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }

    OpaqueFolder(const OpaqueFolder&) = delete;
    OpaqueFolder& operator=(const OpaqueFolder&) = delete;

    const fs::path& Path() const { return m_path; }

  private:
    fs::path m_path;
};

/// Starts a program in a folder, with an environment that tells nothing of this one.
void
Call(const std::vector<std::string>& arguments, const fs::path& folder)
{
    std::vector<char*> argv;
    for (const std::string& argument : arguments)
    {
        argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    char path[] = "PATH=/usr/local/bin:/usr/bin:/bin";
    char language[] = "LC_ALL=C.UTF-8";
    char zone[] = "TZ=UTC";
    char* environment[] = {path, language, zone, nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
    pid_t pid = 0;
    const int error = posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environment);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
    {
        throw DetectorError(arguments[0] + ": cannot be started: " + std::strerror(error));
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
    {
        if (errno != EINTR)
        {
            throw DetectorError(arguments[0] + ": " + std::strerror(errno));
        }
    }
    if (status != 0)
    {
        throw DetectorError(arguments[0] + ": ended with " +
                            (WIFSIGNALED(status)
                                 ? std::string("signal ") + strsignal(WTERMSIG(status))
                                 : "status " + std::to_string(WEXITSTATUS(status))));
    }
}

} // namespace

void
Judge(const fs::path& run, const fs::path& program)
{
    std::vector<fs::path> vantages;
    for (const auto& entry : fs::directory_iterator(run / "evidence"))
    {
        vantages.push_back(entry.path());
    }
    std::sort(vantages.begin(), vantages.end());
    for (const fs::path& vantage : vantages)
    {
        const OpaqueFolder folder;
        const fs::path shown = folder.Path() / "e";
        const fs::path alerts = folder.Path() / "a";
        fs::copy(vantage, shown, fs::copy_options::recursive);
        fs::create_directory(alerts);
        Call({fs::absolute(program).string(), "--split", "a", "e"}, folder.Path());
        for (const auto& entry : fs::directory_iterator(alerts))
        {
            const fs::path to = run / "verdicts" / entry.path().stem() /
                                (vantage.filename().string() + ".jsonl");
            fs::create_directories(to.parent_path());
            fs::copy_file(entry.path(), to);
        }
    }
}

} // namespace bouncelab::run

#include "tests/live/live-program.h"

#include "lab/live/live-run.h"
#include "tests/tree.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bouncelab::live
{

namespace
{

namespace fs = std::filesystem;

constexpr int SKIPPED = 77;

std::vector<pid_t>
Processes()
{
    std::vector<pid_t> processes;
    for (const auto& entry : fs::directory_iterator("/proc"))
    {
        const std::string name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") == std::string::npos)
        {
            processes.push_back(static_cast<pid_t>(std::stol(name)));
        }
    }
    return processes;
}

fs::path
ProcOf(pid_t process)
{
    return fs::path("/proc") / std::to_string(process);
}

} // namespace

void
SkipWithoutRights()
{
    if (const std::string why = WhyNoLiveRuns(); !why.empty())
    {
        std::printf("skipped: %s\n", why.c_str());
        std::exit(SKIPPED);
    }
}

cli::ChildEnd
Live(const fs::path& folder, std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), "live");
    return cli::Bouncelab(folder, arguments);
}

std::string
TextOf(const fs::path& path)
{
    // Of processes that end meanwhile, reading fails late, which a stream answers by an exception.
    std::string text;
    const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    char buffer[4096];
    ssize_t size = 0;
    while ((size = read(file.Get(), buffer, sizeof(buffer))) > 0)
    {
        text.append(buffer, static_cast<std::size_t>(size));
    }
    return text;
}

BackgroundLive::BackgroundLive(const fs::path& folder, std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), {tests::BinaryDir().string() + "/bin/bouncelab", "live"});
    m_pid = fork();
    if (m_pid == 0)
    {
        setenv("BOUNCELAB_DATA", tests::SourceDir().c_str(), 1);
        const int log = open((folder / "log").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0644);
        dup2(log, STDOUT_FILENO);
        dup2(log, STDERR_FILENO);
        std::vector<char*> words;
        for (std::string& argument : arguments)
        {
            words.push_back(argument.data());
        }
        words.push_back(nullptr);
        if (chdir(folder.c_str()) == 0)
        {
            execv(words[0], words.data());
        }
        _exit(127);
    }
}

BackgroundLive::~BackgroundLive()
{
    if (m_pid > 0)
    {
        End(SIGKILL);
    }
}

int
BackgroundLive::End(int signal)
{
    int status = 0;
    kill(m_pid, signal);
    waitpid(m_pid, &status, 0);
    m_pid = -1;
    return status;
}

std::set<pid_t>
ProcessesWith(const std::string& word)
{
    std::set<pid_t> found;
    for (const pid_t process : Processes())
    {
        const std::string line = TextOf(ProcOf(process) / "cmdline");
        const std::string end(1, '\0');
        if ((end + line).find(end + word + end) != std::string::npos)
        {
            found.insert(process);
        }
    }
    return found;
}

std::string
NamespaceOf(pid_t process, const std::string& kind)
{
    std::error_code error;
    return fs::read_symlink(ProcOf(process) / "ns" / kind, error).string();
}

std::set<pid_t>
ProcessesIn(const std::string& space, const std::string& kind)
{
    std::set<pid_t> found;
    for (const pid_t process : Processes())
    {
        if (NamespaceOf(process, kind) == space)
        {
            found.insert(process);
        }
    }
    return found;
}

} // namespace bouncelab::live

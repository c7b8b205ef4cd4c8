#ifndef BOUNCELAB_TESTS_CLI_PROCESSES_H
#define BOUNCELAB_TESTS_CLI_PROCESSES_H

#include "tests/tree.h"

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bouncelab::cli
{

/// Waits up to a minute for something. \return whether it came
template <class Condition>
bool
Eventually(const Condition& condition)
{
    for (int i = 0; i < 30000; ++i)
    {
        if (condition())
        {
            return true;
        }
        const timespec pause{0, 2000000};
        nanosleep(&pause, nullptr);
    }
    return false;
}

/// A file; empty if there is none.
inline std::string
TextOf(const std::filesystem::path& path)
{
    // Of processes that end meanwhile, reading fails late, which a stream answers by an exception.
    std::string text;
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    char buffer[4096];
    ssize_t size = 0;
    while ((size = read(file, buffer, sizeof(buffer))) > 0)
    {
        text.append(buffer, static_cast<std::size_t>(size));
    }
    close(file);
    return text;
}

inline std::filesystem::path
ProcOf(pid_t process)
{
    return std::filesystem::path("/proc") / std::to_string(process);
}

/// All processes that are there, whether they live or only wait to be waited for.
inline std::vector<pid_t>
Processes()
{
    std::vector<pid_t> processes;
    for (const auto& entry : std::filesystem::directory_iterator("/proc"))
    {
        const std::string name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") == std::string::npos)
        {
            processes.push_back(static_cast<pid_t>(std::stol(name)));
        }
    }
    return processes;
}

/// Processes whose command line has the text as one of its words.
inline std::set<pid_t>
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

/// Processes, other than this, that work below a folder or have it in their command line.
inline std::set<pid_t>
ProcessesAt(const std::filesystem::path& folder)
{
    std::set<pid_t> found;
    for (const pid_t process : Processes())
    {
        std::error_code error;
        const auto works = std::filesystem::read_symlink(ProcOf(process) / "cwd", error).string();
        if (process != getpid() &&
            (works.rfind(folder.string(), 0) == 0 ||
             TextOf(ProcOf(process) / "cmdline").find(folder.string()) != std::string::npos))
        {
            found.insert(process);
        }
    }
    return found;
}

/// The children of a process.
inline std::vector<pid_t>
ChildrenOf(pid_t process)
{
    const std::string number = std::to_string(process);
    std::istringstream text(TextOf(ProcOf(process) / "task" / number / "children"));
    std::vector<pid_t> children;
    for (pid_t child = 0; text >> child;)
    {
        children.push_back(child);
    }
    return children;
}

/// The built program that goes on, in a process group of its own, so that somebody can end it. Its
/// output is in the folder's `log`, its temporary place the folder's `tmp`.
class Background
{
  public:
    Background(const std::filesystem::path& folder, std::vector<std::string> arguments)
    {
        const std::string temporary = (folder / "tmp").string();
        std::filesystem::create_directories(temporary);
        arguments.insert(arguments.begin(), tests::BinaryDir().string() + "/bin/bouncelab");
        m_pid = fork();
        if (m_pid != 0)
        {
            setpgid(m_pid, m_pid);
            return;
        }
        setpgid(0, 0);
        // A shell has what it starts in the background ignore these.
        std::signal(SIGINT, SIG_DFL);
        std::signal(SIGQUIT, SIG_DFL);
        setenv("BOUNCELAB_DATA", tests::SourceDir().c_str(), 1);
        setenv("TMPDIR", temporary.c_str(), 1);
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

    ~Background()
    {
        if (m_pid > 0)
        {
            End(SIGKILL);
        }
    }

    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;

    pid_t Pid() const { return m_pid; }

    /// Whether it has ended; End() can still tell how.
    bool HasEnded() const
    {
        siginfo_t information{};
        waitid(P_PID, static_cast<id_t>(m_pid), &information, WEXITED | WNOHANG | WNOWAIT);
        return information.si_pid == m_pid;
    }

    /// Sends a signal, and waits for its end. \return as waitpid() has it
    int End(int signal, bool toGroup = false)
    {
        int status = 0;
        kill(toGroup ? -m_pid : m_pid, signal);
        waitpid(m_pid, &status, 0);
        m_pid = -1;
        return status;
    }

  private:
    pid_t m_pid = -1;
};

} // namespace bouncelab::cli

#endif // BOUNCELAB_TESTS_CLI_PROCESSES_H

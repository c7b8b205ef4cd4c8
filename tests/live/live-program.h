#ifndef BOUNCELAB_TESTS_LIVE_LIVE_PROGRAM_H
#define BOUNCELAB_TESTS_LIVE_LIVE_PROGRAM_H

#include "tests/cli/program.h"

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <sys/types.h>

namespace bouncelab::live
{

/// Ends the program with ctest's sign for skipped where live runs are not possible.
void SkipWithoutRights();

/// `bouncelab live` to its end.
cli::ChildEnd Live(const std::filesystem::path& folder, std::vector<std::string> arguments);

/// A file; empty if there is none.
std::string TextOf(const std::filesystem::path& path);

/// `bouncelab live` that goes on, so that somebody can end it.
class BackgroundLive
{
  public:
    BackgroundLive(const std::filesystem::path& folder, std::vector<std::string> arguments);
    ~BackgroundLive();

    pid_t Pid() const { return m_pid; }

    /// Sends a signal, and waits for its end. \return as waitpid() has it
    int End(int signal);

  private:
    pid_t m_pid = -1;
};

/// Processes whose command line has the text as one of its words.
std::set<pid_t> ProcessesWith(const std::string& word);

/// A namespace of a process ("net", "mnt", "pid"); empty if the process is gone.
std::string NamespaceOf(pid_t process, const std::string& kind);

/// Processes that are in a namespace.
std::set<pid_t> ProcessesIn(const std::string& space, const std::string& kind);

/// Waits up to ten seconds for something. \return whether it came
template <class Condition>
bool
Eventually(const Condition& condition)
{
    for (int i = 0; i < 1000; ++i)
    {
        if (condition())
        {
            return true;
        }
        const timespec pause{0, 10000000};
        nanosleep(&pause, nullptr);
    }
    return false;
}

} // namespace bouncelab::live

#endif // BOUNCELAB_TESTS_LIVE_LIVE_PROGRAM_H

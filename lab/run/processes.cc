#include "lab/run/processes.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bouncelab::run
{

namespace
{

/// Children of a process ("self", or a number), and how many threads it has.
std::pair<std::vector<pid_t>, std::size_t>
Look(const std::string& process)
{
    std::pair<std::vector<pid_t>, std::size_t> seen{{}, 0};
    std::error_code error;
    const std::filesystem::path place = "/proc/" + process + "/task";
    for (std::filesystem::directory_iterator task(place, error), end; !error && task != end;
         task.increment(error))
    {
        ++seen.second;
        std::ifstream file(task->path() / "children");
        pid_t child = 0;
        while (file >> child)
        {
            seen.first.push_back(child);
        }
    }
    return seen;
}

} // namespace

std::vector<pid_t>
Children()
{
    std::vector<pid_t> children = Look("self").first;
    std::sort(children.begin(), children.end());
    return children;
}

std::size_t
CountTasks(const std::vector<pid_t>& spared)
{
    std::size_t count = 0;
    std::vector<pid_t> left;
    for (const pid_t child : Children())
    {
        if (std::find(spared.begin(), spared.end(), child) == spared.end())
        {
            left.push_back(child);
        }
    }
    while (!left.empty())
    {
        const auto [children, tasks] = Look(std::to_string(left.back()));
        left.pop_back();
        left.insert(left.end(), children.begin(), children.end());
        count += tasks;
    }
    return count;
}

void
EndWithParent(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
    {
        raise(SIGKILL);
    }
}

int
WaitFor(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
    {
    }
    return status;
}

void
KillChildrenBut(const std::vector<pid_t>& spared)
{
    while (true)
    {
        std::vector<pid_t> left;
        for (const pid_t child : Children())
        {
            if (std::find(spared.begin(), spared.end(), child) == spared.end())
            {
                left.push_back(child);
            }
        }
        if (left.empty())
        {
            return;
        }
        for (const pid_t child : left)
        {
            kill(child, SIGKILL);
        }
        for (const pid_t child : left)
        {
            WaitFor(child);
        }
    }
}

} // namespace bouncelab::run

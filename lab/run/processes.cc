#include "lab/run/processes.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bouncelab::run
{

std::vector<pid_t>
Children()
{
    std::vector<pid_t> children;
    std::error_code ignored;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", ignored))
    {
        std::ifstream file(task.path() / "children");
        pid_t child = 0;
        while (file >> child)
        {
            children.push_back(child);
        }
    }
    std::sort(children.begin(), children.end());
    return children;
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

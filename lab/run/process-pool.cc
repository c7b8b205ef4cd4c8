#include "lab/run/process-pool.h"

#include "formats/machine-error.h"
#include "lab/run/fault.h"
#include "lab/run/processes.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <map>
#include <vector>

namespace bouncelab::run
{

namespace
{

using Clock = std::chrono::steady_clock;

constexpr std::size_t FARTHEST_AHEAD = 256; //!< Pieces whose results may wait for an earlier one.

struct Worker
{
    pid_t process = 0;
    int words = -1; //!< Read end of the pipe on which it says what came of its work.
    Clock::time_point started;
    WorkResult result;
};

/// Never returns: this is the whole life of a worker.
[[noreturn]] void
Work(pid_t parent,
     std::size_t index,
     const std::function<std::string(std::size_t)>& work,
     int words)
{
    EndWithParent(parent);
    Fault fault;
    std::string text;
    try
    {
        text = work(index);
    }
    catch (...)
    {
        fault = CurrentFault();
        text = fault.sentence;
    }
    for (std::size_t at = 0; at < text.size();)
    {
        const ssize_t written = write(words, text.data() + at, text.size() - at);
        if (written <= 0)
        {
            _exit(OWN);
        }
        at += static_cast<std::size_t>(written);
    }
    std::fflush(nullptr);
    _exit(fault.status);
}

Worker
Start(std::size_t index, const std::function<std::string(std::size_t)>& work)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
    {
        throw MachineError::FromErrno("cannot start a run");
    }
    std::fflush(nullptr);
    const pid_t self = getpid();
    Worker worker;
    worker.started = Clock::now();
    worker.result.index = index;
    worker.words = ends[0];
    worker.process = fork();
    if (worker.process == 0)
    {
        close(ends[0]);
        Work(self, index, work, ends[1]);
    }
    close(ends[1]);
    if (worker.process < 0)
    {
        close(ends[0]);
        throw MachineError::FromErrno("cannot start a run");
    }
    return worker;
}

/// \return false when it has said everything
bool
Listen(Worker& worker)
{
    char buffer[1 << 16];
    const ssize_t size = read(worker.words, buffer, sizeof(buffer));
    if (size > 0)
    {
        worker.result.text.append(buffer, static_cast<std::size_t>(size));
    }
    return size > 0 || (size < 0 && errno == EINTR);
}

WorkResult
Collect(Worker& worker)
{
    close(worker.words);
    const int status = WaitFor(worker.process);
    WorkResult result = std::move(worker.result);
    result.took =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - worker.started);
    if (WIFSIGNALED(status))
    {
        const Fault fault = FaultOfSignal(WTERMSIG(status));
        result.status = fault.status;
        result.text = fault.sentence;
        return result;
    }
    result.status = WEXITSTATUS(status);
    if (result.status != 0 && result.text.empty())
    {
        result.text = "the run ended with status " + std::to_string(result.status);
    }
    return result;
}

/// Waits until a worker says something, or a second is over. \return those that have ended
std::vector<WorkResult>
Await(std::vector<Worker>& workers)
{
    constexpr int TICK_MS = 1000;
    std::vector<pollfd> ends;
    for (const Worker& worker : workers)
    {
        ends.push_back({worker.words, POLLIN, 0});
    }
    if (poll(ends.data(), ends.size(), TICK_MS) < 0 && errno != EINTR)
    {
        throw MachineError::FromErrno("cannot wait for runs");
    }
    std::vector<WorkResult> ended;
    for (std::size_t i = ends.size(); i-- > 0;)
    {
        if (ends[i].revents != 0 && !Listen(workers[i]))
        {
            ended.push_back(Collect(workers[i]));
            workers.erase(workers.begin() + static_cast<std::ptrdiff_t>(i));
        }
    }
    return ended;
}

} // namespace

void
InProcesses(std::size_t count,
            unsigned jobs,
            const std::function<std::string(std::size_t)>& work,
            const PoolCallbacks& callbacks)
{
    std::vector<Worker> workers;
    std::map<std::size_t, WorkResult> early; //!< Ended before an earlier one.
    std::size_t next = 0;
    std::size_t told = 0;
    bool goesOn = true;
    const auto mayStart = [&]
    {
        return goesOn && next < count && workers.size() < std::max(1U, jobs) &&
               next - told < FARTHEST_AHEAD;
    };
    while (mayStart() || !workers.empty())
    {
        while (mayStart())
        {
            workers.push_back(Start(next++, work));
        }
        for (WorkResult& result : Await(workers))
        {
            early.emplace(result.index, std::move(result));
        }
        for (auto first = early.find(told); first != early.end(); first = early.find(++told))
        {
            goesOn = callbacks.done(first->second) && goesOn;
            early.erase(first);
        }
        if (callbacks.tick)
        {
            callbacks.tick();
        }
    }
}

} // namespace bouncelab::run

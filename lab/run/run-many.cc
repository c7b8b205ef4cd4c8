#include "lab/run/run-many.h"

#include "formats/machine-error.h"
#include "lab/run/fault.h"
#include "lab/run/judge.h"
#include "lab/run/processes.h"
#include "lab/run/run-one.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <map>

namespace bouncelab::run
{

namespace
{

struct Child
{
    std::size_t index = 0;
    int errors = -1; //!< Read end of the pipe on which the child says what went wrong.
    std::chrono::steady_clock::time_point started;
};

/// Never returns: this is the whole life of a run's process.
[[noreturn]] void
Work(pid_t parent,
     const RunSpec& spec,
     const RunManyOptions& options,
     const std::string& list,
     int errors)
{
    EndWithParent(parent);
    Fault fault;
    try
    {
        RunOne(spec);
        if (!options.detector.empty())
        {
            Judge(spec.out, options.detector, list, options.temporary);
        }
    }
    catch (...)
    {
        fault = CurrentFault();
    }
    const char* rest = fault.sentence.data();
    std::size_t left = fault.sentence.size();
    while (left > 0)
    {
        const ssize_t written = write(errors, rest, left);
        if (written <= 0)
        {
            break;
        }
        rest += written;
        left -= static_cast<std::size_t>(written);
    }
    std::fflush(nullptr);
    _exit(fault.status);
}

std::string
ReadAll(int from)
{
    std::string text;
    char buffer[4096];
    ssize_t size = 0;
    while ((size = read(from, buffer, sizeof(buffer))) > 0)
    {
        text.append(buffer, static_cast<std::size_t>(size));
    }
    close(from);
    return text;
}

pid_t
Start(const RunSpec& spec, const RunManyOptions& options, const std::string& list, Child& child)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
    {
        throw MachineError::FromErrno("cannot start a run");
    }
    std::fflush(nullptr);
    const pid_t self = getpid();
    const pid_t pid = fork();
    if (pid < 0)
    {
        throw MachineError::FromErrno("cannot start a run");
    }
    if (pid == 0)
    {
        close(ends[0]);
        Work(self, spec, options, list, ends[1]);
    }
    close(ends[1]);
    child.errors = ends[0];
    return pid;
}

RunResult
Collect(const RunSpec& spec, const Child& child, int status)
{
    RunResult result;
    result.spec = spec;
    result.took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - child.started);
    result.error = ReadAll(child.errors);
    if (WIFSIGNALED(status))
    {
        const Fault fault = FaultOfSignal(WTERMSIG(status));
        result.status = fault.status;
        result.error = fault.sentence;
    }
    else
    {
        result.status = WEXITSTATUS(status);
        if (result.status != 0 && result.error.empty())
        {
            result.error = "the run ended with status " + std::to_string(result.status);
        }
    }
    return result;
}

} // namespace

std::vector<RunResult>
RunMany(const std::vector<RunSpec>& specs,
        const RunManyOptions& options,
        const RunCallback& callback)
{
    std::vector<RunResult> results(specs.size());
    std::vector<bool> done(specs.size(), false);
    std::map<pid_t, Child> running;
    std::size_t next = 0;
    std::size_t told = 0;
    bool goesOn = true;
    const std::string list =
        options.detector.empty() ? std::string() : DetectorList(options.detector);
    while ((goesOn && next < specs.size()) || !running.empty())
    {
        while (goesOn && next < specs.size() && running.size() < std::max(1U, options.jobs))
        {
            Child child;
            child.index = next;
            child.started = std::chrono::steady_clock::now();
            const pid_t pid = Start(specs[next], options, list, child);
            running.emplace(pid, child);
            ++next;
        }
        int status = 0;
        const pid_t pid = waitpid(-1, &status, 0);
        const auto ended = running.find(pid);
        if (ended == running.end())
        {
            if (pid < 0 && errno != EINTR)
            {
                throw MachineError::FromErrno("cannot wait for runs");
            }
            continue;
        }
        const std::size_t index = ended->second.index;
        results[index] = Collect(specs[index], ended->second, status);
        done[index] = true;
        running.erase(ended);
        while (told < specs.size() && done[told])
        {
            if (callback && !callback(results[told]))
            {
                goesOn = false;
            }
            ++told;
        }
    }
    results.resize(next);
    return results;
}

} // namespace bouncelab::run

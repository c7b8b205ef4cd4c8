#include "lab/run/child-process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bouncelab::run
{

namespace
{

constexpr std::size_t MOST_TEXT = 1 << 20;
constexpr int NOT_STARTED = 127;

char g_path[] = "PATH=/usr/local/bin:/usr/bin:/bin";
char g_language[] = "LC_ALL=C.UTF-8";
char g_zone[] = "TZ=UTC";
char* const BLIND[] = {g_path, g_language, g_zone, nullptr};

using Clock = std::chrono::steady_clock;

struct Pipe
{
    std::array<int, 2> ends{-1, -1};

    Pipe()
    {
        if (pipe2(ends.data(), O_CLOEXEC) != 0)
        {
            ends = {-1, -1};
        }
    }

    ~Pipe()
    {
        Close(0);
        Close(1);
    }

    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    void Close(std::size_t end)
    {
        if (ends[end] >= 0)
        {
            close(ends[end]);
            ends[end] = -1;
        }
    }
};

[[noreturn]] void
Become(std::vector<char*>& arguments,
       const ChildOptions& options,
       Pipe& output,
       Pipe& error,
       Pipe& failure)
{
    setpgid(0, 0);
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(nothing, STDIN_FILENO);
    dup2(output.ends[1], STDOUT_FILENO);
    dup2(error.ends[1], STDERR_FILENO);
    if (options.folder.empty() || chdir(options.folder.c_str()) == 0)
    {
        execvpe(arguments[0], arguments.data(), options.isBlind ? BLIND : environ);
    }
    const char mark = 1;
    [[maybe_unused]] const auto written = write(failure.ends[1], &mark, 1);
    _exit(NOT_STARTED);
}

/// Reads what there is; closes the pipe at its end.
void
Drain(Pipe& pipe, std::string& text)
{
    char buffer[4096];
    const auto got = read(pipe.ends[0], buffer, sizeof(buffer));
    if (got > 0)
    {
        text.append(buffer, std::min(static_cast<std::size_t>(got), MOST_TEXT - text.size()));
    }
    else if (got == 0 || errno != EINTR)
    {
        pipe.Close(0);
    }
}

} // namespace

ChildEnd
RunChild(const std::vector<std::string>& words, const ChildOptions& options)
{
    ChildEnd end;
    Pipe output;
    Pipe error;
    Pipe failure;
    std::vector<char*> arguments;
    for (const std::string& word : words)
    {
        arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    const pid_t child = fork();
    if (child < 0)
    {
        return end;
    }
    if (child == 0)
    {
        Become(arguments, options, output, error, failure);
    }
    setpgid(child, child);
    output.Close(1);
    error.Close(1);
    failure.Close(1);
    char mark = 0;
    end.started = read(failure.ends[0], &mark, 1) == 0;
    const Clock::time_point deadline = Clock::now() + options.timeout;
    int status = 0;
    while (output.ends[0] >= 0 || error.ends[0] >= 0)
    {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
        std::array<pollfd, 2> wait{{{output.ends[0], POLLIN, 0}, {error.ends[0], POLLIN, 0}}};
        const int ready =
            left.count() > 0 ? poll(wait.data(), 2, static_cast<int>(left.count())) : 0;
        if (ready == 0)
        {
            end.timedOut = true;
            break;
        }
        if (ready > 0 && wait[0].revents != 0)
        {
            Drain(output, end.output);
        }
        if (ready > 0 && wait[1].revents != 0)
        {
            Drain(error, end.error);
        }
    }
    // It may have closed its output and go on.
    while (!end.timedOut && waitpid(child, &status, WNOHANG) == 0)
    {
        end.timedOut = Clock::now() >= deadline;
        const timespec pause{0, 200000};
        nanosleep(&pause, nullptr);
    }
    if (end.timedOut)
    {
        kill(-child, SIGKILL);
        waitpid(child, &status, 0);
    }
    end.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return end;
}

} // namespace bouncelab::run

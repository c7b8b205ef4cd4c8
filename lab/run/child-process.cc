#include "lab/run/child-process.h"

#include "formats/machine-error.h"
#include "lab/run/containment.h"
#include "lab/run/processes.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bouncelab::run
{

namespace
{

constexpr int NOT_STARTED = 127;
constexpr int FIRST_FREE = 3;
/// How long an end may go unnoticed that shows on no pipe.
constexpr std::chrono::milliseconds LOOK{5};
constexpr std::chrono::milliseconds COUNT{50}; //!< How often processes are counted.
/// Those of containment, which wait for the program.
constexpr std::uint64_t WAITING = 2;
/// Beyond the limit, so that the count sees that it is passed before the kernel refuses more.
constexpr std::uint64_t ROOM = 8;

using Clock = std::chrono::steady_clock;

/// A pipe whose ends are no standard descriptors.
class Pipe
{
  public:
    Pipe()
    {
        if (pipe2(m_ends.data(), O_CLOEXEC) != 0)
        {
            throw MachineError::FromErrno("cannot make a pipe");
        }
        for (int& end : m_ends)
        {
            if (end < FIRST_FREE)
            {
                const int moved = fcntl(end, F_DUPFD_CLOEXEC, FIRST_FREE);
                close(end);
                end = moved;
            }
        }
    }

    ~Pipe()
    {
        CloseReader();
        CloseWriter();
    }

    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    int Reader() const { return m_ends[0]; }

    int Writer() const { return m_ends[1]; }

    bool IsOpen() const { return m_ends[0] >= 0; }

    void CloseReader() { Close(m_ends[0]); }

    void CloseWriter() { Close(m_ends[1]); }

  private:
    static void Close(int& end)
    {
        if (end >= 0)
        {
            close(end);
            end = -1;
        }
    }

    std::array<int, 2> m_ends{-1, -1};
};

/// Strings as exec wants them.
class Words
{
  public:
    explicit Words(std::vector<std::string> words)
        : m_words(std::move(words))
    {
        for (std::string& word : m_words)
        {
            m_pointers.push_back(word.data());
        }
        m_pointers.push_back(nullptr);
    }

    char** Get() { return m_pointers.data(); }

  private:
    std::vector<std::string> m_words;
    std::vector<char*> m_pointers;
};

std::vector<std::string>
EnvironmentOf(const ChildOptions& options)
{
    std::vector<std::string> environment;
    if (!options.environment)
    {
        for (char** each = environ; *each; ++each)
        {
            environment.emplace_back(*each);
        }
        return environment;
    }
    std::map<std::string, std::string> values{{"PATH", "=/usr/local/bin:/usr/bin:/bin"},
                                              {"LC_ALL", "=C.UTF-8"},
                                              {"TZ", "=UTC"}};
    for (const std::string& each : *options.environment)
    {
        const std::size_t sign = std::min(each.find('='), each.size());
        values[each.substr(0, sign)] = each.substr(sign);
    }
    for (const auto& [name, value] : values)
    {
        environment.push_back(name + value);
    }
    return environment;
}

void
Limit(int what, std::optional<std::uint64_t> most)
{
    if (most)
    {
        const rlimit limit{*most, *most};
        setrlimit(static_cast<__rlimit_resource>(what), &limit);
    }
}

/// Runs one program, from its start to the end of everything that it started.
class ChildProgram
{
  public:
    ChildProgram(const std::vector<std::string>& words, const ChildOptions& options)
        : m_options(options)
        , m_arguments(words)
        , m_environment(EnvironmentOf(options))
        , m_deadline(Clock::now() + options.timeout)
    {
        prctl(PR_GET_CHILD_SUBREAPER, &m_wasReaper);
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        m_others = Children();
    }

    ~ChildProgram() { prctl(PR_SET_CHILD_SUBREAPER, m_wasReaper); }

    ChildProgram(const ChildProgram&) = delete;
    ChildProgram& operator=(const ChildProgram&) = delete;

    ChildEnd Run();

  private:
    [[noreturn]] void Become(pid_t parent);
    void Listen();
    void Drain(Pipe& pipe, std::string& text) const;
    bool HasEnded() const;
    bool HasTooMany();
    void EndAll();

    const ChildOptions& m_options;
    Words m_arguments;
    Words m_environment;
    Clock::time_point m_deadline;
    Clock::time_point m_nextCount = Clock::now() + COUNT;
    int m_wasReaper = 0;
    std::vector<pid_t> m_others; //!< Children that this process had before.
    Pipe m_output;
    Pipe m_error;
    Pipe m_failure; //!< On which the new process says why it does not become the program.
    pid_t m_pid = -1;
    ChildEnd m_end;
};

void
ChildProgram::Become(pid_t parent)
{
    EndWithParent(parent);
    setpgid(0, 0);
    std::signal(SIGXFSZ, SIG_DFL); // The tool ignores it.
    const int nothing = open("/dev/null", O_RDONLY);
    if (nothing != STDIN_FILENO)
    {
        dup2(nothing, STDIN_FILENO);
    }
    dup2(m_output.Writer(), STDOUT_FILENO);
    dup2(m_error.Writer(), STDERR_FILENO);
    close_range(FIRST_FREE, ~0U, CLOSE_RANGE_CLOEXEC);
    if ((!m_options.hidden || Contain(*m_options.hidden)) &&
        (m_options.folder.empty() || chdir(m_options.folder.c_str()) == 0))
    {
        Limit(RLIMIT_CORE, 0);
        Limit(RLIMIT_AS, m_options.addressSpace);
        Limit(RLIMIT_FSIZE, m_options.largestFile);
        if (m_options.processes && m_options.hidden)
        {
            // Elsewhere all processes of the user count.
            Limit(RLIMIT_NPROC, *m_options.processes + WAITING + ROOM);
        }
        execvpe(m_arguments.Get()[0], m_arguments.Get(), m_environment.Get());
    }
    const int reason = errno;
    [[maybe_unused]] const auto written = write(m_failure.Writer(), &reason, sizeof(reason));
    _exit(NOT_STARTED);
}

/// Reads what there is; closes the pipe at its end.
void
ChildProgram::Drain(Pipe& pipe, std::string& text) const
{
    char buffer[4096];
    const auto got = read(pipe.Reader(), buffer, sizeof(buffer));
    if (got > 0)
    {
        text.append(buffer,
                    std::min(static_cast<std::size_t>(got), m_options.output - text.size()));
    }
    else if (got == 0 || errno != EINTR)
    {
        pipe.CloseReader();
    }
}

/// Leaves it to be waited for: its number stays its own.
bool
ChildProgram::HasEnded() const
{
    siginfo_t information{};
    return waitid(P_PID, static_cast<id_t>(m_pid), &information, WEXITED | WNOHANG | WNOWAIT) !=
               0 ||
           information.si_pid == m_pid;
}

/// Whether it is found with more processes than it may have.
bool
ChildProgram::HasTooMany()
{
    if (!m_options.processes || Clock::now() < m_nextCount)
    {
        return false;
    }
    const std::size_t count = CountTasks(m_others);
    m_nextCount = Clock::now() + COUNT;
    return count > *m_options.processes + (m_options.hidden ? WAITING : 0);
}

/// Hears what it writes until it has ended, its time is over, or it has too many processes.
void
ChildProgram::Listen()
{
    while (!HasEnded())
    {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(m_deadline - Clock::now());
        if (left.count() <= 0)
        {
            m_end.timedOut = true;
            return;
        }
        if (HasTooMany())
        {
            m_end.tooMany = true;
            return;
        }
        std::array<pollfd, 2> wait{{{m_output.Reader(), POLLIN, 0}, {m_error.Reader(), POLLIN, 0}}};
        // With both at their end it is about to end, or has closed them and goes on.
        const auto patience = m_output.IsOpen() || m_error.IsOpen() ? LOOK : LOOK / 5;
        if (poll(wait.data(), wait.size(), static_cast<int>(std::min(left, patience).count())) <= 0)
        {
            continue;
        }
        if (wait[0].revents != 0)
        {
            Drain(m_output, m_end.output);
        }
        if (wait[1].revents != 0)
        {
            Drain(m_error, m_end.error);
        }
    }
}

/// Ends it, its group, and whoever became this process's child by its end.
void
ChildProgram::EndAll()
{
    kill(m_pid, SIGKILL);
    kill(-m_pid, SIGKILL);
    siginfo_t information{};
    while (waitid(P_PID, static_cast<id_t>(m_pid), &information, WEXITED | WNOWAIT) != 0 &&
           errno == EINTR)
    {
    }
    m_others.push_back(m_pid);
    KillChildrenBut(m_others);
    const int status = WaitFor(m_pid);
    m_end.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

ChildEnd
ChildProgram::Run()
{
    const pid_t self = getpid();
    m_pid = fork();
    if (m_pid < 0)
    {
        throw MachineError::FromErrno("cannot start a process");
    }
    if (m_pid == 0)
    {
        Become(self);
    }
    setpgid(m_pid, m_pid);
    m_output.CloseWriter();
    m_error.CloseWriter();
    m_failure.CloseWriter();
    int reason = 0;
    m_end.started = read(m_failure.Reader(), &reason, sizeof(reason)) == 0;
    if (m_end.started)
    {
        Listen();
    }
    EndAll();
    while (m_output.IsOpen())
    {
        Drain(m_output, m_end.output);
    }
    while (m_error.IsOpen())
    {
        Drain(m_error, m_end.error);
    }
    if (!m_end.started)
    {
        m_end.error = std::strerror(reason);
    }
    return m_end;
}

} // namespace

ChildEnd
RunChild(const std::vector<std::string>& words, const ChildOptions& options)
{
    return ChildProgram(words, options).Run();
}

} // namespace bouncelab::run

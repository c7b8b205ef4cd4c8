#include "lab/run/supervisor.h"

#include "formats/machine-error.h"
#include "lab/run/locked-folder.h"
#include "lab/run/processes.h"

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bouncelab::run
{

namespace
{

namespace fs = std::filesystem;

fs::path
TemporaryPlace()
{
    std::error_code error;
    fs::path place = fs::temp_directory_path(error);
    if (error)
    {
        const char* named = std::getenv("TMPDIR");
        throw MachineError(std::string("cannot use ") + (named ? named : "/tmp") +
                           " for temporary files: " + error.message());
    }
    return place;
}

/// The two folders, gone with this object.
class Folders
{
  public:
    explicit Folders(const fs::path& results)
        : m_temporary(TemporaryPlace() / "bouncelab.")
    {
        if (!results.empty())
        {
            m_staging = std::make_unique<LockedFolder>(results / ".staging-");
        }
    }

    WorkFolders Paths() const
    {
        return {m_staging ? m_staging->Path() : fs::path(), m_temporary.Path()};
    }

    void Remove() const
    {
        if (m_staging)
        {
            m_staging->Remove();
        }
        m_temporary.Remove();
    }

  private:
    LockedFolder m_temporary;
    std::unique_ptr<LockedFolder> m_staging;
};

/// Holds back the signals that ask a process to end, unless they are ignored, and SIGCHLD.
class HeldSignals
{
  public:
    HeldSignals()
    {
        sigemptyset(&m_held);
        sigaddset(&m_held, SIGCHLD);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT})
        {
            struct sigaction action
            {
            };

            sigaction(signal, nullptr, &action);
            if (action.sa_handler != SIG_IGN)
            {
                sigaddset(&m_held, signal);
            }
        }
        sigprocmask(SIG_BLOCK, &m_held, &m_before);
    }

    ~HeldSignals() { Restore(); }

    HeldSignals(const HeldSignals&) = delete;
    HeldSignals& operator=(const HeldSignals&) = delete;

    const sigset_t& Set() const { return m_held; }

    void Restore() const { sigprocmask(SIG_SETMASK, &m_before, nullptr); }

  private:
    sigset_t m_held{};
    sigset_t m_before{};
};

/// Ends this process by a signal, without a core: whose it is has left one.
void
EndBy(int signal)
{
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    std::signal(signal, SIG_DFL);
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, signal);
    raise(signal);
    sigprocmask(SIG_UNBLOCK, &one, nullptr);
}

/// Waits until a child has ended or the tool is gone, reaping on the way whoever else ends.
/// \return the child's status; it is killed when nobody needs it any more
int
WaitForEnd(pid_t worker, int lifeline, const sigset_t& signals)
{
    const int news = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    while (true)
    {
        int status = 0;
        pid_t ended = 0;
        while ((ended = waitpid(-1, &status, WNOHANG)) > 0)
        {
            if (ended == worker)
            {
                return status;
            }
        }
        std::array<pollfd, 2> wait{{{lifeline, POLLIN, 0}, {news, POLLIN, 0}}};
        poll(wait.data(), wait.size(), -1);
        if (wait[0].revents != 0)
        {
            kill(worker, SIGKILL);
            return WaitFor(worker);
        }
        signalfd_siginfo information;
        while (read(news, &information, sizeof(information)) > 0)
        {
        }
    }
}

[[noreturn]] void
Work(pid_t supervisor,
     pid_t group,
     const HeldSignals& signals,
     const Folders& folders,
     const std::function<int(const WorkFolders&)>& work)
{
    EndWithParent(supervisor);
    setpgid(0, group);
    signals.Restore();
    std::exit(work(folders.Paths()));
}

[[noreturn]] void
Supervise(const std::array<int, 2>& lifeline,
          const HeldSignals& signals,
          const Folders& folders,
          const std::function<int(const WorkFolders&)>& work)
{
    close(lifeline[1]);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    // Neither a key at the terminal nor a signal to the tool's group ends who cleans up after it.
    const pid_t group = getpgrp();
    setpgid(0, 0);
    const pid_t self = getpid();
    const pid_t worker = fork();
    if (worker == 0)
    {
        close(lifeline[0]);
        Work(self, group, signals, folders, work);
    }
    if (worker < 0)
    {
        const std::string why = MachineError::FromErrno("bouncelab: cannot start").what();
        std::fprintf(stderr, "%s\n", why.c_str());
        folders.Remove();
        _exit(2);
    }
    const int status = WaitForEnd(worker, lifeline[0], signals.Set());
    KillChildrenBut({});
    folders.Remove();
    if (WIFSIGNALED(status))
    {
        EndBy(WTERMSIG(status));
    }
    _exit(WEXITSTATUS(status));
}

/// Until the supervisor has ended. \return its status; a signal that this process has to end by is
/// put into `signal`
int
Attend(pid_t supervisor, int lifeline, const sigset_t& signals, int& signal)
{
    int status = 0;
    while (waitpid(supervisor, &status, WNOHANG) == 0)
    {
        const int news = sigwaitinfo(&signals, nullptr);
        if (news > 0 && news != SIGCHLD)
        {
            signal = news;
            close(lifeline);
            return WaitFor(supervisor);
        }
    }
    close(lifeline);
    return status;
}

} // namespace

int
Supervised(const fs::path& results, const std::function<int(const WorkFolders&)>& work)
{
    int signal = 0;
    int status = 0;
    {
        // Who started this process may have had no use for the status of children.
        std::signal(SIGCHLD, SIG_DFL);
        const HeldSignals signals;
        const Folders folders(results);
        std::array<int, 2> lifeline{};
        std::fflush(nullptr);
        const bool hasPipe = pipe2(lifeline.data(), O_CLOEXEC) == 0;
        const pid_t supervisor = hasPipe ? fork() : -1;
        if (supervisor < 0)
        {
            throw MachineError::FromErrno("cannot start a process");
        }
        if (supervisor == 0)
        {
            Supervise(lifeline, signals, folders, work);
        }
        close(lifeline[0]);
        status = Attend(supervisor, lifeline[1], signals.Set(), signal);
    }
    if (signal == 0 && WIFSIGNALED(status))
    {
        signal = WTERMSIG(status);
        if (signal == SIGKILL)
        {
            throw MachineError("the work was killed, as Linux does when memory runs out");
        }
    }
    if (signal != 0)
    {
        EndBy(signal);
    }
    return WEXITSTATUS(status);
}

} // namespace bouncelab::run

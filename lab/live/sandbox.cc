#include "lab/live/sandbox.h"

#include "lab/live/sandbox-init.h"

#include <fmt/format.h>

#include <array>
#include <csignal>

#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>

namespace bouncelab::live
{

namespace
{

constexpr int NEW_NAMESPACES =
    CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC;

/// Lets go of everything that the first process has open, but for standard streams and one.
void
KeepOnly(int fd)
{
    if (fd > 3)
    {
        close_range(3, static_cast<unsigned>(fd) - 1, 0);
    }
    close_range(static_cast<unsigned>(fd) + 1, ~0U, 0);
}

/**
 * The life of the process between this one and the sandbox's first: a process table begins with a
 * child of the one that asks for it, and this one wants to stay in its own.
 */
[[noreturn]] void
Keep(const SandboxSetup& setup, const MessageChannel& channel, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
    {
        _exit(0);
    }
    KeepOnly(channel.Get());
    // A ctrl-C is for the first process; this one follows it.
    setsid();
    if (unshare(NEW_NAMESPACES) != 0)
    {
        channel.Send(fmt::format("{} cannot have namespaces of its own: {}",
                                 word::FAILED,
                                 std::strerror(errno)));
        _exit(0);
    }
    const pid_t init = fork();
    if (init == 0)
    {
        // Had the parent died before this, the channel would be at its end.
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        SandboxInit(setup, channel).Live();
    }
    if (init < 0)
    {
        channel.Send(fmt::format("{} cannot fork: {}", word::FAILED, std::strerror(errno)));
    }
    close_range(0, ~0U, 0);
    while (init > 0 && waitpid(init, nullptr, 0) < 0 && errno == EINTR)
    {
    }
    _exit(0);
}

} // namespace

Sandbox::Sandbox(const SandboxSetup& setup)
{
    auto ends = MessageChannel::MakePair();
    const pid_t self = getpid();
    std::fflush(nullptr);
    m_keeper = fork();
    if (m_keeper < 0)
    {
        ThrowErrno("cannot start a sandbox");
    }
    if (m_keeper == 0)
    {
        Keep(setup, ends.second, self);
    }
    m_channel = std::move(ends.first);
    ends.second.Close();
    auto message = m_channel.Receive();
    if (!message || message->text != word::UP)
    {
        const std::string reason =
            message ? message->text.substr(word::FAILED.size()) : std::string(" it ended at once");
        m_channel.Close();
        waitpid(m_keeper, nullptr, 0);
        throw LiveError("cannot make a sandbox:" + reason);
    }
    m_tap = std::move(message->descriptor);
}

Sandbox::~Sandbox()
{
    m_channel.Close();
    while (waitpid(m_keeper, nullptr, 0) < 0 && errno == EINTR)
    {
    }
}

void
Sandbox::Start(const ShellCommand& command, Readiness readiness)
{
    m_readiness = readiness;
    m_channel.Send(fmt::format("{} {} {}\n{}",
                               word::START,
                               readiness == Readiness::Said ? "said" : "assumed",
                               command.folder.string(),
                               command.text));
}

void
Sandbox::Take(const MessageChannel::ChannelMessage& message)
{
    const std::size_t space = message.text.find(' ');
    const std::string what = message.text.substr(0, space);
    if (what == word::READY)
    {
        m_status.isReady = true;
    }
    else if (what == word::ENDED)
    {
        m_status.ended = std::stoi(message.text.substr(space + 1));
    }
    else if (what == word::BESIDE_ENDED)
    {
        m_besideEnded = std::stoi(message.text.substr(space + 1));
    }
    else if (what == word::FAILED)
    {
        throw LiveError("a sandbox failed:" + message.text.substr(what.size()));
    }
}

const SandboxStatus&
Sandbox::Wait(std::chrono::milliseconds longest)
{
    // Who sends something needs the network, and so that the simulation begins.
    const bool watchesTap = m_readiness == Readiness::Assumed && !m_status.isReady;
    std::array<pollfd, 2> wait{
        {{m_channel.Get(), POLLIN, 0}, {watchesTap ? m_tap.Get() : -1, POLLIN, 0}}};
    while (poll(wait.data(), wait.size(), static_cast<int>(longest.count())) > 0)
    {
        longest = std::chrono::milliseconds(0);
        if (wait[1].revents != 0)
        {
            m_status.isReady = true;
            wait[1].fd = -1;
        }
        if (wait[0].revents == 0)
        {
            continue;
        }
        const auto message = m_channel.Receive();
        if (!message)
        {
            throw LiveError("a sandbox has gone");
        }
        Take(*message);
    }
    return m_status;
}

bool
Sandbox::RunBeside(const ShellCommand& command, std::chrono::milliseconds longest)
{
    using Clock = std::chrono::steady_clock;
    m_besideEnded.reset();
    m_channel.Send(fmt::format("{} {}\n{}", word::BESIDE, command.folder.string(), command.text));
    const auto deadline = Clock::now() + longest;
    while (!m_besideEnded && Clock::now() < deadline)
    {
        Wait(std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()));
    }
    if (!m_besideEnded)
    {
        m_channel.Send(std::string(word::STOP));
        return false;
    }
    return *m_besideEnded == 0;
}

} // namespace bouncelab::live

#include "lab/live/sandbox-init.h"

#include <fmt/format.h>

#include <array>
#include <csignal>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

namespace bouncelab::live
{

namespace
{

namespace fs = std::filesystem;

constexpr int READY_DESCRIPTOR = 3;
constexpr int LOOK_MS = 20;
constexpr int ASSUMED_AFTER_LOOKS = 3000 / LOOK_MS;

/// Whether anything in this network listens on TCP port 25.
bool
SomethingListens()
{
    std::ifstream table("/proc/net/tcp");
    std::string line;
    while (std::getline(table, line))
    {
        std::istringstream words(line);
        std::string number;
        std::string local;
        std::string remote;
        std::string state;
        words >> number >> local >> remote >> state;
        if (state == "0A" && local.size() > 5 && local.substr(local.size() - 5) == ":0019")
        {
            return true;
        }
    }
    return false;
}

std::pair<std::string, std::string>
SplitAt(const std::string& text, char sign)
{
    const std::size_t at = text.find(sign);
    return at == std::string::npos ? std::make_pair(text, std::string())
                                   : std::make_pair(text.substr(0, at), text.substr(at + 1));
}

int
StatusOf(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace

void
SandboxInit::Live()
{
    try
    {
        SetUp();
        Serve();
    }
    catch (const std::exception& error)
    {
        m_channel.Send(fmt::format("{} {}", word::FAILED, error.what()));
    }
    _exit(0);
}

void
SandboxInit::SetUp()
{
    setsid();
    prctl(PR_SET_NAME, "bouncelab-init");
    const Descriptor nothing(open("/dev/null", O_RDWR | O_CLOEXEC));
    for (int standard = 0; standard < 3; ++standard)
    {
        dup2(nothing.Get(), standard);
    }
    const Descriptor tap = MakeNetwork(m_setup.network);
    EnterPrivateRoot(m_setup.layers, m_setup.shared, m_setup.texts);
    if (sethostname(m_setup.texts.hostname.data(), m_setup.texts.hostname.size()) != 0)
    {
        ThrowErrno("cannot name a sandbox " + m_setup.texts.hostname);
    }
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_SETMASK, &children, nullptr);
    m_signals = Descriptor(signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK));
    m_channel.Send(std::string(word::UP), tap.Get());
}

void
SandboxInit::Serve()
{
    for (;;)
    {
        std::array<pollfd, 3> wait{{{m_channel.Get(), POLLIN, 0},
                                    {m_signals.Get(), POLLIN, 0},
                                    {m_readyLine.Get(), POLLIN, 0}}};
        poll(wait.data(), wait.size(), m_isWaiting ? LOOK_MS : -1);
        if (wait[0].revents != 0 && !TakeOrder())
        {
            return;
        }
        if (wait[2].revents != 0 && HearsReady())
        {
            SayReady();
        }
        if (m_isWaiting)
        {
            LookForReadiness();
        }
        Reap();
    }
}

bool
SandboxInit::TakeOrder()
{
    const auto message = m_channel.Receive();
    if (!message)
    {
        return false;
    }
    const auto [order, rest] = SplitAt(message->text, ' ');
    if (order == word::START)
    {
        const auto [readiness, where] = SplitAt(rest, ' ');
        const auto [folder, text] = SplitAt(where, '\n');
        m_readiness = readiness == "said" ? Readiness::Said : Readiness::Assumed;
        int ends[2];
        if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        {
            ThrowErrno("pipe");
        }
        m_readyLine = Descriptor(ends[0]);
        const Descriptor writer(ends[1]);
        m_isWaiting = true;
        m_command = Spawn(ShellCommand{text, folder}, writer.Get());
    }
    else if (order == word::BESIDE)
    {
        const auto [folder, text] = SplitAt(rest, '\n');
        m_beside = Spawn(ShellCommand{text, folder}, -1);
    }
    else if (order == word::STOP && m_beside > 0)
    {
        kill(-m_beside, SIGKILL);
    }
    return true;
}

pid_t
SandboxInit::Spawn(const ShellCommand& command, int readyEnd)
{
    const pid_t child = fork();
    if (child < 0)
    {
        ThrowErrno("fork");
    }
    if (child > 0)
    {
        return child;
    }
    setsid();
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    const std::string log = std::string(SHARED_FOLDER) + "/out/output.log";
    const int output = open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0644);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    if (readyEnd >= 0)
    {
        // The pipe's blocking mode is its reader's affair; the writer's end is a description of its
        // own.
        fcntl(readyEnd, F_SETFL, 0);
        if (readyEnd == READY_DESCRIPTOR)
        {
            fcntl(readyEnd, F_SETFD, 0);
        }
        dup2(readyEnd, READY_DESCRIPTOR);
    }
    close_range(readyEnd >= 0 ? READY_DESCRIPTOR + 1 : READY_DESCRIPTOR, ~0U, 0);
    if (chdir(command.folder.c_str()) != 0 && chdir("/") != 0)
    {
        _exit(127);
    }
    std::vector<char*> environment;
    for (const std::string& each : m_setup.environment)
    {
        environment.push_back(const_cast<char*>(each.c_str()));
    }
    environment.push_back(nullptr);
    execle("/bin/sh", "sh", "-c", command.text.c_str(), nullptr, environment.data());
    _exit(127);
}

void
SandboxInit::Reap()
{
    signalfd_siginfo information;
    while (read(m_signals.Get(), &information, sizeof(information)) > 0)
    {
    }
    int status = 0;
    pid_t child = 0;
    while ((child = waitpid(-1, &status, WNOHANG)) > 0)
    {
        if (child == m_command)
        {
            m_isWaiting = false;
            m_command = -1;
            m_channel.Send(fmt::format("{} {}", word::ENDED, StatusOf(status)));
        }
        else if (child == m_beside)
        {
            m_beside = -1;
            m_channel.Send(fmt::format("{} {}", word::BESIDE_ENDED, StatusOf(status)));
        }
    }
}

bool
SandboxInit::HearsReady()
{
    std::array<char, 256> buffer{};
    const ssize_t size = read(m_readyLine.Get(), buffer.data(), buffer.size());
    if (size > 0)
    {
        m_readyText.append(buffer.data(), static_cast<std::size_t>(size));
    }
    else if (size == 0)
    {
        m_readyLine.Close();
    }
    return m_readyText.find("ready\n") != std::string::npos;
}

void
SandboxInit::LookForReadiness()
{
    ++m_looks;
    std::error_code ignored;
    const bool assumes = m_readiness == Readiness::Assumed;
    if (fs::exists(fs::path(SHARED_FOLDER) / "ready", ignored) ||
        (assumes && (m_looks >= ASSUMED_AFTER_LOOKS || SomethingListens())))
    {
        SayReady();
    }
}

void
SandboxInit::SayReady()
{
    if (m_isWaiting)
    {
        m_isWaiting = false;
        m_readyText.clear();
        m_channel.Send(std::string(word::READY));
    }
}

} // namespace bouncelab::live

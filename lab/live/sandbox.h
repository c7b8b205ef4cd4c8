#ifndef BOUNCELAB_LAB_LIVE_SANDBOX_H
#define BOUNCELAB_LAB_LIVE_SANDBOX_H

#include "lab/live/message-channel.h"
#include "lab/live/network.h"
#include "lab/live/private-root.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace bouncelab::live
{

/// A command line for /bin/sh.
struct ShellCommand
{
    std::string text;
    std::filesystem::path folder; //!< That it starts in.
};

/// When a command counts as ready to take mail.
enum class Readiness
{
    Said,    //!< When it says so: a line "ready" on descriptor 3, or a file "ready" in the share.
    Assumed, //!< Or when something listens on TCP port 25, or a packet is sent, or after 3 s.
};

struct SandboxSetup
{
    NetworkSetup network;
    RootTexts texts;
    std::filesystem::path layers;         //!< See EnterPrivateRoot().
    std::filesystem::path shared;         //!< Ditto; has a folder "out".
    std::vector<std::string> environment; //!< "NAME=value"; all that commands get.
};

/// What a sandbox says of its command.
struct SandboxStatus
{
    bool isReady = false;
    std::optional<int> ended; //!< Exit status, or 128 and the number of the signal that ended it.
};

/**
 * A machine of its own on this one: process table, network, mounts, host name and IPC. It has no
 * name anywhere and belongs to a process that dies with this one, however this one ends. With that
 * process everything in the sandbox goes.
 */
class Sandbox
{
  public:
    /// To be called after EnterPrivatePlace(), and before this process has threads. \throws
    /// LiveError
    explicit Sandbox(const SandboxSetup& setup);
    ~Sandbox();
    Sandbox(const Sandbox&) = delete;
    Sandbox& operator=(const Sandbox&) = delete;

    /// The wire of its network (see MakeNetwork()), once.
    Descriptor TakeTap() { return std::move(m_tap); }

    /// Starts the command; its output goes to out/output.log in the share.
    void Start(const ShellCommand& command, Readiness readiness);

    /// Waits until there is news of the command, at most this long. \return the latest
    const SandboxStatus& Wait(std::chrono::milliseconds longest);

    /// Runs another command beside it, and kills it when its time is over.
    /// \return whether it ended with status 0
    bool RunBeside(const ShellCommand& command, std::chrono::milliseconds longest);

  private:
    void Take(const MessageChannel::ChannelMessage& message);

    MessageChannel m_channel;
    pid_t m_keeper = -1;
    Descriptor m_tap;
    Readiness m_readiness = Readiness::Said;
    SandboxStatus m_status;
    std::optional<int> m_besideEnded;
};

} // namespace bouncelab::live

#endif // BOUNCELAB_LAB_LIVE_SANDBOX_H

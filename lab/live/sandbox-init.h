#ifndef BOUNCELAB_LAB_LIVE_SANDBOX_INIT_H
#define BOUNCELAB_LAB_LIVE_SANDBOX_INIT_H

#include "lab/live/sandbox.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::live
{

/// What goes over a sandbox's channel: a word, and after a space what belongs to it.
namespace word
{
constexpr std::string_view UP = "up";         //!< The network stands; the TAP comes along.
constexpr std::string_view FAILED = "failed"; //!< And why.
constexpr std::string_view START = "start";   //!< Readiness, folder, line end, command.
constexpr std::string_view BESIDE = "beside"; //!< Folder, line end, command.
constexpr std::string_view STOP = "stop";     //!< Kill what runs beside.
constexpr std::string_view READY = "ready";
constexpr std::string_view ENDED = "ended";               //!< Status.
constexpr std::string_view BESIDE_ENDED = "beside-ended"; //!< Status.
} // namespace word

/**
 * The first process of a sandbox: makes its network and root, starts commands, and reaps whoever is
 * left without a parent. Its end is the end of everything in the sandbox.
 */
class SandboxInit
{
  public:
    SandboxInit(const SandboxSetup& setup, const MessageChannel& channel)
        : m_setup(setup)
        , m_channel(channel)
    {
    }

    /// Until the other end of the channel is gone.
    [[noreturn]] void Live();

  private:
    void SetUp();
    void Serve();
    bool TakeOrder();
    pid_t Spawn(const ShellCommand& command, int readyEnd);
    void Reap();
    void LookForReadiness();
    void SayReady();
    bool HearsReady();

    const SandboxSetup& m_setup;
    const MessageChannel& m_channel;
    Descriptor m_signals;
    Descriptor m_readyLine;
    std::string m_readyText;
    Readiness m_readiness = Readiness::Said;
    bool m_isWaiting = false;
    int m_looks = 0;
    pid_t m_command = -1;
    pid_t m_beside = -1;
};

} // namespace bouncelab::live

#endif // BOUNCELAB_LAB_LIVE_SANDBOX_INIT_H

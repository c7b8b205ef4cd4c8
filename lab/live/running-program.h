#ifndef BOUNCELAB_LAB_LIVE_RUNNING_PROGRAM_H
#define BOUNCELAB_LAB_LIVE_RUNNING_PROGRAM_H

#include "lab/live/replacement.h"
#include "lab/live/sandbox.h"
#include "lab/scenario/scenario.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace bouncelab::live
{

/// A host's sandbox with the program that takes the host's place in it, from its start to what is
/// left of it.
class RunningProgram
{
  public:
    /**
     * Makes the sandbox, empty of programs.
     *
     * \param place a folder of its own below PRIVATE_PLACE
     * \throws LiveError
     */
    RunningProgram(const scenario::Scenario& scenario,
                   const Replacement& replacement,
                   const std::filesystem::path& place);

    /// Starts the program, and returns when it is ready. \throws LiveError with the end of its
    /// output
    void Start();

    /// The status with which it has ended, if it has.
    std::optional<int> Ended();

    /// Has the peer put together what it leaves, and copies that. \return whether that went well
    bool Collect(const std::filesystem::path& to);

    const Replacement& What() const { return m_replacement; }

    const NetworkSetup& Network() const { return m_network; }

    Descriptor TakeTap() { return m_sandbox->TakeTap(); }

    /// Where the program finds its users' mail.
    std::filesystem::path MailFolder() const { return m_shared / "mail"; }

  private:
    std::string OutputTail() const;

    const Replacement& m_replacement;
    NetworkSetup m_network;
    std::filesystem::path m_shared;
    std::unique_ptr<Sandbox> m_sandbox;
};

} // namespace bouncelab::live

#endif // BOUNCELAB_LAB_LIVE_RUNNING_PROGRAM_H

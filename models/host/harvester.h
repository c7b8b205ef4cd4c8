#ifndef BOUNCELAB_MODELS_HOST_HARVESTER_H
#define BOUNCELAB_MODELS_HOST_HARVESTER_H

#include "models/host/prober.h"
#include "models/probe/harvester.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace bouncelab::host
{

/// A harvester at work on a host.
class Harvester : private probe::HarvestObserver
{
  public:
    /// Who hears what happens; each may be empty.
    struct Handlers
    {
        /// \param waited from the command to the answer
        std::function<void(Nanoseconds time,
                           std::string_view address,
                           std::uint32_t code,
                           Nanoseconds waited)>
            onGuess;
        std::function<void(Nanoseconds, std::string_view)> onFound;
        std::function<void(Nanoseconds, const probe::HarvestReport&)> onDone;
        Prober::ConnectionHandler onConnection;
    };

    /**
     * \pre the config is without fault (probe::CheckHarvester). The host has to outlive the
     * harvester.
     * \param name of the program, unique on the host; names its draws
     */
    Harvester(Host& host,
              const std::string& name,
              Prober::Peer peer,
              const probe::HarvesterConfig& config,
              std::uint64_t seed,
              Handlers handlers);

    void StartAt(Nanoseconds time) { m_prober.StartAt(time); } //!< Simulated time.

    const probe::HarvestReport& Report() const { return m_harvester.Report(); } //!< So far.

  private:
    void OnGuess(Nanoseconds time,
                 std::string_view address,
                 std::uint32_t code,
                 Nanoseconds waited) override;
    void OnFound(Nanoseconds time, std::string_view address) override;
    void OnDone(Nanoseconds time, const probe::HarvestReport& report) override;

    Handlers m_handlers;
    probe::Harvester m_harvester;
    Prober m_prober;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_HARVESTER_H

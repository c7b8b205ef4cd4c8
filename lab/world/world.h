#ifndef BOUNCELAB_LAB_WORLD_WORLD_H
#define BOUNCELAB_LAB_WORLD_WORLD_H

#include "lab/scenario/scenario.h"
#include "lab/world/blacklists.h"
#include "lab/world/domain.h"
#include "lab/world/mail.h"
#include "lab/world/names.h"
#include "lab/world/network.h"
#include "lab/world/outside-machine.h"
#include "lab/world/program.h"
#include "lab/world/time-services.h"
#include "models/host/event-stream.h"
#include "models/middlebox/middlebox.h"
#include "models/provenance/ledger.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::world
{

/**
 * The simulated world of one run, built from a checked scenario: the only place that makes
 * topologies. ns-3's simulator is process-wide, so a process builds one world and runs it once.
 */
class World
{
  public:
    /**
     * \param scenario checked by lab/scenario; has to outlive the world
     * \param seed of the run; every stream of draws comes from it
     * \param ledger,events have to outlive the world
     * \param outside machines that are not simulated, in place of hosts at the end of a path
     *        without a tunnel; they have to outlive the world. The probes, telnets and mail
     * programs of those hosts do not exist; what their users send goes to the machine.
     */
    World(const scenario::Scenario& scenario,
          std::uint64_t seed,
          provenance::Ledger& ledger,
          const host::EventStream& events,
          OutsideMachines outside = {});
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// The clock of a host, for its logs.
    HostClock ClockOf(const std::string& host) const { return m_network.ClockOf(host); }

    /// A clock that is right, in the site's time zone.
    HostClock RightClock() const { return m_network.RightClock(); }

    /// The name that reverse DNS has for an address; empty = none.
    std::string ReverseNameOf(IpAddress address) const { return m_network.ReverseNameOf(address); }

    /// Finds that name as a program at a place does: by packets where a host with a resolver is
    /// there, else at once. \param onName called once; what is not told when the run ends, is lost
    void AskName(const std::string& place,
                 IpAddress address,
                 std::function<void(const std::string& name)> onName) const;

    /**
     * Shows what passes a place: a host, a station, a network's mirror port, or a gateway's
     * interface as "gateway-inside". Before Run(). \param side of a station; elsewhere it means
     * nothing. \param packets is called at places on lines \param frames at those on networks
     */
    void Observe(const std::string& place,
                 scenario::StationSide side,
                 path::WireObserver packets,
                 path::FrameObserver frames)
    {
        m_network.Observe(place, side, std::move(packets), std::move(frames));
    }

    /// Runs for the scenario's duration.
    void Run();

  private:
    void ScheduleOutages();

    const scenario::Scenario& m_scenario;
    Network m_network;
    std::vector<std::unique_ptr<middlebox::Middlebox>> m_boxes;
    std::optional<Names> m_names;
    std::optional<Blacklists> m_blacklists;
    std::optional<TimeServices> m_timeServices;
    std::optional<Domain> m_domain;
    std::optional<Mail> m_mail;
    std::vector<std::unique_ptr<Program>> m_programs;
};

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_WORLD_H

#ifndef BOUNCELAB_LAB_WORLD_HOST_CLOCKS_H
#define BOUNCELAB_LAB_WORLD_HOST_CLOCKS_H

#include "formats/clock.h"
#include "lab/scenario/scenario.h"
#include "models/kerberos/drifting-clock.h"

#include <map>
#include <string>

namespace bouncelab::world
{

/// The clocks of all hosts of a run; those of hosts with a time service, and of members of the
/// domain, drift and are set.
class HostClocks
{
  public:
    /// \param scenario has to outlive it.
    explicit HostClocks(const scenario::Scenario& scenario);

    /// For a host's logs. It has to be outlived by this.
    HostClock ClockOf(const std::string& host) const;

    /// A clock that is right, in the site's time zone.
    HostClock Right() const;

    /// \throws std::out_of_range where a host's clock is never set
    kerberos::DriftingClock& Find(const std::string& host) { return m_set.at(host); }

  private:
    const scenario::Scenario& m_scenario;
    WallTime m_start;
    std::map<std::string, kerberos::DriftingClock> m_set;
};

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_HOST_CLOCKS_H

#ifndef BOUNCELAB_LAB_WORLD_BLACKLISTS_H
#define BOUNCELAB_LAB_WORLD_BLACKLISTS_H

#include "lab/world/names.h"
#include "models/smtp/server-policy.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bouncelab::world
{

/// The lists of addresses of a run, and the ways by which they hear of mail.
class Blacklists
{
  public:
    /// What a sensor tells: who sends, as what, and whether a message of it has been taken.
    using Sensor =
        std::function<void(const smtp::ConnectionInfo&, const std::string& hello, bool taken)>;

    /// Adds each list's zone to its host's name server. All have to outlive this.
    Blacklists(const ProgramContext& context, const Names& names);
    ~Blacklists();
    Blacklists(const Blacklists&) = delete;
    Blacklists& operator=(const Blacklists&) = delete;

    /// Tells the lists what clients do at a host, sensor or not; empty if there is no list.
    Sensor SensorAt(const std::string& host) const;

    /// Why an address is on a list, or was on it last; 0 = it never was.
    provenance::CauseId CauseOf(IpAddress address) const;

  private:
    class RunningList;

    std::vector<std::unique_ptr<RunningList>> m_lists;
};

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_BLACKLISTS_H

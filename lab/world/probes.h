#ifndef BOUNCELAB_LAB_WORLD_PROBES_H
#define BOUNCELAB_LAB_WORLD_PROBES_H

#include "lab/spec/probe-config.h"
#include "lab/world/handlers.h"
#include "models/host/host.h"

#include <memory>
#include <string>

namespace bouncelab::world
{

/// A program that tries a server, at work on a host.
class Probe
{
  public:
    virtual ~Probe() = default;
};

/// A relay tester; what it does is `relay.test` in the truth and harms nobody. \param name of the
/// program in the scenario. Host and handlers have to outlive the probe.
std::unique_ptr<Probe> MakeProbe(const std::string& name,
                                 const spec::RelayTesterAtHost& config,
                                 host::Host& host,
                                 const WorldHandlers& handlers);

/// A harvester; what it does is `harvest.probe`, a cause of its own.
std::unique_ptr<Probe> MakeProbe(const std::string& name,
                                 const spec::HarvesterAtHost& config,
                                 host::Host& host,
                                 const WorldHandlers& handlers);

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_PROBES_H

#ifndef BOUNCELAB_LAB_WORLD_PROGRAM_H
#define BOUNCELAB_LAB_WORLD_PROGRAM_H

#include "lab/world/network.h"
#include "models/host/event-stream.h"

#include <memory>
#include <string>

namespace bouncelab::world
{

class Names;

/// A started program, as the world keeps it until the run is over.
class Program
{
  public:
    Program() = default;
    virtual ~Program() = default;
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
};

/// What programs find where they run; outlives them.
struct ProgramContext
{
    Network& network;
    const host::EventStream& events;
    const Names* names = nullptr; //!< Null to those that make them.
};

/*
 * Each kind of scenario::Programs is built by one of these. Null if its host is not simulated.
 */
std::unique_ptr<Program> Build(const std::string& name,
                               const scenario::TracerouteAtHost& config,
                               const ProgramContext& context);
std::unique_ptr<Program> Build(const std::string& name,
                               const scenario::TelnetConfig& config,
                               const ProgramContext& context);

/// What it does is `relay.test` in the truth and does no harm.
std::unique_ptr<Program> Build(const std::string& name,
                               const scenario::RelayTesterAtHost& config,
                               const ProgramContext& context);

/// What it does is `harvest.probe`, a cause of its own.
std::unique_ptr<Program> Build(const std::string& name,
                               const scenario::HarvesterAtHost& config,
                               const ProgramContext& context);

/// What it does harms nobody and is no label.
std::unique_ptr<Program> Build(const std::string& name,
                               const scenario::PathProberAtHost& config,
                               const ProgramContext& context);

/// What it carries is `relay.tunnel` where it is open to everybody, a cause of its own.
std::unique_ptr<Program> Build(const std::string& name,
                               const scenario::HttpProxyAtHost& config,
                               const ProgramContext& context);
std::unique_ptr<Program> Build(const std::string& name,
                               const scenario::TcpServiceAtHost& config,
                               const ProgramContext& context);

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_PROGRAM_H

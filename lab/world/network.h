#ifndef BOUNCELAB_LAB_WORLD_NETWORK_H
#define BOUNCELAB_LAB_WORLD_NETWORK_H

#include "formats/clock.h"
#include "lab/scenario/scenario.h"
#include "lab/world/outside-machine.h"
#include "models/host/host.h"
#include "models/middlebox/middlebox.h"
#include "models/path/gateway.h"
#include "models/path/in-path-station.h"
#include "models/path/tunnel.h"
#include "models/path/unreachable-responder.h"
#include "models/provenance/ledger.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::world
{

/// The machines of a run and what they are joined by: gateway, paths, stations, tunnels.
class Network final : public middlebox::BuildSite
{
  public:
    /// Scenario, ledger and outside machines have to outlive the network.
    Network(const scenario::Scenario& scenario,
            std::uint64_t seed,
            provenance::Ledger& ledger,
            OutsideMachines outside);
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    const scenario::Scenario& Scenario() const { return m_scenario; }

    path::Gateway& Gateway() { return *m_gateway; }

    /// Null for one that is not simulated, or has another in its place.
    host::Host* SimulatedHost(const std::string& name) { return m_machines.at(name).host.get(); }

    /// What is in a host's place; null for one that is simulated.
    OutsideMachine* InPlaceOf(const std::string& name) { return m_machines.at(name).outside; }

    /// The clock of a host, for its logs.
    HostClock ClockOf(const std::string& host) const;

    /// The name that reverse DNS has for an address; empty = none.
    std::string ReverseNameOf(Ipv4 address) const;

    /// See World::Observe().
    void Observe(const std::string& place, scenario::StationSide side, path::WireObserver observer);

    /// Whatever the machines send from now on is lost.
    void CutWires();

    // middlebox::BuildSite
    path::NetworkPath& FindPath(const std::string& name) override { return *m_paths.at(name); }

    path::InPathStation& FindStation(const std::string& name) override
    {
        return *m_stations.at(name);
    }

    host::Host& FindHost(const std::string& name) override { return *m_machines.at(name).host; }

    path::WireObserver WatchersOf(const std::string& host) override;
    std::optional<Ipv4> ExchangerFor(const std::string& host,
                                     std::string_view domain) const override;

    std::uint64_t Seed() const override { return m_seed; }

    provenance::Ledger& Ledger() override { return m_ledger; }

  private:
    /// A host of the scenario: simulated, or another in its place.
    struct Machine
    {
        std::unique_ptr<host::Host> host; //!< Or the next one.
        OutsideMachine* outside = nullptr;
        std::unique_ptr<path::UnreachableResponder> unreachable;
        std::unique_ptr<path::Tunnel> tunnel;
        std::vector<path::WireObserver> observers;

        void SetWire(path::WireHandler wire) const;
        void Receive(const path::WirePacket& packet) const;
        void Show(path::Direction direction, const path::WirePacket& packet) const;
    };

    /// Sends towards the other end of a machine's wire.
    using PacketHandler = std::function<void(const path::WirePacket&)>;

    void BuildGateway();
    void BuildMachine(const std::string& name, const scenario::HostConfig& config);
    void BuildPaths();
    void BuildTunnels();
    void Attach(const std::string& name, path::Direction fromHost, PacketHandler send);
    path::WireHandler Inlet(const std::string& name, path::Direction toHost);
    void AttachToPath(const std::string& name, path::NetworkPath& path, path::PathEnd end);

    const scenario::Scenario& m_scenario;
    std::uint64_t m_seed;
    provenance::Ledger& m_ledger;
    OutsideMachines m_outside;
    std::unique_ptr<path::Gateway> m_gateway;
    std::map<std::string, path::InPathStation*> m_stations;
    std::map<std::string, path::NetworkPath*> m_paths;
    std::map<std::string, Machine> m_machines;
};

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_NETWORK_H

#ifndef BOUNCELAB_LAB_WORLD_NETWORK_H
#define BOUNCELAB_LAB_WORLD_NETWORK_H

#include "formats/clock.h"
#include "lab/scenario/topology.h"
#include "lab/world/host-clocks.h"
#include "lab/world/outside-machine.h"
#include "models/host/event-stream.h"
#include "models/host/host.h"
#include "models/middlebox/middlebox.h"
#include "models/path/path.h"
#include "models/path/router.h"
#include "models/path/segment.h"
#include "models/path/tunnel.h"
#include "models/path/unreachable-responder.h"
#include "models/provenance/ledger.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab::world
{

/// The machines of a run and what they are joined by, as the scenario's topology has them.
class Network final : public middlebox::BuildSite
{
  public:
    /// Scenario, ledger, events and outside machines have to outlive the network.
    Network(const scenario::Scenario& scenario,
            std::uint64_t seed,
            provenance::Ledger& ledger,
            const host::EventStream& events,
            OutsideMachines outside);
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    const scenario::Scenario& Scenario() const { return m_scenario; }

    const scenario::Topology& Topology() const { return m_topology; }

    /// A gateway or a station.
    path::Router& FindRouter(const std::string& name) { return *m_routers.at(name).router; }

    /// Null for one that is not simulated, or has another in its place.
    host::Host* SimulatedHost(const std::string& name) { return m_machines.at(name).host.get(); }

    /// What is in a host's place; null for one that is simulated.
    OutsideMachine* InPlaceOf(const std::string& name) { return m_machines.at(name).outside; }

    /// The clock of a host, for its logs.
    HostClock ClockOf(const std::string& host) const { return m_clocks.ClockOf(host); }

    /// A clock that is right, in the site's time zone.
    HostClock RightClock() const { return m_clocks.Right(); }

    /// The clock of a host with a time service, or of a member of the domain, to be set.
    kerberos::DriftingClock& FindClock(const std::string& host) { return m_clocks.Find(host); }

    /// The name that reverse DNS has for an address; empty = none.
    std::string ReverseNameOf(IpAddress address) const;

    /// The address at which one host finds the mail server of another.
    IpAddress AddressFor(const std::string& from, const std::string& to) const;

    /// See World::Observe().
    void Observe(const std::string& place,
                 scenario::StationSide side,
                 path::WireObserver packets,
                 path::FrameObserver frames);

    /// Whatever the machines send from now on is lost.
    void CutWires();

    // middlebox::BuildSite
    path::NetworkPath& FindPath(const std::string& name) override
    {
        return *m_lines.at(m_topology.LineNamed(name));
    }

    path::Router& FindStation(const std::string& name) override { return FindRouter(name); }

    host::Host& FindHost(const std::string& name) override { return *m_machines.at(name).host; }

    path::WireObserver WatchersOf(const std::string& host) override;
    std::optional<IpAddress> ExchangerFor(const std::string& host,
                                          std::string_view domain) const override;

    std::uint64_t Seed() const override { return m_seed; }

    WallTime Start() const override;

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

    /// A node that forwards, or a host with several interfaces, which does not.
    struct Forwarder
    {
        std::unique_ptr<path::Router> router;
        std::vector<path::Router::Interface*> interfaces; //!< As the topology counts them.
    };

    /// An Ethernet segment, with a port for each member as the topology counts them.
    struct Lan
    {
        std::unique_ptr<path::Segment> segment;
        const scenario::Topology::Network* network = nullptr;
        std::vector<path::Segment::Port*> ports;
        std::vector<scenario::Topology::End> routers; //!< The members that forward.
    };

    using Routes = scenario::Topology::Routes;

    void SetClocks();
    void BuildMachine(const std::string& name, const scenario::HostConfig& config);
    void BuildRouter(const std::string& name, const scenario::Topology::Node& node);
    void BuildLine(const std::string& name, const scenario::Topology::Line& line);
    void BuildNetwork(const std::string& name, const scenario::Topology::Network& network);
    void BuildTunnel(const std::string& name, const scenario::TunnelToHost& config);
    void PutOnRouter(const std::string& name);
    void JoinEnd(path::NetworkPath& line, path::PathEnd end, const scenario::Topology::End& node);
    void AddRoutes(const std::string& name, const Routes& routes);
    void Attach(const std::string& name, path::Direction fromHost, path::WireHandler send);
    path::WireHandler Inlet(const std::string& name, path::Direction toHost);
    void AttachToLine(const std::string& name, path::NetworkPath& line, path::PathEnd end);
    void AttachToNetwork(const std::string& name, const Lan& lan, path::Segment::Port& port);
    void AnswerUdp(const std::string& name, path::HopConfig figures, path::WireHandler send);
    const Lan& LanOf(const scenario::Topology::End& member) const;
    static path::Segment::Port& PortOf(const Lan& lan, const scenario::Topology::End& member);
    static path::WireHandler Into(const Lan& lan, path::Segment::Port& port, IpAddress nextHop);
    IpAddress NextHop(const Lan& lan, IpAddress destination) const;
    void PublishFiltered(const std::string& gateway,
                         const path::FilterRule& rule,
                         path::FilterDirection direction,
                         const path::WirePacket& packet) const;

    const scenario::Scenario& m_scenario;
    scenario::Topology m_topology;
    std::uint64_t m_seed;
    provenance::Ledger& m_ledger;
    const host::EventStream& m_events;
    OutsideMachines m_outside;
    std::map<std::string, Routes> m_routes; //!< Of what is in m_routers.
    std::map<std::string, Forwarder> m_routers;
    std::map<std::string, Machine> m_machines;
    std::map<std::string, std::unique_ptr<path::NetworkPath>> m_lines;
    std::map<std::string, Lan> m_lans;
    HostClocks m_clocks;
    mutable std::map<std::pair<std::string, std::string>, IpAddress>
        m_servers; //!< AddressFor() so far.
};

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_NETWORK_H

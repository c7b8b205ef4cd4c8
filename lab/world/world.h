#ifndef BOUNCELAB_LAB_WORLD_WORLD_H
#define BOUNCELAB_LAB_WORLD_WORLD_H

#include "formats/clock.h"
#include "lab/spec/scenario.h"
#include "lab/world/mail-source.h"
#include "lab/world/mail-system.h"
#include "lab/world/outside-machine.h"
#include "lab/world/probes.h"
#include "models/host/event-stream.h"
#include "models/host/host.h"
#include "models/host/receiving-mta.h"
#include "models/host/sending-mta.h"
#include "models/host/session-link.h"
#include "models/middlebox/injector.h"
#include "models/middlebox/interception-proxy.h"
#include "models/path/gateway.h"
#include "models/path/in-path-station.h"
#include "models/path/traceroute.h"
#include "models/path/tunnel.h"
#include "models/path/unreachable-responder.h"
#include "models/provenance/ledger.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
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
     * \param scenario checked by lab/spec; has to outlive the world
     * \param seed of the run; every stream of draws comes from it
     * \param ledger,events have to outlive the world
     * \param outside machines that are not simulated, in place of hosts at the end of a path
     *        without a tunnel; they have to outlive the world. The probes, telnets and mail
     * programs of those hosts do not exist; what their users send goes to the machine.
     */
    World(const spec::Scenario& scenario,
          std::uint64_t seed,
          provenance::Ledger& ledger,
          const host::EventStream& events,
          OutsideMachines outside = {});
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// The clock of a host, for its logs.
    HostClock ClockOf(const std::string& host) const;

    /// The name that reverse DNS has for an address; empty = none.
    std::string ReverseNameOf(Ipv4 address) const;

    /**
     * Shows every packet that passes a place: "gateway-inside", "gateway-outside", or a station or
     * host by name. Before Run(). \param side of a station; elsewhere it means nothing.
     */
    void Observe(const std::string& place, spec::StationSide side, path::WireObserver observer);

    /// Runs for the scenario's duration.
    void Run();

  private:
    struct Machine
    {
        std::unique_ptr<host::Host> host; //!< Or the next one.
        OutsideMachine* outside = nullptr;
        std::unique_ptr<path::UnreachableResponder> unreachable;
        std::unique_ptr<host::SendingMta> sender;
        std::unique_ptr<host::ReceivingMta> receiver;
        std::unique_ptr<MailSystem> mailSystem;
        std::unique_ptr<path::Tunnel> tunnel;
        std::vector<path::WireObserver> observers;

        void SetWire(path::WireHandler wire) const;
        void Receive(const path::WirePacket& packet) const;
        void Show(path::Heading heading, const path::WirePacket& packet) const;
    };

    void BuildGateway();
    void BuildMachine(const std::string& name, const spec::HostConfig& config);
    void BuildPaths();
    void BuildTunnels();
    void BuildProxies();
    void BuildMailSystem(const std::string& name, const spec::HostConfig& config);
    void BuildProbes();
    void BuildMail();
    void NoteForgery(const std::string& host, const mail::Submission& submission);
    mail::QueueStart QueueStartOf(const std::string& name, const spec::HostConfig& config) const;
    host::SendingMta::Handlers SenderHandlers(const std::string& name);

    template <class What>
    void Publish(std::string_view place, const What& what) const;

    /// Sends towards the other end of a machine's wire.
    using Outlet = std::function<void(const path::WirePacket&)>;
    void Attach(const std::string& name, path::Heading fromHost, Outlet send);
    path::WireHandler Inlet(const std::string& name, path::Heading toHost);
    void AttachToPath(const std::string& name, path::Path& path, path::End end);
    void BuildPrograms(const std::string& name, const spec::HostConfig& config);
    void BuildTelnet(const std::string& name, const spec::TelnetConfig& config);
    void BuildTraceroute(const std::string& name, const spec::TracerouteConfig& config);

    bool IsOutside(const std::string& host) const { return m_outside.count(host) > 0; }

    const spec::Scenario& m_scenario;
    std::uint64_t m_seed;
    provenance::Ledger& m_ledger;
    const host::EventStream& m_events;
    OutsideMachines m_outside;
    mail::QueuePersona m_outsideQueue; //!< Adds no Received field: the program outside does.
    std::unique_ptr<path::Gateway> m_gateway;
    std::map<std::string, path::InPathStation*> m_stations;
    std::map<std::string, path::Path*> m_paths;
    std::map<std::string, Machine> m_machines;
    std::vector<std::unique_ptr<middlebox::Injector>> m_injectors;
    std::vector<std::unique_ptr<middlebox::InterceptionProxy>> m_proxies;
    std::vector<std::unique_ptr<path::Traceroute>> m_traceroutes;
    std::map<std::string, std::unique_ptr<host::SessionLink>> m_telnets;
    std::vector<std::unique_ptr<MailSource>> m_mail;
    Probes m_probes;
    std::map<std::string, provenance::CauseId> m_campaigns; //!< Of forged senders, by host.
    std::map<std::string, provenance::CauseId, std::less<>> m_forgeries; //!< By Message-ID.
};

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_WORLD_H

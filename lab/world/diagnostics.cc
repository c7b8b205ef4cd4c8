#include "lab/world/program.h"

#include "models/host/session-link.h"
#include "models/path/traceroute.h"
#include "models/provenance/sim-now.h"
#include "models/smtp/manual-session.h"

#include <ns3/simulator.h>

namespace bouncelab::world
{

namespace
{

class RunningTraceroute final : public Program
{
  public:
    RunningTraceroute(const std::string& name,
                      const scenario::TracerouteAtHost& config,
                      const ProgramContext& context)
        : m_traceroute(context.network.FindRouter(std::string(scenario::SITE_GATEWAY)),
                       context.network.Scenario().site.gatewayAddress,
                       context.network.Ledger(),
                       context.network.Seed(),
                       name + "/traceroute",
                       {context.network.Scenario().hosts.at(config.to).address, config.maximumHops})
    {
        m_traceroute.OnFinished(
            [name, &events = context.events](const path::TracerouteResult& result)
            {
                const host::TracerouteEvent event{name, result};
                events.Publish({scenario::GATEWAY_INSIDE, SimNow(), nullptr, nullptr, &event});
            });
        ns3::Simulator::Schedule(ns3::NanoSeconds(config.at.count()),
                                 &path::Traceroute::Start,
                                 &m_traceroute);
    }

  private:
    path::Traceroute m_traceroute;
};

class RunningTelnet final : public Program
{
  public:
    RunningTelnet(const scenario::TelnetConfig& config, host::Host& host)
    {
        ns3::Simulator::Schedule(ns3::NanoSeconds(config.at.count()),
                                 [this, &host, &config]
                                 {
                                     m_link = std::make_unique<host::SessionLink>(
                                         host,
                                         host.OpenSocket(config.address, config.port),
                                         std::make_unique<smtp::ManualSession>(config.session),
                                         [](host::SessionLink&) {});
                                     m_link->StartConnecting([] {});
                                 });
    }

  private:
    std::unique_ptr<host::SessionLink> m_link;
};

} // namespace

std::unique_ptr<Program>
Build(const std::string& name,
      const scenario::TracerouteAtHost& config,
      const ProgramContext& context)
{
    return std::make_unique<RunningTraceroute>(name, config, context);
}

std::unique_ptr<Program>
Build(const std::string& /* name */,
      const scenario::TelnetConfig& config,
      const ProgramContext& context)
{
    host::Host* host = context.network.SimulatedHost(config.from);
    return host ? std::make_unique<RunningTelnet>(config, *host) : nullptr;
}

} // namespace bouncelab::world

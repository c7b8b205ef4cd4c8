#include "lab/world/world.h"

#include "lab/scenario/kinds.h"
#include "lab/world/outage.h"

#include <ns3/simulator.h>

#include <string_view>
#include <utility>

namespace bouncelab::world
{

namespace
{

/// \param kinds a struct whose fields are maps from name to config
template <class Base, class Kinds, class Make>
void
BuildAll(std::vector<std::unique_ptr<Base>>& built, const Kinds& kinds, Make make)
{
    scenario::VisitKinds(kinds,
                         [&](std::string_view /* kind */, const auto& entries)
                         {
                             for (const auto& [name, entry] : entries)
                             {
                                 if (auto made = make(name, scenario::ConfigOf(entry)))
                                 {
                                     built.push_back(std::move(made));
                                 }
                             }
                         });
}

} // namespace

World::World(const scenario::Scenario& scenario,
             std::uint64_t seed,
             provenance::Ledger& ledger,
             const host::EventStream& events,
             OutsideMachines outside)
    : m_scenario(scenario)
    , m_network(scenario, seed, ledger, events, std::move(outside))
{
    const ProgramContext context{m_network, events};
    BuildAll(m_boxes,
             scenario.middleboxes,
             [this](const std::string& name, const auto& config)
             { return Build(name, config, m_network); });
    m_names.emplace(context);
    m_blacklists.emplace(context, *m_names);
    m_timeServices.emplace(context);
    if (scenario.domain)
    {
        m_domain.emplace(context, *scenario.domain);
    }
    m_mail.emplace(context, *m_names, *m_blacklists, m_domain ? &*m_domain : nullptr);
    const ProgramContext named{m_network, events, &*m_names};
    BuildAll(m_programs,
             scenario.programs,
             [&named](const std::string& name, const auto& config)
             { return Build(name, config, named); });
    m_mail->BuildUsers();
    ScheduleOutages();
}

/// Of hosts without mail programs; these see to it themselves.
void
World::ScheduleOutages()
{
    for (const auto& [name, config] : m_scenario.hosts)
    {
        host::Host* host = m_mail->IsAt(name) ? nullptr : m_network.SimulatedHost(name);
        for (const scenario::DowntimeConfig& loss : config.powerLoss)
        {
            if (host)
            {
                ns3::Simulator::Schedule(ns3::NanoSeconds(loss.at.count()),
                                         [host, down = loss.downtime] { LosePower(*host, down); });
            }
        }
    }
}

World::~World()
{
    // What is still open closes without a trace: the run is over, and nothing is recorded any more.
    // Events and sockets refer to the machines, so they go before them.
    m_network.CutWires();
    m_programs.clear();
    m_mail.reset();
    m_domain.reset();
    m_timeServices.reset();
    m_blacklists.reset();
    m_names.reset();
    m_boxes.clear();
    ns3::Simulator::Destroy();
}

void
World::AskName(const std::string& place,
               IpAddress address,
               std::function<void(const std::string& name)> onName) const
{
    const std::string machine = m_network.Topology().MachineAt(place);
    m_names->ResolverOf(machine) ? m_names->AskReverse(machine, address, std::move(onName))
                                 : onName(ReverseNameOf(address));
}

void
World::Run()
{
    m_mail->Start();
    ns3::Simulator::Stop(ns3::NanoSeconds(m_scenario.duration.count()));
    ns3::Simulator::Run();
    m_mail->Finish();
}

} // namespace bouncelab::world

#include "lab/world/world.h"

#include "lab/spec/utc-time.h"

#include <ns3/global-value.h>
#include <ns3/simulator.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace bouncelab::world
{

namespace
{

constexpr const char* GATEWAY_INSIDE = "gateway-inside";

std::vector<path::HopConfig>
Scaled(std::vector<path::HopConfig> hops, double scale)
{
    for (path::HopConfig& hop : hops)
    {
        hop.delay =
            Nanoseconds(static_cast<std::int64_t>(static_cast<double>(hop.delay.count()) * scale));
    }
    return hops;
}

} // namespace

World::World(const spec::Scenario& scenario,
             std::uint64_t seed,
             provenance::Ledger& ledger,
             WorldHandlers handlers)
    : m_scenario(scenario),
      m_seed(seed),
      m_ledger(ledger),
      m_handlers(std::move(handlers))
{
    ns3::GlobalValue::Bind("ChecksumEnabled", ns3::BooleanValue(true));
    BuildGateway();
    for (const auto& [name, config] : scenario.hosts)
    {
        BuildMachine(name, config);
    }
    Attach(scenario.site.mailHost, m_gateway->Inside(), path::End::Near);
    for (const auto& [name, config] : scenario.paths)
    {
        path::Path& chain =
            m_gateway->AddServer(name, Scaled(config.hops, config.delayScale));
        Attach(config.to, chain, path::End::Far);
    }
    for (const auto& [name, config] : scenario.injectors)
    {
        const spec::HostConfig& server = scenario.hosts.at(scenario.paths.at(config.path).to);
        m_injectors.push_back(
            std::make_unique<middlebox::Injector>(name,
                                                  config.injector,
                                                  *m_gateway->ChainTo(server.address),
                                                  seed,
                                                  ledger));
    }
    for (const auto& [name, config] : scenario.hosts)
    {
        BuildPrograms(name, config);
    }
    for (const auto& [name, config] : scenario.traceroutes)
    {
        BuildTraceroute(name, config);
    }
    host::SendingMta* mta = m_machines.at(scenario.site.mailHost).sender.get();
    if (mta)
    {
        m_mail = std::make_unique<MailSource>(scenario.mail,
                                              *mta,
                                              scenario.hosts.at(scenario.site.mailHost).hostname,
                                              ClockOf(scenario.site.mailHost),
                                              seed);
    }
}

World::~World()
{
    // What is still open closes into nowhere: the run is over, and nobody watches any more. Events
    // and sockets refer to the machines, so they go before them.
    for (auto& [name, machine] : m_machines)
    {
        machine.host->SetWire([](const path::WirePacket&) {});
        machine.sender.reset();
        machine.receiver.reset();
    }
    ns3::Simulator::Destroy();
}

void
World::BuildGateway()
{
    path::GatewaySetup setup;
    setup.seed = m_seed;
    setup.form = m_scenario.pathForm;
    setup.mailHost = m_scenario.hosts.at(m_scenario.site.mailHost).address;
    setup.inside = m_scenario.site.inside;
    setup.outsideAddress = m_scenario.site.gatewayAddress;
    setup.ledger = &m_ledger;
    m_gateway = std::make_unique<path::Gateway>(setup);
}

void
World::BuildMachine(const std::string& name, const spec::HostConfig& config)
{
    Machine& machine = m_machines[name];
    machine.host = std::make_unique<host::Host>(name,
                                                config.address,
                                                config.stack.value,
                                                config.start,
                                                m_seed,
                                                m_ledger);
}

void
World::Attach(const std::string& name, path::Path& path, path::End end)
{
    Machine& machine = m_machines.at(name);
    const auto fromHost =
        end == path::End::Near ? path::Heading::Outward : path::Heading::Inward;
    const auto toHost = end == path::End::Near ? path::Heading::Inward : path::Heading::Outward;
    const auto send = [&machine, &path, end, fromHost](const path::WirePacket& packet) {
        for (const auto& observer : machine.observers)
        {
            observer(fromHost, packet);
        }
        path.Enter(end, packet);
    };
    machine.host->SetWire(send);
    path.SetHandler(end, [&machine, toHost](const path::WirePacket& packet) {
        for (const auto& observer : machine.observers)
        {
            observer(toHost, packet);
        }
        machine.host->Receive(packet);
    });
    const spec::HostConfig& config = m_scenario.hosts.at(name);
    path::HopConfig responder = path.Setup().hops.back();
    responder.address = config.address;
    responder.icmpTtl = config.stack.value.ttl;
    machine.unreachable = std::make_unique<path::UnreachableResponder>(path,
                                                                       end,
                                                                       m_seed,
                                                                       name,
                                                                       responder,
                                                                       &m_ledger);
    machine.host->SetOtherProtocols(
        [&machine](const path::WirePacket& packet) { machine.unreachable->Take(packet); });
}

HostClock
World::ClockOf(const std::string& host) const
{
    HostClock clock;
    clock.startEpochNs = *spec::ParseUtc(m_scenario.start);
    clock.offsetNs = m_scenario.hosts.at(host).clockOffset.count();
    clock.zoneSeconds = m_scenario.site.utcOffset.count() / NANOSECONDS_PER_SECOND;
    return clock;
}

std::optional<Ipv4>
World::Resolve(std::string_view domain) const
{
    const auto exchanger = m_scenario.mail.exchangers.find(std::string(domain));
    if (exchanger == m_scenario.mail.exchangers.end())
    {
        return std::nullopt;
    }
    return m_scenario.hosts.at(exchanger->second).address;
}

void
World::BuildPrograms(const std::string& name, const spec::HostConfig& config)
{
    Machine& machine = m_machines.at(name);
    if (config.sends)
    {
        mail::QueueStart start = config.queue;
        if (start.hostname.empty())
        {
            start.hostname = config.hostname;
        }
        for (const auto& [domain, exchanger] : m_scenario.mail.exchangers)
        {
            if (exchanger == name)
            {
                start.localDomains.push_back(domain);
            }
        }
        machine.sender = std::make_unique<host::SendingMta>(
            *machine.host,
            config.hostname,
            config.sends->value,
            start,
            ClockOf(name),
            m_seed,
            [this](std::string_view domain) { return Resolve(domain); },
            host::SendingMta::Handlers{
                [this, name](const mail::QueueEvent& event) {
                    if (m_handlers.onQueueEvent)
                    {
                        m_handlers.onQueueEvent(name, event);
                    }
                },
                [this, name](const mail::DeliveryOrder& order) {
                    if (m_handlers.onLocalDelivery)
                    {
                        m_handlers.onLocalDelivery(name, order);
                    }
                },
                [this, name](std::uint64_t delivery, provenance::CauseId cause) {
                    if (m_handlers.onBlame)
                    {
                        m_handlers.onBlame(name, delivery, cause);
                    }
                }});
    }
    if (config.serves)
    {
        machine.receiver = std::make_unique<host::ReceivingMta>(
            *machine.host,
            config.hostname,
            config.serves->value,
            host::RecipientTable{config.recipientReplies, config.acceptsUnlisted},
            ClockOf(name),
            m_seed,
            [this, name](const smtp::MessageEvent& event) {
                if (m_handlers.onAccepted)
                {
                    m_handlers.onAccepted(name, event);
                }
            });
    }
}

void
World::BuildTraceroute(const std::string& name, const spec::TracerouteConfig& config)
{
    path::TracerouteConfig traceroute;
    traceroute.target = m_scenario.hosts.at(config.to).address;
    traceroute.maxHops = config.maximumHops;
    m_traceroutes.push_back(std::make_unique<path::Traceroute>(*m_gateway,
                                                               m_ledger,
                                                               m_seed,
                                                               name + "/traceroute",
                                                               traceroute));
    m_traceroutes.back()->OnFinished([this, name](const path::TracerouteResult& result) {
        if (m_handlers.onTraceroute)
        {
            m_handlers.onTraceroute(name, result);
        }
    });
    ns3::Simulator::Schedule(ns3::NanoSeconds(config.at.count()),
                             &path::Traceroute::Start,
                             m_traceroutes.back().get());
}

void
World::Observe(const std::string& place, path::WireObserver observer)
{
    if (place == GATEWAY_INSIDE)
    {
        m_gateway->ObserveInside(std::move(observer));
        return;
    }
    m_machines.at(place).observers.push_back(std::move(observer));
}

void
World::Run()
{
    if (m_mail)
    {
        m_mail->Start();
    }
    ns3::Simulator::Stop(ns3::NanoSeconds(m_scenario.duration.count()));
    ns3::Simulator::Run();
}

} // namespace bouncelab::world

#include "lab/world/mail.h"

#include "lab/world/mail-route.h"
#include "models/provenance/sim-now.h"

#include <ns3/simulator.h>

#include <utility>

namespace bouncelab::world
{

namespace
{

/// All servers are reached through a proxy, if there is one.
host::SendingMta::Resolver
Through(const std::optional<proxy::ProxyUse>& proxy, host::SendingMta::Resolver resolver)
{
    if (!proxy)
    {
        return resolver;
    }
    return [resolver = std::move(resolver), proxy](const mail::DeliveryOrder& order,
                                                   const host::SendingMta::RouteHandler& answer)
    {
        resolver(order,
                 [proxy, answer](host::SendingMta::Route route)
                 {
                     for (host::SendingMta::Peer& peer : route.peers)
                     {
                         peer.through = proxy;
                     }
                     answer(route);
                 });
    };
}

} // namespace

Mail::Mail(const ProgramContext& context,
           const Names& names,
           const Blacklists& blacklists,
           const Domain* domain)
    : m_context(context)
    , m_names(names)
    , m_blacklists(blacklists)
    , m_domain(domain)
    , m_scenario(context.network.Scenario())
{
    for (const auto& [name, config] : m_scenario.hosts)
    {
        BuildSystem(name, config);
    }
}

void
Mail::BuildSystem(const std::string& name, const scenario::HostConfig& config)
{
    host::Host* host = m_context.network.SimulatedHost(name);
    const bool hasMail = config.serves || (config.sends && config.connectors.empty());
    if (!host || !hasMail)
    {
        return;
    }
    mail::QueueStart start = config.queue;
    for (std::string& domain : DomainsTakenBy(m_scenario, name))
    {
        start.localDomains.push_back(std::move(domain));
    }
    m_systems[name] = std::make_unique<MailSystem>(
        *host,
        config,
        std::move(start),
        m_context.events,
        MailSystem::Context{SecuredResolverFor(name, config),
                            [this](IpAddress address)
                            { return m_context.network.ReverseNameOf(address); },
                            [this](std::string_view messageId) { return ForgeryOf(messageId); },
                            m_blacklists.SensorAt(name),
                            m_names.ResolverOf(name),
                            [this](IpAddress client) { return m_blacklists.CauseOf(client); },
                            m_domain ? m_domain->JudgeAt(name) : nullptr});
}

/// To servers of the host's domain it goes with tokens.
host::SendingMta::Resolver
Mail::SecuredResolverFor(const std::string& name, const scenario::HostConfig& config)
{
    host::SendingMta::Resolver resolver = Through(config.proxy, ResolverFor(name, config));
    host::TokenSource* tokens = m_domain ? m_domain->TokensOf(name) : nullptr;
    if (!tokens)
    {
        return resolver;
    }
    return [this, resolver, tokens](const mail::DeliveryOrder& order,
                                    const host::SendingMta::RouteHandler& answer)
    {
        resolver(order,
                 [this, tokens, answer](host::SendingMta::Route route)
                 {
                     for (host::SendingMta::Peer& peer : route.peers)
                     {
                         peer.tokens = m_domain->HasServer(peer.name) ? tokens : nullptr;
                     }
                     answer(route);
                 });
    };
}

host::SendingMta::Resolver
Mail::ResolverFor(const std::string& name, const scenario::HostConfig& config)
{
    dns::LookupClient* resolver = m_names.ResolverOf(name);
    if (!resolver)
    {
        return [this, name, &config](const mail::DeliveryOrder& order,
                                     const host::SendingMta::RouteHandler& answer)
        {
            answer({ResolveMail(m_scenario,
                                config,
                                order.domain,
                                [this, &name](const std::string& taker)
                                { return m_context.network.AddressFor(name, taker); })});
        };
    }
    auto& lookup = m_lookups[name];
    lookup = std::make_unique<MailLookup>(*resolver, config);
    return [&lookup = *lookup](const mail::DeliveryOrder& order,
                               const host::SendingMta::RouteHandler& answer)
    { lookup.Resolve(order, answer); };
}

void
Mail::BuildUsers()
{
    for (const auto& [name, config] : m_scenario.hosts)
    {
        if (MailSource::MailHandler submit = OutletOf(name))
        {
            m_users.push_back(
                std::make_unique<MailSource>(m_context.network, name, std::move(submit)));
        }
    }
}

/// What takes the mail of a host's users; empty if nothing does.
MailSource::MailHandler
Mail::OutletOf(const std::string& host)
{
    OutsideMachine* outside = m_context.network.InPlaceOf(host);
    const auto found = m_systems.find(host);
    MailSystem* system = found == m_systems.end() ? nullptr : found->second.get();
    if (outside ? !m_scenario.hosts.at(host).sends : !system || !system->Sends())
    {
        return {};
    }
    return [this, host, outside, system](const mail::Submission& submission, bool forgery)
    {
        if (forgery)
        {
            NoteForgery(host, submission);
        }
        outside ? outside->Submit(submission) : system->Submit(submission);
    };
}

void
Mail::Start()
{
    for (const auto& users : m_users)
    {
        users->Start();
    }
}

void
Mail::Finish()
{
    for (const auto& [name, system] : m_systems)
    {
        system->Finish();
    }
}

void
Mail::NoteForgery(const std::string& host, const mail::Submission& submission)
{
    provenance::Ledger& ledger = m_context.network.Ledger();
    provenance::CauseId& cause = m_campaigns[host];
    if (cause == 0)
    {
        cause = ledger.NewCause();
    }
    const std::string messageId(mail::MessageIdOf(*submission.content));
    m_forgeries.emplace(messageId, cause);
    provenance::Action action;
    action.time = SimNow();
    action.kind = "event";
    action.classLabel = "ordinary";
    action.cause = cause;
    action.actor = ledger.RegisterActor(host);
    action.did = TruthEvent::ForgedSender;
    action.params = {{"sender", submission.envelope.sender},
                     {"recipient", submission.envelope.recipients.front()},
                     {"message_id", messageId}};
    ledger.Record(action);
}

/// The campaign that a message is of; 0 = its sender is true.
provenance::CauseId
Mail::ForgeryOf(std::string_view messageId) const
{
    const auto forgery = m_forgeries.find(messageId);
    return forgery == m_forgeries.end() ? 0 : forgery->second;
}

} // namespace bouncelab::world

#include "lab/world/names.h"

#include "models/dns/name.h"
#include "models/provenance/sim-now.h"

#include <utility>

namespace bouncelab::world
{

Names::Names(const ProgramContext& context)
{
    for (const auto& [name, config] : context.network.Scenario().hosts)
    {
        host::Host* host = context.network.SimulatedHost(name);
        if (!host)
        {
            continue;
        }
        const auto publish = [&events = context.events, host](host::Event::Payload what) {
            events.Publish({host->Name(), SimNow(), nullptr, nullptr, what});
        };
        const auto onLookup = [publish](const host::NameLookup& lookup) { publish(&lookup); };
        if (config.nameServer)
        {
            m_servers[name] = std::make_unique<host::NameServer>(
                *host,
                *config.nameServer,
                host::NameServer::Handlers{[publish](const host::NameQuery& query)
                                           { publish(&query); },
                                           onLookup});
        }
        if (config.resolver)
        {
            m_resolvers[name] =
                std::make_unique<host::NameResolver>(*host, *config.resolver, "resolver", onLookup);
        }
    }
}

dns::LookupClient*
Names::ResolverOf(const std::string& host) const
{
    const auto found = m_resolvers.find(host);
    return found == m_resolvers.end() ? nullptr : found->second.get();
}

void
Names::AskReverse(const std::string& host,
                  IpAddress address,
                  std::function<void(const std::string& name)> onName) const
{
    m_resolvers.at(host)->Ask({dns::ReverseName(address), dns::RecordType::Ptr},
                              [onName = std::move(onName)](const dns::Answer& answer)
                              {
                                  const dns::Records names = answer.Of(dns::RecordType::Ptr);
                                  onName(names.empty() ? "" : names.front().data);
                              });
}

host::NameServer*
Names::ServerOf(const std::string& host) const
{
    const auto found = m_servers.find(host);
    return found == m_servers.end() ? nullptr : found->second.get();
}

} // namespace bouncelab::world

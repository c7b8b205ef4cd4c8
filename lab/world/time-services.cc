#include "lab/world/time-services.h"

#include "models/provenance/sim-now.h"

#include <fmt/format.h>

namespace bouncelab::world
{

namespace
{

/// Of the hosts that have an address.
std::vector<host::TimeKeeper::Source>
SourcesOf(const scenario::Scenario& scenario, const std::vector<IpAddress>& addresses)
{
    std::vector<host::TimeKeeper::Source> sources;
    for (const IpAddress address : addresses)
    {
        for (const auto& [name, host] : scenario.hosts)
        {
            if (host.address == address)
            {
                sources.push_back({host.hostname, address});
            }
        }
    }
    return sources;
}

} // namespace

TimeServices::TimeServices(const ProgramContext& context)
{
    Network& network = context.network;
    const DrawKey draws(network.Seed(), "time-services");
    for (const auto& [name, config] : network.Scenario().hosts)
    {
        if (config.timeService && config.timeService->account != 0)
        {
            const std::uint32_t account = config.timeService->account;
            m_secrets[account] = {fmt::format("{}", account),
                                  Octets(draws("password", account), 16)};
        }
    }
    for (const auto& [name, config] : network.Scenario().hosts)
    {
        host::Host* host = network.SimulatedHost(name);
        if (config.timeService && host)
        {
            m_keepers.push_back(Make(context, *host, *config.timeService));
        }
    }
}

std::unique_ptr<host::TimeKeeper>
TimeServices::Make(const ProgramContext& context,
                   host::Host& host,
                   const kerberos::HostTimeConfig& config) const
{
    host::TimeKeeper::SecretFinder secretOf;
    if (config.answers)
    {
        secretOf = [this](std::uint32_t account) { return SecretOf(account); };
    }
    auto keeper = std::make_unique<host::TimeKeeper>(
        host,
        context.network.FindClock(host.Name()),
        config.service,
        config.account,
        SourcesOf(context.network.Scenario(), config.sources),
        secretOf,
        [&events = context.events, &host](const kerberos::TimeEvent& event) {
            events.Publish({host.Name(), SimNow(), nullptr, nullptr, &event});
        });
    if (const kerberos::Secret* secret = SecretOf(config.account))
    {
        keeper->SetSecrets({*secret});
    }
    return keeper;
}

const kerberos::Secret*
TimeServices::SecretOf(std::uint32_t account) const
{
    const auto found = m_secrets.find(account);
    return found == m_secrets.end() ? nullptr : &found->second;
}

} // namespace bouncelab::world

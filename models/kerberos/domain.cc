#include "models/kerberos/domain.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::kerberos
{

namespace
{

constexpr std::size_t MACHINE_PASSWORD = 120; //!< Characters, as Windows draws them.

Secret
Drawn(DrawKey draws, std::string_view account, std::uint64_t count)
{
    constexpr std::string_view ALPHABET =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const Draw draw = draws.For(account)("password", count);
    return {std::string(account), Letters(draw, ALPHABET, MACHINE_PASSWORD)};
}

Account
AtStart(const std::string& name, const DomainAccountConfig& config, DrawKey draws)
{
    Account account;
    account.name = name;
    account.machine = config.machine;
    account.pacSize = config.pacSize;
    account.secret.Set(config.machine ? Drawn(draws, name, 1) : Secret{name, config.password},
                       Nanoseconds(0),
                       "");
    account.serviceNames.Set({config.serviceNames.begin(), config.serviceNames.end()},
                             Nanoseconds(0),
                             "");
    account.disabled.Set(config.disabled, Nanoseconds(0), "");
    return account;
}

} // namespace

std::vector<std::string>
CheckDomain(const DomainConfig& config)
{
    std::vector<std::string> faults;
    if (config.controllers.empty())
    {
        faults.emplace_back("controllers: found none, expected at least one");
    }
    for (const ReplicationConfig& link : config.replication)
    {
        for (const std::string& end : {link.from, link.to})
        {
            if (config.controllers.count(end) == 0)
            {
                faults.push_back(
                    fmt::format("replication: found {}, expected one of the controllers", end));
            }
        }
        if (link.from == link.to)
        {
            faults.push_back(
                fmt::format("replication: found {} on both ends, expected two controllers",
                            link.from));
        }
    }
    return faults;
}

Domain::Domain(const DomainConfig& config, DrawKey draws)
    : m_realm(config.realm)
    , m_draws(draws)
{
    DomainAccountConfig tickets;
    tickets.machine = true;
    for (const auto& [controller, settings] : config.controllers)
    {
        m_sites[controller] = settings.site;
        Replica& replica = m_replicas.emplace(controller, Replica(controller)).first->second;
        replica.Add(AtStart(std::string(TICKET_ACCOUNT), tickets, draws));
        for (const auto& [name, account] : config.accounts)
        {
            replica.Add(AtStart(name, account, draws));
        }
    }
    for (const ReplicationConfig& link : config.replication)
    {
        m_neighbors.push_back({link, !link.stopped, {}, {}, 0});
    }
}

Secret
Domain::ChangeSecret(const std::string& controller, std::string_view account, Nanoseconds now)
{
    Replica& replica = At(controller);
    const std::uint32_t next = replica.Find(account)->secret.version + 1;
    return replica.SetSecret(account, Drawn(m_draws.For(controller), account, next), now);
}

void
Domain::ReplicateAll(Nanoseconds now)
{
    for (std::size_t round = 0; round < m_replicas.size(); ++round)
    {
        for (Neighbor& neighbor : m_neighbors)
        {
            if (neighbor.running)
            {
                At(neighbor.link.to).Merge(At(neighbor.link.from));
                neighbor.lastAttempt = neighbor.lastSuccess = now;
                neighbor.failures = 0;
            }
        }
    }
}

Nanoseconds
Domain::NextFetch(const Neighbor& neighbor) const
{
    const Nanoseconds interval = neighbor.link.interval;
    return (neighbor.lastAttempt.value_or(Nanoseconds(0)) / interval + 1) * interval;
}

std::optional<Nanoseconds>
Domain::NextTimer() const
{
    std::optional<Nanoseconds> next;
    if (!m_transfers.empty())
    {
        next = m_transfers.begin()->first;
    }
    for (const Neighbor& neighbor : m_neighbors)
    {
        const Nanoseconds due = NextFetch(neighbor);
        next = std::min(next.value_or(due), due);
    }
    return next;
}

void
Domain::Fetch(std::size_t index, Nanoseconds now)
{
    Neighbor& neighbor = m_neighbors[index];
    neighbor.lastAttempt = now;
    if (!neighbor.running)
    {
        ++neighbor.failures;
        return;
    }
    m_transfers.emplace(now + neighbor.link.lag, Transfer{index, At(neighbor.link.from)});
}

void
Domain::Advance(Nanoseconds now)
{
    for (auto due = NextTimer(); due && *due <= now; due = NextTimer())
    {
        for (std::size_t i = 0; i < m_neighbors.size(); ++i)
        {
            if (NextFetch(m_neighbors[i]) == *due)
            {
                Fetch(i, *due);
            }
        }
        while (!m_transfers.empty() && m_transfers.begin()->first <= *due)
        {
            const Transfer& transfer = m_transfers.begin()->second;
            Neighbor& neighbor = m_neighbors[transfer.neighbor];
            At(neighbor.link.to).Merge(transfer.copy);
            neighbor.lastSuccess = *due;
            neighbor.failures = 0;
            m_transfers.erase(m_transfers.begin());
        }
    }
}

std::vector<std::string>
Domain::OrderFor(std::string_view site, DrawKey host) const
{
    std::vector<std::pair<std::pair<bool, std::uint64_t>, std::string>> ranked;
    for (const auto& [controller, place] : m_sites)
    {
        ranked.push_back({{place != site, host(controller).Value()}, controller});
    }
    std::sort(ranked.begin(), ranked.end());
    std::vector<std::string> order;
    for (const auto& [rank, controller] : ranked)
    {
        order.push_back(controller);
    }
    return order;
}

} // namespace bouncelab::kerberos

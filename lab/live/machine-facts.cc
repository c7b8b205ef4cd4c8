#include "lab/live/machine-facts.h"

#include "lab/scenario/topology.h"
#include "lab/world/mail-route.h"

#include <fmt/format.h>

#include <set>

namespace bouncelab::live
{

namespace
{

using nlohmann::ordered_json;

std::set<std::string>
LocalDomains(const scenario::Scenario& scenario, const std::string& node)
{
    const scenario::HostConfig& host = scenario.hosts.at(node);
    const std::vector<std::string> taken = world::DomainsTakenBy(scenario, node);
    std::set<std::string> domains(taken.begin(), taken.end());
    domains.insert(host.organization.acceptedDomains.begin(),
                   host.organization.acceptedDomains.end());
    domains.insert(host.queue.localDomains.begin(), host.queue.localDomains.end());
    return domains;
}

/// Its mailboxes; for a host without a list of them every address that the scenario writes
/// somewhere.
std::vector<std::string>
AddressesOf(const scenario::Scenario& scenario, const scenario::HostConfig& host)
{
    std::vector<std::string> addresses = host.organization.mailboxes;
    const bool isListed = !addresses.empty();
    const auto add = [&](const std::vector<std::string>& more)
    { addresses.insert(addresses.end(), more.begin(), more.end()); };
    const auto addMail = [&](const scenario::OrdinaryMail& mail)
    {
        add(mail.senders);
        add(mail.recipients);
    };
    for (const connector::AccountConfig& account : host.organization.accounts)
    {
        add(account.addresses);
    }
    if (isListed)
    {
        return addresses;
    }
    for (const auto& [name, message] : scenario.mail.messages)
    {
        add({message.from, message.to});
        add(message.alsoTo);
    }
    addMail(scenario.mail.ordinary);
    for (const auto& [name, mail] : scenario.mail.sources)
    {
        addMail(mail);
    }
    return addresses;
}

ordered_json
Place(const IpAddress& address, std::uint16_t port)
{
    return {{"address", address.ToString()}, {"port", port}};
}

} // namespace

ordered_json
MachineFacts(const scenario::Scenario& scenario, const std::string& node)
{
    const scenario::HostConfig& host = scenario.hosts.at(node);
    const std::set<std::string> domains = LocalDomains(scenario, node);
    std::set<std::string> mailboxes;
    for (const std::string& address : AddressesOf(scenario, host))
    {
        const std::size_t sign = address.rfind('@');
        if (sign != std::string::npos && domains.count(address.substr(sign + 1)) > 0)
        {
            mailboxes.insert(address);
        }
    }
    ordered_json facts{{"address", host.address.ToString()},
                       {"hostname", host.hostname},
                       {"localDomains", domains},
                       {"mailboxes", mailboxes},
                       {"relay", nullptr},
                       {"exchangers", ordered_json::object()},
                       {"hosts", ordered_json::object()}};
    if (host.relay)
    {
        facts["relay"] = Place(host.relay->address, host.relay->port);
        if (host.sends && host.sends->value.client.auth.wanted)
        {
            const smtp::AuthPolicy& auth = host.sends->value.client.auth;
            facts["auth"] = {{"user", auth.user}, {"password", auth.password}};
        }
    }
    scenario::HostConfig withoutRelay;
    const scenario::Topology topology = scenario::TopologyOf(scenario);
    const auto addressOf = [&topology, &node](const std::string& taker)
    { return topology.AddressFor(node, taker, world::SMTP_PORT); };
    for (const auto& [domain, exchanger] : scenario.mail.exchangers)
    {
        if (exchanger != node)
        {
            const auto peers = world::ResolveMail(scenario, withoutRelay, domain, addressOf);
            facts["exchangers"][domain] = Place(peers.front().address, peers.front().port);
        }
    }
    for (const auto& [name, other] : scenario.hosts)
    {
        facts["hosts"][name] = {{"address", other.address.ToString()},
                                {"hostname", other.hostname}};
    }
    return facts;
}

RootTexts
TextsOf(const scenario::Scenario& scenario, const std::string& node)
{
    RootTexts texts;
    texts.hostname = scenario.hosts.at(node).hostname;
    texts.hosts = "127.0.0.1 localhost\n";
    for (const auto& [name, host] : scenario.hosts)
    {
        texts.hosts += fmt::format("{} {} {}\n", host.address.ToString(), host.hostname, name);
    }
    return texts;
}

} // namespace bouncelab::live

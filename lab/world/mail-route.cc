#include "lab/world/mail-route.h"

#include <algorithm>
#include <iterator>

namespace bouncelab::world
{

std::vector<host::SendingMta::Peer>
ResolveMail(const scenario::Scenario& scenario,
            const scenario::HostConfig& sender,
            std::string_view domain,
            const AddressFinder& addressOf)
{
    using Peer = host::SendingMta::Peer;
    if (sender.relay)
    {
        return {Peer{sender.relay->address, sender.relay->port, sender.relay->name}};
    }
    const auto exchanger = scenario.mail.exchangers.find(std::string(domain));
    if (exchanger == scenario.mail.exchangers.end())
    {
        return {};
    }
    const auto peerAt = [&](const std::string& host) {
        return Peer{addressOf(host), SMTP_PORT, scenario.hosts.at(host).hostname};
    };
    std::vector<Peer> peers{peerAt(exchanger->second)};
    const auto alternates = scenario.mail.alternates.find(exchanger->first);
    if (alternates != scenario.mail.alternates.end())
    {
        std::transform(alternates->second.begin(),
                       alternates->second.end(),
                       std::back_inserter(peers),
                       peerAt);
    }
    return peers;
}

std::vector<std::string>
DomainsTakenBy(const scenario::Scenario& scenario, const std::string& host)
{
    std::vector<std::string> domains;
    for (const auto& [domain, exchanger] : scenario.mail.exchangers)
    {
        if (exchanger == host)
        {
            domains.push_back(domain);
        }
    }
    return domains;
}

} // namespace bouncelab::world

#include "lab/world/mail-route.h"

namespace bouncelab::world
{

std::optional<host::SendingMta::Peer>
ResolveMail(const scenario::Scenario& scenario,
            const scenario::HostConfig& sender,
            std::string_view domain,
            const AddressFinder& addressOf)
{
    if (sender.relay)
    {
        return host::SendingMta::Peer{sender.relay->address,
                                      sender.relay->port,
                                      sender.relay->name};
    }
    const auto exchanger = scenario.mail.exchangers.find(std::string(domain));
    if (exchanger == scenario.mail.exchangers.end())
    {
        return std::nullopt;
    }
    return host::SendingMta::Peer{addressOf(exchanger->second),
                                  SMTP_PORT,
                                  scenario.hosts.at(exchanger->second).hostname};
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

#include "lab/world/mail-route.h"

namespace bouncelab::world
{

namespace
{

constexpr std::uint16_t SMTP_PORT = 25;

} // namespace

std::optional<host::SendingMta::Peer>
ResolveMail(const scenario::Scenario& scenario,
            const scenario::HostConfig& sender,
            std::string_view domain)
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
    const scenario::SiteConfig& site = scenario.site;
    const scenario::HostConfig& taker = scenario.hosts.at(exchanger->second);
    Ipv4 address = taker.address;
    if (site.nat && exchanger->second == site.mailHost)
    {
        address =
            site.nat->publicAddress.value != 0 ? site.nat->publicAddress : site.gatewayAddress;
    }
    return host::SendingMta::Peer{address, SMTP_PORT, taker.hostname};
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

#include "lab/world/mail-lookup.h"

#include <utility>

namespace bouncelab::world
{

MailLookup::MailLookup(dns::LookupClient& resolver, const scenario::HostConfig& config)
    : m_resolver(resolver)
    , m_config(config)
{
}

host::SendingMta::Route
MailLookup::RouteOf(const dns::MailRoute& found) const
{
    constexpr std::uint16_t SMTP_PORT = 25;
    host::SendingMta::Route route{{}, found.failed};
    for (const dns::MailTaker& taker : found.takers)
    {
        route.peers.push_back(
            host::SendingMta::Peer{taker.address,
                                   m_config.relay ? m_config.relay->port : SMTP_PORT,
                                   taker.name});
    }
    return route;
}

void
MailLookup::Resolve(const mail::DeliveryOrder& order, const host::SendingMta::RouteHandler& answer)
{
    if (m_config.relay && m_config.relay->address.IsSet())
    {
        const scenario::RelayConfig& relay = *m_config.relay;
        answer({{host::SendingMta::Peer{relay.address, relay.port, relay.name}}});
        return;
    }
    const std::uint64_t number = ++m_asked;
    const auto evaluation = [this, number, domain = order.domain, answer](dns::AnswerBook& book)
    {
        const dns::RecordType type = dns::AddressType(m_config.address);
        const auto found = m_config.relay
                               ? dns::FindHost(book, m_config.relay->name, type)
                               : dns::FindMailRoute(book, domain, m_config.hostname, type);
        if (!found)
        {
            return false;
        }
        const auto ended = m_running.extract(number);
        answer(RouteOf(*found));
        return true;
    };
    auto& inquiry = m_running[number];
    inquiry = std::make_unique<dns::Inquiry>(m_resolver, evaluation);
    inquiry->Start();
}

} // namespace bouncelab::world

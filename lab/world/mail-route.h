#ifndef BOUNCELAB_LAB_WORLD_MAIL_ROUTE_H
#define BOUNCELAB_LAB_WORLD_MAIL_ROUTE_H

#include "lab/scenario/scenario.h"
#include "models/host/sending-mta.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::world
{

constexpr std::uint16_t SMTP_PORT = 25;

/// The address at which a sender finds the mail server of a host.
using AddressFinder = std::function<IpAddress(const std::string& host)>;

/// The servers to which a host hands mail for a domain, the first one first: its relay, else the
/// domain's exchanger and alternates. None if the domain has none.
std::vector<host::SendingMta::Peer> ResolveMail(const scenario::Scenario& scenario,
                                                const scenario::HostConfig& sender,
                                                std::string_view domain,
                                                const AddressFinder& addressOf);

/// The domains whose exchanger a host is, in order.
std::vector<std::string> DomainsTakenBy(const scenario::Scenario& scenario,
                                        const std::string& host);

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_MAIL_ROUTE_H

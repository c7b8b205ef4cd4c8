#include "detectors/analysis/mail-denials.h"

#include "detectors/flow/flow.h"

namespace bouncelab::detectors
{

std::vector<const InFile<FirewallEvent>*>
OutboundMailDenials(const ServerLogs& logs)
{
    std::vector<const InFile<FirewallEvent>*> denials;
    for (const InFile<FirewallEvent>& event : logs.firewall)
    {
        const FirewallEvent& record = event.record;
        if (record.action == FirewallEvent::Action::Denied && record.opens &&
            record.way == FirewallEvent::Way::Outbound && record.protocol == "tcp" &&
            IsMailPort(record.destinationPort))
        {
            denials.push_back(&event);
        }
    }
    return denials;
}

std::set<HostAddress>
DeniedServers(const ServerLogs& logs)
{
    std::set<HostAddress> servers;
    for (const InFile<FirewallEvent>* const denial : OutboundMailDenials(logs))
    {
        servers.insert(denial->record.destination);
    }
    return servers;
}

} // namespace bouncelab::detectors

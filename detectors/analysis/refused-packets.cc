#include "detectors/analysis/refused-packets.h"

#include <fmt/format.h>

namespace bouncelab::detectors
{

std::string
RefusedPackets::Tell(const Flow& flow, const Records<TimeExceeded>& messages)
{
    for (; m_taken < messages.size(); ++m_taken)
    {
        const auto& [file, message] = messages[m_taken];
        if (message.isUnreachable)
        {
            Refusal& refusal = m_refusals[{file,
                                           message.source,
                                           message.sourcePort,
                                           message.destination,
                                           message.destinationPort}];
            refusal = refusal.count > 0 ? refusal : Refusal{message.router, message.frame, 0};
            ++refusal.count;
        }
    }
    const auto found = m_refusals.find({flow.source->name,
                                        flow.address[CLIENT],
                                        flow.port[CLIENT],
                                        flow.address[SERVER],
                                        flow.port[SERVER]});
    if (found == m_refusals.end())
    {
        return {};
    }
    const Refusal& refusal = found->second;
    return fmt::format("; {} that they are not let through, {} {}{} (frame {})",
                       refusal.count == 1 ? "an ICMP message says"
                                          : fmt::format("{} ICMP messages say", refusal.count),
                       refusal.count == 1 ? "of" : "the first of",
                       refusal.router.ToString(),
                       refusal.router == flow.address[SERVER]
                           ? ", the server's own address: its host or a firewall before it"
                           : ", on the way",
                       refusal.frame);
}

} // namespace bouncelab::detectors

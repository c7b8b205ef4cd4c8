#include "detectors/analysis/refused-packets.h"

#include <fmt/format.h>

namespace bouncelab::detectors
{

std::string
RefusedPackets::Refusals::Tell(const Flow& flow) const
{
    const TimeExceeded& message = first.front();
    return fmt::format("{} that they are not let through (\"{}\"), {} {}{} (frame {})",
                       count == 1 ? "an ICMP message says"
                                  : fmt::format("{} ICMP messages say", count),
                       WordsOf(message),
                       count == 1 ? "of" : "the first of",
                       message.router.ToString(),
                       message.router == flow.address[SERVER]
                           ? ", the server's own address: its host or a firewall before it"
                           : ", on the way",
                       message.frame);
}

const RefusedPackets::Refusals*
RefusedPackets::Of(const Flow& flow, const Records<TimeExceeded>& messages)
{
    constexpr std::size_t KEPT = 8;
    for (; m_taken < messages.size(); ++m_taken)
    {
        const auto& [file, message] = messages[m_taken];
        if (message.isUnreachable)
        {
            Refusals& refusals = m_refusals[{file,
                                             message.source,
                                             message.sourcePort,
                                             message.destination,
                                             message.destinationPort}];
            ++refusals.count;
            if (refusals.first.size() < KEPT)
            {
                refusals.first.push_back(message);
            }
        }
    }
    const auto found = m_refusals.find({flow.source->name,
                                        flow.address[CLIENT],
                                        flow.port[CLIENT],
                                        flow.address[SERVER],
                                        flow.port[SERVER]});
    return found == m_refusals.end() ? nullptr : &found->second;
}

} // namespace bouncelab::detectors

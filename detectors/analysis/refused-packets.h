#ifndef BOUNCELAB_DETECTORS_ANALYSIS_REFUSED_PACKETS_H
#define BOUNCELAB_DETECTORS_ANALYSIS_REFUSED_PACKETS_H

#include "detectors/evidence.h"

#include <fmt/format.h>

#include <cstddef>
#include <string>

namespace bouncelab::detectors
{

/**
 * What ICMP says of a flow whose client's packets are not let through, as far as its capture has
 * it by then: "; 4 ICMP messages say that they are not let through, the first of 192.0.2.1 (frame
 * 7)". Whether the address is the real sender's, nothing here tells.
 *
 * \return empty where there is none
 */
inline std::string
TellRefusedPackets(const Evidence& evidence)
{
    constexpr std::size_t MOST = 10000; //!< Messages that are looked at for each flow.
    const Flow& flow = evidence.flow;
    const TimeExceeded* first = nullptr;
    std::size_t count = 0;
    std::size_t looked = 0;
    for (const InFile<TimeExceeded>& filed : evidence.context.logs.expired)
    {
        if (++looked > MOST)
        {
            break;
        }
        const TimeExceeded& message = filed.record;
        if (message.isUnreachable && filed.file == flow.source->name &&
            message.source == flow.address[CLIENT] && message.destination == flow.address[SERVER] &&
            message.sourcePort == flow.port[CLIENT] && message.destinationPort == flow.port[SERVER])
        {
            first = first ? first : &message;
            ++count;
        }
    }
    return !first ? ""
                  : fmt::format("; {} that they are not let through, {} {}{} (frame {})",
                                count == 1 ? "an ICMP message says"
                                           : fmt::format("{} ICMP messages say", count),
                                count == 1 ? "of" : "the first of",
                                first->router.ToString(),
                                first->router == flow.address[SERVER]
                                    ? ", the server's own address: its host or a firewall before it"
                                    : ", on the way",
                                first->frame);
}

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_REFUSED_PACKETS_H

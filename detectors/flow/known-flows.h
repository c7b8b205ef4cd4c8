#ifndef BOUNCELAB_DETECTORS_FLOW_KNOWN_FLOWS_H
#define BOUNCELAB_DETECTORS_FLOW_KNOWN_FLOWS_H

#include "detectors/flow/flow.h"
#include "formats/sequence.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <utility>
#include <vector>

namespace bouncelab::detectors
{

/// Flows that captures hold, to know them again in print, where names may stand for addresses.
class KnownFlows
{
  public:
    void Remember(const Flow& flow)
    {
        m_flows[{flow.port[CLIENT], flow.port[SERVER]}].push_back(
            {flow.address[CLIENT],
             flow.address[SERVER],
             {flow.stream[CLIENT].initialSequence, flow.stream[SERVER].initialSequence}});
    }

    bool Contains(const Flow& flow) const
    {
        const auto found = m_flows.find({flow.port[CLIENT], flow.port[SERVER]});
        return found != m_flows.end() &&
               std::any_of(found->second.begin(),
                           found->second.end(),
                           [&](const Known& known) { return IsSame(known, flow); });
    }

  private:
    struct Known
    {
        HostAddress client;
        HostAddress server;
        std::uint32_t initialSequence[2]; //!< Of client and server.
    };

    /// With both addresses one sequence number is enough, with names both are.
    static bool IsSame(const Known& known, const Flow& flow)
    {
        const bool client =
            Near(known.initialSequence[CLIENT], flow.stream[CLIENT].initialSequence);
        const bool server =
            Near(known.initialSequence[SERVER], flow.stream[SERVER].initialSequence);
        const bool sameClient = flow.address[CLIENT] == known.client;
        const bool sameServer = flow.address[SERVER] == known.server;
        return (sameClient || !flow.address[CLIENT].IsNumeric()) &&
               (sameServer || !flow.address[SERVER].IsNumeric()) &&
               (sameClient && sameServer ? client || server : client && server);
    }

    static bool Near(std::uint32_t a, std::uint32_t b)
    {
        constexpr std::int64_t LONGEST_FLOW = 1 << 24;
        return std::llabs(SequenceDistance(a, b)) < LONGEST_FLOW;
    }

    std::map<std::pair<std::uint16_t, std::uint16_t>, std::vector<Known>> m_flows; //!< By ports.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_FLOW_KNOWN_FLOWS_H

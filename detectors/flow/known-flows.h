#ifndef BOUNCELAB_DETECTORS_FLOW_KNOWN_FLOWS_H
#define BOUNCELAB_DETECTORS_FLOW_KNOWN_FLOWS_H

#include "detectors/flow/flow.h"
#include "formats/sequence.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <tuple>
#include <vector>

namespace bouncelab::detectors
{

/// Flows that captures hold, to know them again in print.
class KnownFlows
{
  public:
    void Remember(const Flow& flow)
    {
        m_flows[KeyOf(flow)].push_back(
            {flow.stream[CLIENT].initialSequence, flow.stream[SERVER].initialSequence});
    }

    bool Contains(const Flow& flow) const
    {
        const auto found = m_flows.find(KeyOf(flow));
        return found != m_flows.end() &&
               std::any_of(found->second.begin(),
                           found->second.end(),
                           [&](const Start& start)
                           {
                               return Near(start.client, flow.stream[CLIENT].initialSequence) ||
                                      Near(start.server, flow.stream[SERVER].initialSequence);
                           });
    }

  private:
    using Key = std::tuple<HostAddress, std::uint16_t, HostAddress, std::uint16_t>;

    struct Start
    {
        std::uint32_t client;
        std::uint32_t server;
    };

    static Key KeyOf(const Flow& flow)
    {
        return {flow.address[CLIENT], flow.port[CLIENT], flow.address[SERVER], flow.port[SERVER]};
    }

    static bool Near(std::uint32_t a, std::uint32_t b)
    {
        constexpr std::int64_t LONGEST_FLOW = 1 << 24;
        return std::llabs(SequenceDistance(a, b)) < LONGEST_FLOW;
    }

    std::map<Key, std::vector<Start>> m_flows;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_FLOW_KNOWN_FLOWS_H

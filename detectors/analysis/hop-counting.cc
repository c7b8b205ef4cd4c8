#include "detectors/analysis/hop-counting.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::detectors
{

namespace
{

/// By the last router up to a TTL that both know.
int
ShiftAgainst(const TracedRoute& route, int to, const std::function<HostAddress(int)>& routerAt)
{
    for (int ttl = to; ttl > 0; --ttl)
    {
        const HostAddress there = routerAt(ttl);
        const auto hop = std::find_if(route.hops.begin(),
                                      route.hops.end(),
                                      [&there](const TracedHop& one)
                                      { return there.IsKnown() && one.address == there; });
        if (hop != route.hops.end())
        {
            return ttl - hop->number;
        }
    }
    return 0;
}

} // namespace

HopCounting
CountHops(const EvidenceContext& context,
          const HostAddress& server,
          int to,
          const std::function<HostAddress(int)>& routerAt)
{
    if (const TracedRoute* route = context.RouteTo(server))
    {
        const int shift = ShiftAgainst(*route, to, routerAt);
        return {shift, shift == 0 ? "" : "hops are counted as in the traceroute"};
    }
    int edge = 0;
    while (edge + 1 < to && routerAt(edge + 1).IsPrivate())
    {
        ++edge;
    }
    return {edge,
            edge == 0 ? ""
                      : fmt::format("hops are counted from {}, the last private address on the way",
                                    routerAt(edge).ToString())};
}

} // namespace bouncelab::detectors

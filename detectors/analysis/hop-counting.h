#ifndef BOUNCELAB_DETECTORS_ANALYSIS_HOP_COUNTING_H
#define BOUNCELAB_DETECTORS_ANALYSIS_HOP_COUNTING_H

#include "detectors/evidence.h"

#include <functional>
#include <string>

namespace bouncelab::detectors
{

/// How hops of a path are counted, where probes' own TTLs are not it.
struct HopCounting
{
    int shift = 0;          //!< By so much a probe's TTL is the larger number.
    std::string assumption; //!< What it rests on; empty if there is no shift.
};

/**
 * Probes count from the prober, and a path from the edge of a site: hops are those of a traceroute
 * to the server that has the router, or one before it, or, without a traceroute, counted from the
 * last private address on the way.
 *
 * \param to TTL of a probe. \param routerAt who reports probes of a TTL as expired, or the server
 *     that answers them; unknown where nobody does
 */
HopCounting CountHops(const EvidenceContext& context,
                      const HostAddress& server,
                      int to,
                      const std::function<HostAddress(int)>& routerAt);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_HOP_COUNTING_H

#ifndef BOUNCELAB_DETECTORS_EVIDENCE_H
#define BOUNCELAB_DETECTORS_EVIDENCE_H

#include "detectors/flow/flow.h"
#include "detectors/readers/mail-log-reader.h"
#include "detectors/readers/server-logs.h"
#include "detectors/readers/traceroute-reader.h"

#include <optional>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// A refusal and the file that reports it.
struct ReportedRefusal
{
    std::string file;   //!< Relative to the evidence folder.
    bool isLog = false; //!< A log line; else a bounce.
    Refusal refusal;
};

/// Everything in an evidence folder that is not a flow.
struct Surroundings
{
    std::vector<Route> routes; //!< One per destination.
    std::vector<ReportedRefusal> refusals;
    ServerLogs logs;

    /// The traceroute to an address, if there is one.
    const Route* RouteTo(Ipv4 destination) const
    {
        for (const Route& route : routes)
        {
            if (route.destination == destination)
            {
                return &route;
            }
        }
        return nullptr;
    }
};

/// What a detector judges at one time: one completed flow, and what lay beside it.
struct Evidence
{
    const Flow& flow;
    const Surroundings& surroundings;

    /// Round trip that a traceroute measured to one side of the flow.
    std::optional<std::int64_t> RouteNs(Side side) const
    {
        const Route* route = surroundings.RouteTo(flow.address[side]);
        return route ? route->RoundTripNs() : std::nullopt;
    }
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_EVIDENCE_H

#ifndef BOUNCELAB_DETECTORS_EVIDENCE_H
#define BOUNCELAB_DETECTORS_EVIDENCE_H

#include "detectors/flow/flow.h"
#include "detectors/readers/mail-log-reader.h"
#include "detectors/readers/server-logs.h"
#include "detectors/readers/traceroute-reader.h"
#include "formats/alert.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/// A refusal and the file that reports it.
struct ReportedRefusal
{
    std::string file;   //!< Relative to the evidence folder.
    bool isLog = false; //!< A log line; else a bounce.
    LoggedRefusal refusal;
};

/// Evidence that was there and was left out because there was too much of it.
struct CutEvidence
{
    std::string file;      //!< Relative to the evidence folder; empty = whole files.
    std::string_view kind; //!< formats/evidence-kind.h; empty = any.
    std::string what;      //!< "1200 log rows"
    std::string_view how = "were too many and left out";

    /// "maillog: 1200 log rows were too many and left out"
    std::string Tell() const
    {
        return (file.empty() ? "" : file + ": ") + what + " " + std::string(how);
    }
};

/// Everything in an evidence folder that is not a flow.
struct EvidenceContext
{
    std::vector<CutEvidence> cuts;

    std::vector<TracedRoute> routes; //!< One per destination.
    std::vector<ReportedRefusal> refusals;
    std::set<std::string> reprints; //!< Files that print packets of a capture that is here, too.
    ServerLogs logs;

    /// The traceroute to an address, if there is one.
    const TracedRoute* RouteTo(HostAddress destination) const
    {
        for (const TracedRoute& route : routes)
        {
            if (route.destination == destination)
            {
                return &route;
            }
        }
        return nullptr;
    }
};

/// What is found about one segment of a flow.
struct Finding
{
    std::uint32_t accused = 0;         //!< Index of the segment.
    std::vector<std::uint32_t> others; //!< Further segments that the explanation names.
    std::string_view dottedClass;      //!< formats/vocabulary.h
    double score = 0;
    Verdict verdict = Verdict::Fault;
    Place where;
    std::string explanation;
};

/// One completed flow, and what lay beside it.
struct Evidence
{
    /// A way of looking for findings.
    using Search = std::vector<Finding> (*)(const Evidence& evidence);

    const Flow& flow;
    const EvidenceContext& context;
    mutable std::map<Search, std::vector<Finding>> searched; //!< See Once().

    Evidence(const Flow& theFlow, const EvidenceContext& theContext)
        : flow(theFlow)
        , context(theContext)
    {
    }

    /// What a search finds in this flow, or window of one: several detectors build on it, and it is
    /// made once.
    const std::vector<Finding>& Once(Search search) const
    {
        const auto known = searched.find(search);
        return known != searched.end() ? known->second
                                       : searched.emplace(search, Judged(search)).first->second;
    }

    /// Round trip that a traceroute measured to one side of the flow.
    std::optional<std::int64_t> RouteNs(Side side) const
    {
        const TracedRoute* route = context.RouteTo(flow.address[side]);
        return route ? route->RoundTripNs() : std::nullopt;
    }

  private:
    std::vector<Finding> Judged(Search search) const
    {
        std::vector<Finding> found = search(*this);
        found.erase(std::remove_if(found.begin(),
                                   found.end(),
                                   [this](const Finding& finding)
                                   { return !flow.window.Judges(flow.At(finding.accused).frame); }),
                    found.end());
        return found;
    }
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_EVIDENCE_H

#ifndef BOUNCELAB_DETECTORS_ANALYSIS_PATH_PROBES_H
#define BOUNCELAB_DETECTORS_ANALYSIS_PATH_PROBES_H

#include "detectors/evidence.h"
#include "detectors/readers/caps.h"
#include "detectors/readers/centrace-reader.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace bouncelab::detectors
{

/// Probes of one path that carry one payload, run by run.
struct ProbeSeries
{
    std::string payload; //!< What they say, or the keyword in it.
    std::vector<ProbeRun> runs;
};

/// Two series against one server that differ in their payload.
struct PathMeasurement
{
    HostAddress client; //!< Unknown where nothing was captured.
    HostAddress server;
    std::uint16_t port = 0; //!< The server's; 0 = not told.
    ProbeSeries test;       //!< The one that fares worse.
    ProbeSeries control;
    std::vector<QuotedLine> lines; //!< That report it.
};

/// TTL-limited probes, in captures and as CenTrace reports them.
class PathProbes
{
  public:
    using Ends = std::tuple<HostAddress, HostAddress, std::uint16_t>; //!< The port is the server's.

    /// Takes the flow if it is a probe's and has not been taken.
    void Add(const Flow& flow);

    /// The routers that report captured probes as expired, by the probes' TTL.
    std::map<int, HostAddress> Routers(const Ends& ends, const EvidenceContext& context) const;

    /// What was captured first; a server of which there is a capture is not told once more.
    std::vector<PathMeasurement> Measurements(const EvidenceContext& context) const;

    /// Probes that were not taken as there were too many.
    std::uint64_t LeftOut() const
    {
        return m_count - std::min<std::uint64_t>(m_count, GetCaps().probes);
    }

  private:
    using Payloads = std::map<std::string, ProbeRun>;

    std::map<Ends, Payloads> m_captured;
    std::uint64_t m_count = 0;
    /// File and frame of the last one: each detector that reads probes hands a flow on.
    std::pair<std::string, std::uint32_t> m_last;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_PATH_PROBES_H

#ifndef BOUNCELAB_LAB_SCORE_VISIBILITY_H
#define BOUNCELAB_LAB_SCORE_VISIBILITY_H

#include "lab/score/detector-scope.h"
#include "lab/score/fault-event.h"
#include "lab/score/run-folder.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace bouncelab::score
{

/// Which faults of a run can be seen from where. Captures are read when first asked for, once.
class Visibility
{
  public:
    /// \param run has to outlive this
    explicit Visibility(const RunFolder& run);

    /**
     * Whether an event shows at a vantage or, of a union, at one of its members: by a captured
     * frame that the truth gives to it; a fault of sessions also by one of its connections, in a
     * capture or in a log that tells of it.
     */
    bool Shows(const FaultEvent& event, const std::string& vantage);

    /// The same for a detector: it sees what the evidence that it reads shows.
    bool Shows(const FaultEvent& event, const std::string& vantage, const DetectorScope& scope);

    /// Whether one of an event's connections was reset, or still open when the run ended, in any
    /// capture of the run.
    bool IsUnfinished(const FaultEvent& event);

    /// How many connections show at a vantage, in a capture or a log, that no event concerns.
    std::uint64_t CleanSessions(const std::vector<FaultEvent>& events, const std::string& vantage);

    /// The kinds of evidence that a vantage holds.
    const std::set<std::string>& KindsAt(const std::string& vantage);

  private:
    /// The connections of a capture by both of their directions, and whether each was finished.
    using CapturedFlows = std::map<FlowEnds, bool>;

    const CapturedFlows& CapturedAt(const std::string& member);
    bool IsLoggedAt(const FaultEvent& event, const std::string& member) const;
    bool IsCapturedAt(const FaultEvent& event, const std::string& member);

    const RunFolder& m_run;
    std::map<std::string, std::set<FlowEnds>> m_logged;
    std::map<std::string, CapturedFlows> m_captured;
    std::map<std::string, std::set<std::string>> m_kinds;
};

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_VISIBILITY_H

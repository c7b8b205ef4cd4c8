#ifndef BOUNCELAB_DETECTORS_ANALYSIS_ANALYSIS_H
#define BOUNCELAB_DETECTORS_ANALYSIS_ANALYSIS_H

#include "detectors/analysis/directory-load.h"
#include "detectors/analysis/mail-passage.h"
#include "detectors/analysis/sightings.h"
#include "detectors/analysis/talk-table.h"
#include "detectors/analysis/two-sides.h"
#include "detectors/evidence.h"

#include <array>
#include <optional>
#include <vector>

namespace bouncelab::detectors
{

/**
 * What detectors derive from one evidence folder. Flows add to it as they end; everything else is
 * derived when it is first asked for, once, and handed to all.
 */
class Analysis
{
  public:
    /// \param surroundings have to be complete when the first conclusion is drawn.
    explicit Analysis(const Surroundings& surroundings);

    /// Takes the SMTP session of a flow; of a flow that was the last one, nothing more.
    void AddSession(const Flow& flow) { m_table.Add(flow); }

    /// Takes the opening of a flow to a port by which others are compared, if it is one.
    void AddControl(const Flow& flow);

    Sightings sightings; //!< Of accused segments.

    const Surroundings& GetSurroundings() const { return m_surroundings; }

    const std::vector<Opening>& Controls() const { return m_controls; }

    /// The sessions that the evidence tells at least in such detail.
    const TalkList& Talks(LogDetail least) const;

    /**
     * Those of them that are to be judged: without clients' sessions where the server's log is at
     * hand, or the session of whoever spoke to the server for them. These say more, and one mail's
     * session is judged once.
     */
    const TalkList& Judged(LogDetail least) const;

    /// Of Talks(), those that the evidence shows from both ends.
    const TwoSides& Sides(LogDetail least) const;

    /// Of captured sessions, those that went on from whoever answered in the server's name.
    const std::vector<SessionPair>& Legs() const;

    /// The mail transactions of all sessions.
    const std::vector<Passage>& Passages() const;

    /// Servers that are slow at recipients, by the judged sessions of logs that tell codes.
    const std::vector<DirectoryLoad>& DirectoryLoads() const;

  private:
    template <class T>
    using ByDetail = std::array<std::optional<T>, 3>;

    const Surroundings& m_surroundings;
    std::vector<Opening> m_controls;
    mutable TalkTable m_table;
    mutable ByDetail<TalkList> m_talks;
    mutable ByDetail<TalkList> m_judged;
    mutable ByDetail<TwoSides> m_sides;
    mutable std::optional<std::vector<SessionPair>> m_legs;
    mutable std::optional<std::vector<Passage>> m_passages;
    mutable std::optional<std::vector<DirectoryLoad>> m_loads;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_ANALYSIS_H

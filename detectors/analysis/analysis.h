#ifndef BOUNCELAB_DETECTORS_ANALYSIS_ANALYSIS_H
#define BOUNCELAB_DETECTORS_ANALYSIS_ANALYSIS_H

#include "detectors/analysis/auth-traffic.h"
#include "detectors/analysis/evidence-clocks.h"
#include "detectors/analysis/mail-transaction.h"
#include "detectors/analysis/paired-sessions.h"
#include "detectors/analysis/path-probes.h"
#include "detectors/analysis/refused-packets.h"
#include "detectors/analysis/reset-table.h"
#include "detectors/analysis/session-table.h"
#include "detectors/analysis/sightings.h"
#include "detectors/analysis/slow-directory.h"
#include "detectors/analysis/traffic-tally.h"
#include "detectors/analysis/tunnel-table.h"
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
    /// \param context have to be complete when the first conclusion is drawn.
    explicit Analysis(const EvidenceContext& context);

    /// Takes the SMTP session of a flow; of a flow that was the last one, nothing more.
    /// \return it until the next flow comes; null where there is none.
    SmtpSession* AddSession(const Flow& flow) { return m_table.Add(flow); }

    /// Takes the opening of a flow to a port by which others are compared, if it is one.
    void AddControl(const Flow& flow);

    Sightings sightings; //!< Of accused segments.
    ResetTable resets;   //!< Whose sender is in question.
    TrafficTally traffic;
    AuthTraffic authTraffic;
    TunnelTable tunnels;
    PathProbes probes;
    RefusedPackets refusedPackets;

    const EvidenceContext& GetContext() const { return m_context; }

    /// What of the flows was left out as too much, in the evidence's kind.
    std::vector<CutEvidence> Cuts() const;

    const std::vector<TcpOpening>& Controls() const { return m_controls; }

    /// The sessions that the evidence tells at least in such detail.
    const SessionList& Sessions(LogDetail least) const;

    /**
     * Those of them that are to be judged: without clients' sessions where the server's log is at
     * hand, or the session of whoever spoke to the server for them. These say more, and one mail's
     * session is judged once.
     */
    const SessionList& Judged(LogDetail least) const;

    /// Of Sessions(), those that the evidence shows from both ends.
    const PairedSessions& Sides(LogDetail least) const;

    /// Of captured sessions, those that went on from whoever answered in the server's name.
    const std::vector<SessionPair>& Legs() const;

    /// The mail transactions of all sessions.
    const std::vector<MailTransaction>& Transactions() const;

    /// Servers that are slow at recipients, by the judged sessions of logs that tell codes.
    const std::vector<SlowDirectory>& SlowDirectories() const;

    /// The clocks of files, by what captures, protocol logs and tracking logs have in common.
    const EvidenceClocks& Clocks() const;

  private:
    template <class T>
    using ByDetail = std::array<std::optional<T>, 3>;

    const EvidenceContext& m_context;
    std::vector<TcpOpening> m_controls;
    std::uint64_t m_controlsLeftOut = 0;
    mutable SessionTable m_table;
    mutable ByDetail<SessionList> m_sessions;
    mutable ByDetail<SessionList> m_judged;
    mutable ByDetail<PairedSessions> m_sides;
    mutable std::optional<std::vector<SessionPair>> m_legs;
    mutable std::optional<std::vector<MailTransaction>> m_transactions;
    mutable std::optional<std::vector<SlowDirectory>> m_loads;
    mutable std::optional<EvidenceClocks> m_clocks;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_ANALYSIS_H

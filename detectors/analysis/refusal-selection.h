#ifndef BOUNCELAB_DETECTORS_ANALYSIS_REFUSAL_SELECTION_H
#define BOUNCELAB_DETECTORS_ANALYSIS_REFUSAL_SELECTION_H

#include "detectors/analysis/analysis.h"
#include "detectors/readers/server-logs.h"

#include <vector>

namespace bouncelab::detectors
{

/**
 * Which refusals of an evidence folder are to be judged, each once: by the record that shows most
 * of it. Logs of deliveries and sessions go before what bounces, errors and tracking logs make of
 * them; captured sessions count where there is nothing else, and only if nobody else is accused of
 * speaking in them. What strangers draw from a server (guesses of mailboxes, tests of relays) is
 * left to the detectors of that.
 */
class RefusalSelection
{
  public:
    /// \param analysis has to outlive it.
    explicit RefusalSelection(const Analysis& analysis);

    RefusalSelection(const RefusalSelection&) = delete;
    RefusalSelection& operator=(const RefusalSelection&) = delete;

    /// In order: those that logs and texts report, then those of sessions.
    const std::vector<const InFile<ReportedReply>*>& Replies() const { return m_replies; }

  private:
    using Reported = InFile<ReportedReply>;

    void AddTracked();
    void AddSessions(const SessionList& sessions);
    void Keep(const Reported& reported);

    const ServerLogs& m_logs;
    std::vector<Reported> m_said; //!< Within sessions.
    std::vector<const Reported*> m_replies;
    bool m_isCaptured = false; //!< Some sessions as packets.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_REFUSAL_SELECTION_H

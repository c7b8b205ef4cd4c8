#ifndef BOUNCELAB_DETECTORS_ANALYSIS_SESSION_TABLE_H
#define BOUNCELAB_DETECTORS_ANALYSIS_SESSION_TABLE_H

#include "detectors/analysis/smtp-session.h"
#include "detectors/evidence.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bouncelab::detectors
{

/**
 * All sessions of an evidence folder that can be read, of its captures and its logs, for detectors
 * that compare sessions. Detectors share one, so that a flow is read once.
 */
class SessionTable
{
  public:
    /// Takes a flow if it speaks SMTP; the flow that came last is known again, and a further window
    /// of one goes into its session.
    /// \return its session until the next flow comes; null where there is none.
    SmtpSession* Add(const Flow& flow);

    /**
     * The sessions of the logs and of the flows, in order of time. A flow that a log at the server
     * tells of as well (the same client address and port within ten minutes) is left out: the log
     * says more, and gets the content that the flow shows. Of a flow that several captures hold,
     * the first one's is kept. A session of a log of codes is left out where a capture shows the
     * same requests, for that one says more; what tracking logs tell of is added where nothing else
     * does. Views point into the context.
     */
    const std::vector<SmtpSession>& Complete(const EvidenceContext& context);

    /// The flows that Complete left out as a log tells of them.
    const std::vector<SmtpSession>& LoggedFlows() const { return m_loggedFlows; }

    /// The flows that it left out as another capture holds them.
    const std::vector<SmtpSession>& RepeatedFlows() const { return m_repeatedFlows; }

    /// Flows that were not kept because there were too many.
    std::uint64_t Dropped() const { return m_dropped; }

  private:
    /// \return where the flow's session is, if it has one
    std::optional<std::size_t> Keep(const Flow& flow);
    std::optional<std::size_t> Continue(const Flow& flow);
    void AddTransactions(const ProtocolSessions& transactions);

    std::vector<SmtpSession> m_sessions;
    std::vector<SmtpSession> m_loggedFlows;
    std::vector<SmtpSession> m_repeatedFlows;
    bool m_complete = false;
    const CaptureSource* m_lastSource = nullptr;
    std::uint32_t m_lastFrame = 0;
    std::optional<std::size_t> m_lastKept;
    /// Of flows that go on in a further window, by file and connection.
    std::map<std::pair<std::string, std::uint64_t>, std::size_t> m_open;
    std::size_t m_bytes = 0;
    std::uint64_t m_dropped = 0;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_SESSION_TABLE_H

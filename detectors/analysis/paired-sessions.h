#ifndef BOUNCELAB_DETECTORS_ANALYSIS_PAIRED_SESSIONS_H
#define BOUNCELAB_DETECTORS_ANALYSIS_PAIRED_SESSIONS_H

#include "detectors/analysis/session-pairs.h"
#include "detectors/analysis/session-table.h"
#include "formats/alert.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// Sessions that the evidence shows from both ends, and what addresses a NAT maps.
class PairedSessions
{
  public:
    /// Whether the client called the server that heard the mail.
    enum class Callee
    {
        Server,  //!< By address, or by what a NAT is seen to do.
        Another, //!< Whoever it called had the mail to pass on, as a smarthost has.
        Unknown, //!< The server's address is an inside one, and nothing shows its outside one.
    };

    /// \param table completed.
    explicit PairedSessions(const SessionTable& table, const SessionList& sessions);

    /// A client's session, from a capture or its own log, and the server's; never two records of
    /// one connection at the same end.
    const std::vector<SessionPair>& Pairs() const { return m_pairs; }

    Callee CalleeOf(const SessionPair& pair) const;

  private:
    void LearnFromPairs();
    void LearnOutside(const SmtpSession& flow, const SmtpSession& logged);

    std::vector<SessionPair> m_pairs;
    std::map<HostAddress, std::set<HostAddress>> m_outside; //!< Of inside addresses.
};

/// Adds the other end's rows to an alert; frames of another capture are named in words.
/// \return "lines 9 and 25 of server/RECV20111116-1.log"
std::string AttachRefs(const SmtpSession& session,
                       const std::vector<EvidenceRef>& refs,
                       Alert& alert);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_PAIRED_SESSIONS_H

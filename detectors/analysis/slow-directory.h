#ifndef BOUNCELAB_DETECTORS_ANALYSIS_SLOW_DIRECTORY_H
#define BOUNCELAB_DETECTORS_ANALYSIS_SLOW_DIRECTORY_H

#include "detectors/analysis/smtp-session.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

namespace bouncelab::detectors
{

/// A server that is slow, or at a loss, where it has to look recipients up, and nowhere else.
struct SlowDirectory
{
    HostAddress server;
    const SmtpSession* session = nullptr; //!< The session that waited longest.
    std::vector<EvidenceRef> refs;        //!< In it.
    std::set<HostAddress> clients;        //!< That suffered.
    std::size_t slow = 0;                 //!< Late replies to RCPT.
    std::size_t failed = 0;               //!< RCPT refused for now because of a lookup.
    std::size_t asked = 0;                //!< All of RCPT.
    std::int64_t slowestNs = 0;
    std::int64_t typicalOtherNs = 0; //!< Median of replies to other commands.
    std::int64_t calmNs = 0;         //!< Mean delay of RCPT in the calmest tenth.
    std::int64_t busyNs = 0;         //!< Ditto, in the busier half.
    bool rises = false;              //!< Busy times are worse than calm ones.

    /// Whether it is load that does it, and not one client that suffers.
    bool IsOverload() const { return rises && clients.size() > 1; }
};

/**
 * The servers whose replies to RCPT are slow whether they accept or refuse, or fail for now, while
 * other replies come at once. A tarpit, which holds refusals back, a slow network or server,
 * which delays everything, and one client that fares worse than others at the time are none.
 *
 * Busy is when many sessions are open.
 */
std::vector<SlowDirectory> FindSlowDirectories(const SessionList& sessions);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_SLOW_DIRECTORY_H

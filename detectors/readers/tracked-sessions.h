#ifndef BOUNCELAB_DETECTORS_READERS_TRACKED_SESSIONS_H
#define BOUNCELAB_DETECTORS_READERS_TRACKED_SESSIONS_H

#include "detectors/readers/message-tracking-reader.h"
#include "detectors/readers/protocol-sessions.h"

#include <cstdint>
#include <optional>

namespace bouncelab::detectors
{

/**
 * What a RECEIVE, REFUSE or SEND by SMTP tells of the session behind it: its ends, the envelope,
 * and that content with this Message-ID was taken, with detail Transactions. All stamps are the
 * event's. Nothing for other events, and for a SEND to nobody. A log that does not tell its own
 * host's address gets 127.0.0.1.
 *
 * \param file ProtocolSessions::FileIndex()
 */
std::optional<LogSession> SessionOf(const TrackedEvent& event, std::uint16_t file);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_TRACKED_SESSIONS_H

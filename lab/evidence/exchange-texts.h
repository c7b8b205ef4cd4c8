#ifndef BOUNCELAB_LAB_EVIDENCE_EXCHANGE_TEXTS_H
#define BOUNCELAB_LAB_EVIDENCE_EXCHANGE_TEXTS_H

#include "formats/clock.h"
#include "models/connector/connector-observer.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace bouncelab::evidence
{

/// "08CE6E5DA8B26408"
void AppendSessionId(std::string& out, std::uint64_t session);

/// How logs name a session, and in it a message: "08CE6E5DA8B26408;2011-11-16T04:11:55.890Z;1".
/// \param count messages of the session so far, this one included
std::string SessionContext(const HostClock& clock,
                           const connector::SessionInfo& session,
                           std::uint32_t count);

/// Data of the row that tells of a delay: "Tarpit for '0.00:00:25.639' due to 'DelayedAck'".
/// \param delayNs 0 or more; milliseconds are written if there are any.
/// \param reason a reply's text, or a word (fields::protocol::DELAYED_ACK, BACK_PRESSURE).
std::string TarpitText(std::int64_t delayNs, std::string_view reason);

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_EXCHANGE_TEXTS_H

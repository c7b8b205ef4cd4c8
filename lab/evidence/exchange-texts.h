#ifndef BOUNCELAB_LAB_EVIDENCE_EXCHANGE_TEXTS_H
#define BOUNCELAB_LAB_EVIDENCE_EXCHANGE_TEXTS_H

#include <cstdint>
#include <string>
#include <string_view>

namespace bouncelab::evidence
{

/// "08CE6E5DA8B26408"
void AppendSessionId(std::string& out, std::uint64_t session);

/// Data of the row that tells of a delay: "Tarpit for '0.00:00:25.639' due to 'DelayedAck'".
/// \param delayNs 0 or more; milliseconds are written if there are any.
/// \param reason a reply's text, or a word (fields::protocol::DELAYED_ACK, BACK_PRESSURE).
std::string TarpitText(std::int64_t delayNs, std::string_view reason);

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_EXCHANGE_TEXTS_H

#ifndef BOUNCELAB_DETECTORS_ANALYSIS_ADDRESS_REFUSAL_H
#define BOUNCELAB_DETECTORS_ANALYSIS_ADDRESS_REFUSAL_H

#include <string>

namespace bouncelab::detectors
{

/**
 * Whether a reply says that it takes nothing from the sending address: some clause of it names an
 * address ("your IP", "client host", the address itself) and says that it is blocked, banned, of a
 * dial-up or a source of spam. A clause about a message, a
 * recipient, relaying or a policy does not, and of a page's address only the host address counts.
 * \param lower its words in lower case
 */
bool RefusesAddress(const std::string& lower);

/// The words without mail addresses, which say nothing of a reason: "x@nxdomain.example".
std::string WithoutMailAddresses(const std::string& words);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_ADDRESS_REFUSAL_H

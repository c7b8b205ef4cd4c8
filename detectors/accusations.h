#ifndef BOUNCELAB_DETECTORS_ACCUSATIONS_H
#define BOUNCELAB_DETECTORS_ACCUSATIONS_H

#include "detectors/evidence.h"

#include <vector>

/// What detectors of single segments find in a flow, for those that build on it (Evidence::Once).
namespace bouncelab::detectors
{

namespace overlap_conflict
{
std::vector<Finding> Find(const Evidence& evidence); //!< Forged and merely inconsistent ones.
} // namespace overlap_conflict

namespace header_outlier
{
std::vector<Finding> Find(const Evidence& evidence);
} // namespace header_outlier

namespace early_reply
{
std::vector<Finding> Find(const Evidence& evidence);
} // namespace early_reply

namespace two_senders
{
std::vector<Finding> Find(const Evidence& evidence); //!< SYN-ACKs and FINs, also in doubt.

/// Whether the client calls twice with other numbers: two connections between the same ports, of
/// two hosts with one private address or after one another.
bool HoldsTwoCalls(const Flow& flow);
} // namespace two_senders

/// All of these that accuse data, faults only, each segment once, in order of capture. Resets are
/// judged when all flows are known (ResetTable).
std::vector<Finding> FindAccusations(const Evidence& evidence);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ACCUSATIONS_H

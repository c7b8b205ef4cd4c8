#ifndef BOUNCELAB_DETECTORS_ANALYSIS_SIGHTED_PACKET_H
#define BOUNCELAB_DETECTORS_ANALYSIS_SIGHTED_PACKET_H

#include "detectors/analysis/path-timing.h"
#include "detectors/analysis/sightings.h"
#include "detectors/evidence.h"

#include <optional>

namespace bouncelab::detectors
{

/// An answer to a probe that arrives with a TTL up to this copies what the probe had left: nobody
/// sends with one that just lasts.
constexpr int LEAST_LEFT = 2;

/// TTL of the client's first data where it was set by hand: far below the one of its SYN.
std::optional<int> ProbeTtl(const Flow& flow);

/// What an accused packet tells of the place of its sender. \param genuineTtl of whom it names.
Sightings::AccusedPacket SightedPacket(const Evidence& evidence,
                                       const Finding& finding,
                                       int genuineTtl);

/// The same with the timing of the packet's side at hand: for callers that describe many packets.
Sightings::AccusedPacket SightedPacket(const Evidence& evidence,
                                       const PathTiming& timing,
                                       const Finding& finding,
                                       int genuineTtl);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_SIGHTED_PACKET_H

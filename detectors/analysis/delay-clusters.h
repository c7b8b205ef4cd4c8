#ifndef BOUNCELAB_DETECTORS_ANALYSIS_DELAY_CLUSTERS_H
#define BOUNCELAB_DETECTORS_ANALYSIS_DELAY_CLUSTERS_H

#include "detectors/analysis/smtp-session.h"

#include <cstdint>
#include <vector>

namespace bouncelab::detectors
{

/// A reply that took long.
struct LateReply
{
    std::size_t session = 0; //!< Index of its session.
    std::size_t turn = 0;    //!< Index of its turn.
    /// From the command, or from the reply before it where that came later, less a round trip.
    std::int64_t delayNs = 0;
    bool refuses = false; //!< Code 4xx or 5xx.
};

/// Late replies whose delays are one constant as far as can be seen.
struct DelayCluster
{
    std::vector<LateReply> replies; //!< At least two.
    std::int64_t lowNs = 0;
    std::int64_t highNs = 0;

    std::int64_t MiddleNs() const { return lowNs + (highNs - lowNs) / 2; }

    std::size_t Refusals() const;
};

/// From here on a reply counts as late.
constexpr std::int64_t LATE_NS = 900000000;

/**
 * Each turn's own delay: what a server spent on it, and not on the commands before it in a
 * pipeline, nor TCP on sending either again. \return per turn, -1 where it cannot be known.
 */
std::vector<std::int64_t> OwnDelays(const SmtpSession& session);

/**
 * The constants among delays.
 *
 * A constant has two replies within 150 ms or 3 %, at a whole half second, or four at any place.
 * Delays that vary form none, even where two happen to be near one another: unless the constants
 * explain three delays in five, there are none.
 */
std::vector<DelayCluster> FindConstants(std::vector<LateReply> late);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_DELAY_CLUSTERS_H

#ifndef BOUNCELAB_DETECTORS_ANALYSIS_RESET_CASE_H
#define BOUNCELAB_DETECTORS_ANALYSIS_RESET_CASE_H

#include "detectors/analysis/sightings.h"
#include "detectors/evidence.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// So many hops from a host no front end of it stands, nor another node of a server.
constexpr int FAR_APART = 5;

/// What a reset's own flow tells of whether its side sent it.
struct ResetCase
{
    std::uint32_t index = 0;           //!< Of the reset in its flow.
    std::vector<std::uint32_t> others; //!< Further segments that the reasons name.
    std::vector<std::string> reasons;  //!< All but the TTL.
    double sum = 0;                    //!< Their weights.
    std::optional<int> usualTtl; //!< Of the side's other segments, the one nearest to the reset's.
    bool isForeign = false;      //!< Something that no front end of the side does.
    bool isImpossible = false;   //!< Something that the side cannot have done: enough by itself.
    bool isTooEarly = false; //!< It acknowledges what cannot have reached its side: a doubt alone.
    /// Its side goes on, although it resets as a kernel does: a doubt alone.
    bool goesOn = false;
    bool isAimed = false;      //!< A pair as only devices made to reset send it.
    bool isBlind = false;      //!< A text that tells no TTL and no IP ID shows mail cut off.
    bool hasHandshake = false; //!< The flow shows how long the way to the side is.
    /// Something that holds against an accusation however much speaks for it; a clause.
    std::string doubt;
};

/**
 * Weighs a reset by the rules of Weaver, Sommer, Paxson (NDSS 2009), by the marks of known
 * injectors (facts I11, I12), by its time, and by what its side shows in the rest of the flow.
 *
 * \param index of a reset
 * \return nothing where the reset is a host's ordinary one: a side had closed or reset before, the
 *     side refuses what it never asked for (RFC 9293, section 3.10.7) or cannot know any more, the
 *     ports are used again, or TTL and IP ID are the side's own and it falls silent.
 */
std::optional<ResetCase> WeighReset(const Evidence& evidence, std::uint32_t index);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_RESET_CASE_H

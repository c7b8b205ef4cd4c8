#ifndef BOUNCELAB_DETECTORS_ANALYSIS_HEADER_DEVIATION_H
#define BOUNCELAB_DETECTORS_ANALYSIS_HEADER_DEVIATION_H

#include "detectors/analysis/sender-profile.h"
#include "detectors/flow/flow.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// How far one segment's headers are from what its own sender shows in the rest of the flow.
struct HeaderDeviation
{
    double sum = 0;           //!< Weights of all deviations; 0 = as the others.
    int families = 0;         //!< How many independent kinds of deviation.
    int ttlGap = 0;           //!< TTL minus the usual one.
    bool idFits = false;      //!< The IP ID continues a stream that the sender shows, or the flow
                              //!< label of IPv6 is the sender's.
    bool idIsOutside = false; //!< It shows such a stream or label, and the packet's is another.
    std::size_t ids = 0;      //!< How many IP IDs or labels that rests on.
    std::vector<std::string> reasons; //!< "TTL 57 against 49", in order of weight.

    /// Enough for an alarm without any other evidence.
    bool IsOutlier() const { return sum >= 3 && families >= 3; }

    /// Enough beside other evidence, such as a conflict of bytes.
    bool Corroborates() const { return sum >= 1.5; }

    double Score() const { return sum >= 6 ? 1.0 : sum / 6; }
};

/**
 * Compares a segment with its sender's others. What genuine traffic shows is no deviation: a TTL
 * that differs by one or moves for good (routes, front ends), one that has passed as many hops from
 * another initial value (a front end and the host behind it), a handshake of one stack where all
 * data are of another (the same), IP ID 0 in a SYN-ACK, a stack that never sets DF or options (fact
 * I27).
 *
 * \param index of the segment; \param apart further indices that are left out of the comparison.
 */
HeaderDeviation DeviationOf(const Flow& flow,
                            std::uint32_t index,
                            const std::vector<std::uint32_t>& apart = {});

/// The same with the profile of the segment's side at hand: for callers that look at many segments.
HeaderDeviation DeviationOf(const Flow& flow,
                            const SenderProfile& profile,
                            std::uint32_t index,
                            const std::vector<std::uint32_t>& apart = {});

/// Whether no segment of a side can be an outlier: all agree in what weighs most. Cheap.
bool LooksUniform(const Flow& flow, Side side);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_HEADER_DEVIATION_H

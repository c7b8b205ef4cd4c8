#ifndef BOUNCELAB_DETECTORS_ANALYSIS_STREAM_SIDES_H
#define BOUNCELAB_DETECTORS_ANALYSIS_STREAM_SIDES_H

#include "detectors/flow/flow.h"

#include <cstdint>

namespace bouncelab::detectors
{

/**
 * Whether the side's own stream counts a segment's bytes: nothing contradicts them, and the side
 * goes on behind them. A stranger's bytes do not move the numbers of the host that it speaks for. A
 * reset is no such sign where the peer's acknowledgment or the stranger itself may have numbered
 * it.
 */
bool StreamGoesOnBehind(const Flow& flow, std::uint32_t index);

/// Whether no router lies between a side and the capture, while one lies before the other side.
bool IsBesideTap(const Flow& flow, Side side);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_STREAM_SIDES_H

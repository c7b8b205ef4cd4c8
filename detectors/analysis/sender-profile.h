#ifndef BOUNCELAB_DETECTORS_ANALYSIS_SENDER_PROFILE_H
#define BOUNCELAB_DETECTORS_ANALYSIS_SENDER_PROFILE_H

#include "detectors/flow/flow.h"

#include <cstdint>

namespace bouncelab::detectors
{

/**
 * What one side's stack shows from its opening on: TTL, DF, timestamps. The SYN or SYN-ACK is the
 * anchor, since what forges data rarely forges the handshake; where nothing else resembles it, as
 * behind a front end, the majority is.
 */
class SenderProfile
{
  public:
    SenderProfile(const Flow& flow, Side side);

    /// Whether two signs say that another stack sent the segment. Such segments vouch for nothing:
    /// neither for each other's headers nor for the round trip.
    bool IsForeign(const Segment& segment) const;

  private:
    Side m_side;
    bool m_known = false;
    int m_ttl = 0;
    bool m_dontFragment = false;
    bool m_timestamps = false;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_SENDER_PROFILE_H

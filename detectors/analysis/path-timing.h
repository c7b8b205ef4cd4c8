#ifndef BOUNCELAB_DETECTORS_ANALYSIS_PATH_TIMING_H
#define BOUNCELAB_DETECTORS_ANALYSIS_PATH_TIMING_H

#include "detectors/flow/flow.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace bouncelab::detectors
{

/// What a segment answers, by its acknowledgment number.
struct Trigger
{
    std::uint32_t segment =
        0; //!< Index of the first segment that carried the last byte acknowledged.
    std::int64_t elapsedNs = 0; //!< From that segment's first capture: never too short.
    bool resent = false;        //!< That byte was sent again before the answer came.
};

/// The shortest time in which anything can come back from one side.
struct RoundTripBound
{
    std::int64_t minimumNs = 0; //!< Smallest round trip of the others.
    std::int64_t marginNs = 0;  //!< What jitter and a slow handshake may explain.
    int samples = 0;            //!< Round trips of different triggers that it rests on.
    std::optional<std::int64_t> handshakeNs;
    std::optional<std::int64_t> routeNs;

    bool Excludes(std::int64_t elapsedNs) const { return elapsedNs < minimumNs - marginNs; }
};

/**
 * Round trips between the place of the capture and one side of a flow.
 *
 * A segment that acknowledges a byte cannot have been sent before that byte arrived: the time from
 * the byte's first capture to the acknowledgment's bounds the path's round trip from above, and
 * nothing genuine comes back faster than the path's own (EVIDENCE S003-25). Pure acknowledgments
 * count: where a proxy or a NAT answers near by, they say so and the bound is small.
 */
class PathTiming
{
  public:
    /// \param replier the side whose answers are timed.
    /// \param routeNs round trip that a traceroute measured to it, if there is one.
    PathTiming(const Flow& flow, Side replier, std::optional<std::int64_t> routeNs);

    /// What the segment answers; nothing when that was not captured, or not before.
    std::optional<Trigger> TriggerOf(const Segment& segment) const;

    /// The bound without what answered the same trigger as the segment under test.
    std::optional<RoundTripBound> BoundWithout(const Segment& segment) const;

  private:
    /// Segment that advanced the other side's stream.
    struct Advance
    {
        std::int64_t start;
        std::int64_t end;
        std::uint32_t segment;
        std::int64_t resentNs;
    };

    struct Sample
    {
        std::int64_t trigger;
        std::int64_t elapsedNs;
    };

    static std::int64_t TriggerKey(const Segment& segment, const Trigger& trigger);
    void CollectAdvances(Side asker);
    void CollectSamples(Side replier);

    const Flow& m_flow;
    std::optional<std::int64_t> m_routeNs;
    std::optional<std::int64_t> m_handshakeNs;
    std::optional<std::uint32_t> m_handshakeAck; //!< The asker's first segment after its SYN.
    std::vector<Advance> m_advances;
    std::vector<Sample> m_samples; //!< Smallest round trip first, one per trigger.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_PATH_TIMING_H

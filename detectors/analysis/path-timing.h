#ifndef BOUNCELAB_DETECTORS_ANALYSIS_PATH_TIMING_H
#define BOUNCELAB_DETECTORS_ANALYSIS_PATH_TIMING_H

#include "detectors/analysis/header-deviation.h"
#include "detectors/flow/flow.h"
#include "formats/clock.h"

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
    /// From that segment's first capture, or from an earlier one if the echoed timestamp is older.
    std::int64_t elapsedNs = 0;
    bool resent = false; //!< That byte was sent again before the answer came.
    /// Whether the time can be believed: not where an earlier copy may have been missed.
    bool reliable = true;
};

/// The shortest time in which anything can come back from one side.
struct RoundTripBound
{
    std::int64_t minimumNs = 0; //!< Smallest round trip of the others.
    std::int64_t marginNs = 0;  //!< What jitter, coarse stamps and a slow handshake may explain.
    std::int64_t spreadNs = 0;  //!< Between the smallest and the largest round trip that was kept.
    int samples = 0;            //!< Round trips of different triggers that it rests on.
    int prompt = 0;             //!< Of these, answers that no delayed acknowledgment makes late.
    std::optional<std::int64_t> handshakeNs;
    std::optional<std::int64_t> routeNs;

    bool Excludes(std::int64_t elapsedNs) const { return elapsedNs < minimumNs - marginNs; }

    /**
     * Whether the time alone convicts, with nothing beside it that shows another sender: where it
     * lies at least three times the spread of the n others below them, and jitter would do that
     * less than once in 10,000. Of n + 1 round trips that are spread evenly, the smallest lies c
     * times the others' spread below them with chance (1 + c)^-(n-1). Four others have to be there,
     * and as many that are no bare acknowledgments, which hosts hold back for up to half a second.
     */
    bool ExcludesByItself(std::int64_t elapsedNs) const;
};

/**
 * Round trips between the place of the capture and one side of a flow.
 *
 * A segment that acknowledges a byte cannot have been sent before that byte arrived: the time from
 * the byte's first capture to the acknowledgment's bounds the path's round trip from above, and
 * nothing genuine comes back faster than the path's own (S003-25). Pure acknowledgments
 * count: where a proxy or a NAT answers near by, they say so and the bound is small.
 */
class PathTiming
{
  public:
    /// \param replier the side whose answers are timed.
    /// \param routeNs round trip that a traceroute measured to it, if there is one.
    PathTiming(const Flow& flow, Side replier, std::optional<std::int64_t> routeNs);

    /**
     * What the segment answers; nothing when that was not captured, or not before its answers.
     *
     * The capture may have missed the first copy of what was answered. An echoed timestamp older
     * than the captured copy's says so (RFC 7323, section 4.3); then the time counts from what the
     * echo allows. Without timestamps a copy that a retransmission timer may have sent is no start
     * of any time: the trigger is not reliable.
     */
    std::optional<Trigger> TriggerOf(const Segment& segment) const;

    /// The bound without what answered the same trigger as the segment under test.
    std::optional<RoundTripBound> BoundWithout(const Segment& segment) const;

    /// Whether it came sooner after what it answers than the others' round trips allow.
    bool IsEarly(const Segment& segment) const;

    /**
     * Whether the side answers as quickly elsewhere, in segments of its own stack. Where it does, a
     * segment is not early, even if the way to it is not bounded: an answer whose trigger may have
     * been sent before the captured copy counts as well.
     */
    bool IsQuickElsewhere(const Segment& segment, std::int64_t elapsedNs) const;

    /// What the capture's clock cannot tell apart; 0 when it is finer than 100 microseconds.
    std::int64_t GranularityNs() const { return m_granularityNs; }

  private:
    /// Segment that advanced the other side's stream.
    struct Advance
    {
        std::int64_t start;
        std::int64_t end;
        std::uint32_t segment;
        WallTime resent;
    };

    struct Sample
    {
        std::int64_t trigger;
        std::int64_t elapsedNs;
        bool isPrompt;
    };

    static std::int64_t TriggerKey(const Segment& segment, const Trigger& trigger);
    bool MayBeResent(std::uint32_t asked) const;
    /// Whether it was acknowledged before it was captured: packets of the capture are swapped.
    bool IsCapturedLate(std::uint32_t asked, std::int64_t position) const;
    std::optional<std::int64_t> FromEcho(const Segment& segment, std::uint32_t asked) const;
    void CollectAdvances(Side asker);
    void CollectSamples(Side replier);
    void KeepQuickest(const Sample& sample);

    const Flow& m_flow;
    Side m_replier;
    SenderProfile m_profile;
    std::int64_t m_granularityNs = 0;
    std::optional<std::int64_t> m_routeNs;
    std::optional<std::int64_t> m_handshakeNs;
    std::optional<std::uint32_t> m_handshakeAck; //!< The asker's first segment after its SYN.
    std::vector<Advance> m_advances;
    std::vector<Sample> m_samples;  //!< Smallest round trip first, one per trigger.
    std::vector<Sample> m_quickest; //!< The two quickest answers of different triggers, any kind.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_PATH_TIMING_H

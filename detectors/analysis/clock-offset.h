#ifndef BOUNCELAB_DETECTORS_ANALYSIS_CLOCK_OFFSET_H
#define BOUNCELAB_DETECTORS_ANALYSIS_CLOCK_OFFSET_H

#include "formats/address.h"
#include "formats/clock.h"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <vector>

namespace bouncelab::detectors
{

/// How far a clock is ahead of another: somewhere in an interval.
struct ClockInterval
{
    Nanoseconds least{};
    Nanoseconds most{};

    static ClockInterval Any() { return {-Nanoseconds::max() / 4, Nanoseconds::max() / 4}; }

    bool IsPossible() const { return least <= most; }

    Nanoseconds Width() const { return most - least; }

    /// Whether the difference is certainly larger than that, either way.
    bool IsBeyond(Nanoseconds limit) const { return least > limit || most < -limit; }

    bool IsWithin(Nanoseconds limit) const { return least > -limit && most < limit; }

    ClockInterval Widened(Nanoseconds by) const { return {least - by, most + by}; }

    /// Seen from the other clock.
    ClockInterval operator-() const { return {-most, -least}; }

    ClockInterval operator+(const ClockInterval& other) const
    {
        return {least + other.least, most + other.most};
    }

    /**
     * A command and its reply as both clocks have them: what was said cannot be heard earlier.
     * \param saidOuter,answeredOuter by the clock nearer to the client
     * \param saidInner,answeredInner by the one nearer to the server, which is ahead by this
     */
    void Bound(WallTime saidOuter,
               WallTime saidInner,
               WallTime answeredInner,
               WallTime answeredOuter);
};

/// What two intervals have in common: an impossible one if nothing.
ClockInterval Common(const ClockInterval& a, const ClockInterval& b);

/// How far one clock is ahead of another, by moments that both stamped. Clocks drift, and are set
/// meanwhile; so it is told for a time.
class ClockOffset
{
  public:
    /// \param time by the other clock
    void Add(WallTime time, const ClockInterval& ahead) { m_moments.emplace(time, ahead); }

    /// At a time of the other clock: by the moments around it as far as they agree, each wider by
    /// the drift since then. Between two that disagree a clock was set: anything between them.
    std::optional<ClockInterval> At(WallTime time) const;

    std::size_t Moments() const { return m_moments.size(); }

  private:
    std::multimap<WallTime, ClockInterval> m_moments;
};

/// Something that two logs tell of, by one's clock.
struct Stamped
{
    HostAddress host; //!< The far end.
    WallTime time;
};

/**
 * How far one log's stamps are ahead of another's, as local time is ahead of UTC: in quarters of an
 * hour. For logs that do not name what both have by more than its host: most of the shorter list
 * have to find a partner at that distance, three at least, and no other distance may explain nearly
 * as many. Where local time changes within a log, there is none.
 */
std::optional<std::chrono::minutes> OffsetBetween(const std::vector<Stamped>& reference,
                                                  const std::vector<Stamped>& other);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_CLOCK_OFFSET_H

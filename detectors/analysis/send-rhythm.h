#ifndef BOUNCELAB_DETECTORS_ANALYSIS_SEND_RHYTHM_H
#define BOUNCELAB_DETECTORS_ANALYSIS_SEND_RHYTHM_H

#include "formats/clock.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// When somebody does something, as far as it repeats.
struct SendRhythm
{
    /// Repetitions from which a day's rhythm is believed: two may fall together by chance.
    static constexpr std::size_t LEAST_NIGHTS = 3;
    /// What happens less apart than this is one time.
    static constexpr std::chrono::minutes ONE_TIME{10};
    /// How far from its hour a daily job is at most.
    static constexpr std::chrono::minutes MOST_JITTER{5};

    std::size_t times = 0;          //!< Apart by more than ONE_TIME.
    std::size_t hours = 0;          //!< Different hours of the day among them.
    bool isDaily = false;           //!< Once a day, at the same time of a local clock.
    std::int64_t secondOfDay = 0;   //!< Daily: by the stamps' clock, up to a clock change.
    std::int64_t jitterSeconds = 0; //!< Daily: the most that one is from its time.
    /// Daily: the first one an hour off, as a local clock's change to or from summer time makes it.
    std::optional<WallTime> change;
    std::int64_t changeSeconds = 0; //!< -3600 or 3600.

    /// "each day at 04:00:07 (UTC or whatever the log's clock shows), ...", with figures.
    std::string ToString() const;
};

/**
 * Finds a day's rhythm. Days may be left out, but most may not; a local clock may change by an hour
 * once or twice, and goes on so.
 *
 * \param moments in any order
 */
SendRhythm RhythmOf(std::vector<WallTime> moments);

/// "04:00:07" of a second of the day, which may be of the day before or after.
std::string ClockText(std::int64_t second);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_SEND_RHYTHM_H

#ifndef BOUNCELAB_DETECTORS_READERS_PRINTED_STAMP_H
#define BOUNCELAB_DETECTORS_READERS_PRINTED_STAMP_H

#include "formats/clock.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace bouncelab::detectors
{

/// Stamps of printed packets, in order: times of day, dates with times, seconds since 1970.
class PrintedStamps
{
  public:
    /// The year of stamps that have no date; 1970 until it is called.
    void SetYear(int year) { m_year = year; }

    /**
     * Takes a stamp off the front of a text: "10:14:01.100000", "2026-01-02 10:14:01.100000",
     * "1767348841.100000". A time of day that lies half a day before the one before it is the next
     * day's.
     */
    std::optional<WallTime> Take(std::string_view& text);

    /// The same, or seconds with a point since the first packet or the one before: "0.054000".
    std::optional<WallTime> TakeOrSeconds(std::string_view& text);

    /**
     * A time that is told since the beginning, where it belongs: times may also be told since the
     * packet before (`tcpdump -ttt`, a list's delta), which only shows when they fall. What learns
     * that in a first reading of a text tells it the second one.
     */
    Nanoseconds Placed(Nanoseconds told);

    bool AreSteps() const { return m_fell; }

    void SetSteps(bool areSteps) { m_areSteps = areSteps; }

    /// Other packets begin, with a time that says nothing about those before.
    void Restart();

  private:
    int m_year = 1970;
    bool m_areSteps = false;
    bool m_beganAtZero = false;
    bool m_fell = false;
    std::optional<Nanoseconds> m_told; //!< The one before.
    Nanoseconds m_sum{0};
    std::int64_t m_day = 0; //!< Since the first stamp.
    std::int64_t m_lastSecond = -1;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_PRINTED_STAMP_H

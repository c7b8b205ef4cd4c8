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

  private:
    int m_year = 1970;
    std::int64_t m_day = 0; //!< Since the first stamp.
    std::int64_t m_lastSecond = -1;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_PRINTED_STAMP_H

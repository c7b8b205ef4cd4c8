#ifndef BOUNCELAB_TESTS_TIMES_H
#define BOUNCELAB_TESTS_TIMES_H

#include "formats/clock.h"

#include <ostream>

namespace bouncelab
{

/// What Boost prints, beside the clocks' types so that it is found.
template <class Clock>
std::ostream&
operator<<(std::ostream& out, std::chrono::time_point<Clock, Nanoseconds> time)
{
    return out << time.time_since_epoch().count() << " ns";
}

} // namespace bouncelab

namespace bouncelab::test
{

/// A moment of the simulation.
constexpr SimTime
At(std::int64_t ns)
{
    return SimTime(Nanoseconds(ns));
}

/// A reading of a clock, in ns since 1970.
constexpr WallTime
Reading(std::int64_t ns)
{
    return WallTime(Nanoseconds(ns));
}

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_TIMES_H

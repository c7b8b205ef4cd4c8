#ifndef BOUNCELAB_TESTS_PATH_NAIVE_LINE_H
#define BOUNCELAB_TESTS_PATH_NAIVE_LINE_H

#include "models/path/link-model.h"

#include <cstdint>
#include <vector>

namespace bouncelab::path
{

/// A packet that is born somewhere on one direction of a line, and what becomes of it.
struct NaiveBirth
{
    std::int64_t timeNs = 0;
    std::uint32_t position = 0; //!< Along the direction of travel.
    std::int64_t ttlBase = 0;   //!< It arrives at position p with TTL ttlBase - p.
    std::uint64_t serial = 0;
    std::uint32_t bytes = 0;
};

struct NaiveEnd
{
    char ending = '?';          //!< 'A'rrived, 'X' expired, 'L'ost.
    std::uint32_t position = 0; //!< Where; for a lost packet the node before the link.
    std::int64_t timeNs = 0;
    std::size_t order = 0; //!< Counts the ends as they come.
};

/// One direction of a line with one event a hop and nothing reserved ahead: the plain reading of
/// Path's contract. \param links in order of travel. \param births in order of time.
/// \return the end of each birth, in the same order.
std::vector<NaiveEnd> RunNaiveLine(const std::vector<LinkModel>& links,
                                   const std::vector<NaiveBirth>& births);

} // namespace bouncelab::path

#endif // BOUNCELAB_TESTS_PATH_NAIVE_LINE_H

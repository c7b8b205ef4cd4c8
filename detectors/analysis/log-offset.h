#ifndef BOUNCELAB_DETECTORS_ANALYSIS_LOG_OFFSET_H
#define BOUNCELAB_DETECTORS_ANALYSIS_LOG_OFFSET_H

#include "formats/address.h"
#include "formats/clock.h"

#include <chrono>
#include <optional>
#include <vector>

namespace bouncelab::detectors
{

/// Something that two logs tell of, by one's clock.
struct Stamped
{
    HostAddress host; //!< The far end.
    WallTime time;
};

/**
 * How far one log's stamps are ahead of another's, as local time is ahead of UTC: in quarters of an
 * hour. Told by connections of the same hosts: most of the shorter list have to find a partner at
 * that distance, three at least, and no other distance may explain nearly as many. Where local time
 * changes within a log, there is none.
 */
std::optional<std::chrono::minutes> OffsetBetween(const std::vector<Stamped>& reference,
                                                  const std::vector<Stamped>& other);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_LOG_OFFSET_H

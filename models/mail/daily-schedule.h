#ifndef BOUNCELAB_MODELS_MAIL_DAILY_SCHEDULE_H
#define BOUNCELAB_MODELS_MAIL_DAILY_SCHEDULE_H

#include "formats/clock.h"

#include <chrono>
#include <vector>

namespace bouncelab::mail
{

/// From when on a local clock is that far ahead of UTC.
struct ZoneChange
{
    WallTime at{};
    std::chrono::seconds utcOffset{0};
};

/// What a local clock is ahead of UTC, over the changes to and from summer time.
class LocalZone
{
  public:
    /// \param first before all changes \param changes in order of time
    explicit LocalZone(std::chrono::seconds first, std::vector<ZoneChange> changes = {});

    std::chrono::seconds OffsetAt(WallTime time) const;

    /**
     * When a local clock next shows a time of day.
     *
     * An hour that a change leaves out is made up for at the change; of an hour that comes twice
     * the first one counts, as by cron.
     *
     * \param after the answer is later than this
     * \param ofDay 0 to less than 24 h
     */
    WallTime NextDaily(WallTime after, Nanoseconds ofDay) const;

  private:
    std::chrono::seconds m_first;
    std::vector<ZoneChange> m_changes;
};

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_DAILY_SCHEDULE_H

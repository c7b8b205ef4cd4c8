#ifndef BOUNCELAB_LAB_EVIDENCE_TICK_COUNT_H
#define BOUNCELAB_LAB_EVIDENCE_TICK_COUNT_H

#include "formats/clock.h"

#include <cstdint>

namespace bouncelab::evidence
{

/// Milliseconds since a Windows host was started, as GetTickCount() gives them: they rise 64 times
/// a second, by 15 or 16 (S002-63).
class TickCount
{
  public:
    /// \param boot when the host was started; 0 or less
    explicit TickCount(SimTime boot)
        : m_boot(boot)
    {
    }

    /// \param time not before the host was started
    std::int64_t At(SimTime time) const
    {
        constexpr Nanoseconds TICK(15625000);
        return (time - m_boot) / TICK * TICK / std::chrono::milliseconds(1);
    }

    /// From one time to another.
    std::int64_t Between(SimTime since, SimTime time) const { return At(time) - At(since); }

  private:
    SimTime m_boot;
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_TICK_COUNT_H

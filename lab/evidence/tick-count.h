#ifndef BOUNCELAB_LAB_EVIDENCE_TICK_COUNT_H
#define BOUNCELAB_LAB_EVIDENCE_TICK_COUNT_H

#include <cstdint>

namespace bouncelab::evidence
{

/// Milliseconds since a Windows host was started, as GetTickCount() gives them: they rise 64 times
/// a second, by 15 or 16 (S002-63).
class TickCount
{
  public:
    /// \param bootNs when the host was started, simulated time; 0 or less
    explicit TickCount(std::int64_t bootNs)
        : m_bootNs(bootNs)
    {
    }

    /// \param timeNs not before the host was started
    std::int64_t At(std::int64_t timeNs) const
    {
        constexpr std::int64_t TICK_NS = 15625000;
        return (timeNs - m_bootNs) / TICK_NS * TICK_NS / 1000000;
    }

    /// From one time to another.
    std::int64_t Between(std::int64_t sinceNs, std::int64_t timeNs) const
    {
        return At(timeNs) - At(sinceNs);
    }

  private:
    std::int64_t m_bootNs;
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_TICK_COUNT_H

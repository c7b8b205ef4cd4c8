#ifndef BOUNCELAB_MODELS_HOST_TIMESTAMP_CLOCK_H
#define BOUNCELAB_MODELS_HOST_TIMESTAMP_CLOCK_H

#include <cstdint>

namespace bouncelab::host
{

/// The clock behind TCP timestamps (RFC 7323 3.2): coarse ticks at the profile's rate.
class TimestampClock
{
  public:
    /**
     * \param hertz ticks per second, above 0
     * \param start tick at the start of the run
     * \param phaseNs how far into that tick the clock is, in ns
     */
    TimestampClock(std::uint32_t hertz, std::uint32_t start, std::int64_t phaseNs)
        : m_hertz(hertz)
        , m_start(start)
        , m_phaseNs(phaseNs)
    {
    }

    /// The tick at a time since the start of the run; wraps at 32 bits.
    std::uint32_t At(std::int64_t ns) const
    {
        const std::int64_t t = ns + m_phaseNs;
        const std::int64_t seconds = t / 1000000000;
        const std::int64_t rest = t % 1000000000;
        return m_start +
               static_cast<std::uint32_t>(seconds * m_hertz + rest * m_hertz / 1000000000);
    }

  private:
    std::uint32_t m_hertz;
    std::uint32_t m_start;
    std::int64_t m_phaseNs;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_TIMESTAMP_CLOCK_H

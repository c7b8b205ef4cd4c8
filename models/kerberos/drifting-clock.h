#ifndef BOUNCELAB_MODELS_KERBEROS_DRIFTING_CLOCK_H
#define BOUNCELAB_MODELS_KERBEROS_DRIFTING_CLOCK_H

#include "formats/clock.h"

#include <algorithm>
#include <cstdint>

namespace bouncelab::kerberos
{

/**
 * A host's clock that runs too fast or too slow, and is set and adjusted. It counts true time from
 * `start` at now = 0; all times are handed in.
 */
class DriftingClock
{
  public:
    /// \param offset how far it is ahead at now = 0; \param drift what it gains, in ns per second
    DriftingClock(WallTime start, Nanoseconds offset, std::int64_t drift)
        : m_start(start)
        , m_offset(offset)
        , m_drift(drift)
    {
    }

    WallTime Read(Nanoseconds now) const { return m_start + now + Offset(now); }

    /// How far it is ahead of true time.
    Nanoseconds Offset(Nanoseconds now) const
    {
        const Nanoseconds elapsed = now - m_since;
        return m_offset + Share(Nanoseconds(m_drift), elapsed, std::chrono::seconds(1)) +
               Share(m_slew, std::min(elapsed, m_slewTime), m_slewTime);
    }

    /// Sets it, at once; a slew that is under way ends.
    void Step(Nanoseconds now, Nanoseconds by) { Slew(now, by, Nanoseconds(0)); }

    /// Makes it run faster or slower until the difference is made up; ends one that is under way.
    void Slew(Nanoseconds now, Nanoseconds by, Nanoseconds over)
    {
        m_offset = Offset(now) + (over.count() == 0 ? by : Nanoseconds(0));
        m_since = now;
        m_slew = by;
        m_slewTime = over;
    }

  private:
    /// whole x part / of, without overflow; 0 of 0 is 0.
    static Nanoseconds Share(Nanoseconds whole, Nanoseconds part, Nanoseconds of)
    {
        __extension__ typedef __int128 Wide;
        return of.count() == 0 ? Nanoseconds(0)
                               : Nanoseconds(static_cast<std::int64_t>(
                                     static_cast<Wide>(whole.count()) * part.count() / of.count()));
    }

    WallTime m_start;
    Nanoseconds m_offset; //!< At m_since.
    std::int64_t m_drift;
    Nanoseconds m_since{0};
    Nanoseconds m_slew{0}; //!< To be made up within m_slewTime from m_since on.
    Nanoseconds m_slewTime{0};
};

} // namespace bouncelab::kerberos

#endif // BOUNCELAB_MODELS_KERBEROS_DRIFTING_CLOCK_H

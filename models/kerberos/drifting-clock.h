#ifndef BOUNCELAB_MODELS_KERBEROS_DRIFTING_CLOCK_H
#define BOUNCELAB_MODELS_KERBEROS_DRIFTING_CLOCK_H

#include "formats/clock.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <vector>

namespace bouncelab::kerberos
{

/**
 * A host's clock that runs too fast or too slow, and is set and adjusted. It counts true time from
 * `start` at now = 0; all times are handed in.
 */
class DriftingClock final : public ClockCourse
{
  public:
    /// \param offset how far it is ahead at now = 0; \param drift what it gains, in ns per second
    DriftingClock(WallTime start, Nanoseconds offset, std::int64_t drift)
        : m_start(start)
        , m_drift(drift)
        , m_spans{{Nanoseconds(0), offset, Nanoseconds(0), Nanoseconds(0)}}
    {
    }

    WallTime Read(Nanoseconds now) const { return m_start + now + Offset(now); }

    /// How far it is ahead of true time, or was.
    Nanoseconds Offset(Nanoseconds at) const
    {
        auto span = m_spans.rbegin();
        while (span->since > at && std::next(span) != m_spans.rend())
        {
            ++span;
        }
        const Nanoseconds elapsed = at - span->since;
        return span->offset + Share(Nanoseconds(m_drift), elapsed, std::chrono::seconds(1)) +
               Share(span->slew, std::min(elapsed, span->slewTime), span->slewTime);
    }

    Nanoseconds OffsetAt(SimTime time) const override { return Offset(time.time_since_epoch()); }

    /// Sets it, at once; a slew that is under way ends.
    void Step(Nanoseconds now, Nanoseconds by) { Slew(now, by, Nanoseconds(0)); }

    /// Makes it run faster or slower until the difference is made up; ends one that is under way.
    void Slew(Nanoseconds now, Nanoseconds by, Nanoseconds over)
    {
        m_spans.push_back({now, Offset(now) + (over.count() == 0 ? by : Nanoseconds(0)), by, over});
    }

  private:
    /// From one correction to the next.
    struct Span
    {
        Nanoseconds since;
        Nanoseconds offset; //!< At its beginning.
        Nanoseconds slew;   //!< To be made up within slewTime.
        Nanoseconds slewTime;
    };

    /// whole x part / of, without overflow; 0 of 0 is 0.
    static Nanoseconds Share(Nanoseconds whole, Nanoseconds part, Nanoseconds of)
    {
        __extension__ typedef __int128 Wide;
        return of.count() == 0 ? Nanoseconds(0)
                               : Nanoseconds(static_cast<std::int64_t>(
                                     static_cast<Wide>(whole.count()) * part.count() / of.count()));
    }

    WallTime m_start;
    std::int64_t m_drift;
    std::vector<Span> m_spans; //!< The first begins with the run.
};

} // namespace bouncelab::kerberos

#endif // BOUNCELAB_MODELS_KERBEROS_DRIFTING_CLOCK_H

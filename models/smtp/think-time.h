#ifndef BOUNCELAB_MODELS_SMTP_THINK_TIME_H
#define BOUNCELAB_MODELS_SMTP_THINK_TIME_H

#include "formats/describe.h"
#include "formats/random.h"

namespace bouncelab::smtp
{

/// A uniform draw from base .. base + jitter.
struct ThinkTime
{
    Nanoseconds base{0};
    Nanoseconds jitter{0};
};

template <class Visitor>
void
Describe(Visitor& v, ThinkTime& t)
{
    v.Field("base", t.base, {"Shortest time.", "", 0, 3600e9});
    v.Field("jitter", t.jitter, {"Uniform addition to it, drawn each time.", "", 0, 3600e9});
}

/// One draw of the time.
inline Nanoseconds
Draw(const ThinkTime& time, RandomStream& random)
{
    return time.jitter.count() > 0 ? time.base + Nanoseconds(random.Between(0, time.jitter.count()))
                                   : time.base;
}

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_THINK_TIME_H

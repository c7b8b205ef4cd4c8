#ifndef BOUNCELAB_MODELS_SMTP_THINK_TIME_H
#define BOUNCELAB_MODELS_SMTP_THINK_TIME_H

#include "formats/field.h"
#include "formats/random.h"

namespace bouncelab::smtp
{

/// A uniform draw from base .. base + jitter.
struct ThinkTime
{
    Nanoseconds base = Field(&base, "base").Range(0, 3600e9) | "Shortest time.";
    Nanoseconds jitter =
        Field(&jitter, "jitter").Range(0, 3600e9) | "Uniform addition to it, drawn each time.";
};

/// One draw of the time.
inline Nanoseconds
Draw(const ThinkTime& time, RandomStream& random)
{
    return time.jitter.count() > 0 ? time.base + Nanoseconds(random.Between(0, time.jitter.count()))
                                   : time.base;
}

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_THINK_TIME_H

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

/// The time that a draw makes of it.
inline Nanoseconds
Drawn(const ThinkTime& time, Draw draw)
{
    return time.base + Nanoseconds(draw.Between(0, time.jitter.count()));
}

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_THINK_TIME_H

#include "models/mail/retry-schedule.h"

#include <algorithm>

namespace bouncelab::mail
{

namespace
{

std::int64_t
Seconds(Nanoseconds duration)
{
    return std::max<std::int64_t>(duration.count() / 1000000000, 1);
}

/// The largest y with y * y <= x.
std::int64_t
IntegerSquareRoot(std::int64_t x)
{
    std::int64_t root = 0;
    for (std::int64_t bit = std::int64_t{1} << 30; bit > 0; bit >>= 1)
    {
        if ((root + bit) * (root + bit) <= x)
        {
            root += bit;
        }
    }
    return root;
}

} // namespace

std::int64_t
NextAttemptSecond(const QueuePersona& persona, const RetryPoint& point)
{
    const std::int64_t age = std::max<std::int64_t>(point.nowSecond - point.birthSecond, 0);
    switch (persona.schedule)
    {
    case RetrySchedule::Quadratic:
    {
        const std::int64_t skip =
            point.channel == Channel::Local ? persona.localSkip : persona.remoteSkip;
        const std::int64_t n = IntegerSquareRoot(age) + skip;
        return point.birthSecond + n * n;
    }
    case RetrySchedule::Steps:
        if (!persona.retrySteps.empty())
        {
            const std::size_t step =
                std::min<std::size_t>(point.attempt, persona.retrySteps.size()) - 1;
            return point.nowSecond + Seconds(persona.retrySteps[step]);
        }
        break;
    case RetrySchedule::Age:
    {
        const std::int64_t least = Seconds(persona.retryInterval);
        return point.nowSecond +
               std::clamp(age, least, std::max(least, Seconds(persona.longestInterval)));
    }
    case RetrySchedule::Fixed:
        break;
    }
    return point.nowSecond + Seconds(persona.retryInterval);
}

} // namespace bouncelab::mail

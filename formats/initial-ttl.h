#ifndef BOUNCELAB_FORMATS_INITIAL_TTL_H
#define BOUNCELAB_FORMATS_INITIAL_TTL_H

namespace bouncelab
{

/// 64 of 57: the common initial value from which a TTL was counted down.
constexpr int
InitialTtl(int ttl)
{
    return ttl <= 32 ? 32 : ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255;
}

/// 7 of 57: the hops that a packet has passed, if its TTL began at a common value.
constexpr int
HopsPassed(int ttl)
{
    return InitialTtl(ttl) - ttl;
}

/**
 * How many hops two TTLs are apart at least: 1 of 48 and 111, which are 16 and 17 below common
 * initial values, as of a front end and the host behind it.
 */
constexpr int
HopsApart(int a, int b)
{
    const int plain = a < b ? b - a : a - b;
    const int passed = HopsPassed(a) < HopsPassed(b) ? HopsPassed(b) - HopsPassed(a)
                                                     : HopsPassed(a) - HopsPassed(b);
    return plain < passed ? plain : passed;
}

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_INITIAL_TTL_H

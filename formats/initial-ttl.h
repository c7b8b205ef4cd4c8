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

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_INITIAL_TTL_H

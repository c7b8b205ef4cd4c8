#ifndef BOUNCELAB_FORMATS_SEQUENCE_H
#define BOUNCELAB_FORMATS_SEQUENCE_H

#include <cstdint>

namespace bouncelab
{

/// Signed distance from a to b in the circular space of 32-bit sequence numbers (RFC 9293 3.4).
constexpr std::int32_t
SequenceDistance(std::uint32_t a, std::uint32_t b)
{
    return static_cast<std::int32_t>(b - a);
}

constexpr bool
SequenceBefore(std::uint32_t a, std::uint32_t b)
{
    return SequenceDistance(a, b) > 0;
}

constexpr bool
SequenceAtMost(std::uint32_t a, std::uint32_t b)
{
    return SequenceDistance(a, b) >= 0;
}

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_SEQUENCE_H

#ifndef BOUNCELAB_MODELS_PATH_OCTETS_H
#define BOUNCELAB_MODELS_PATH_OCTETS_H

#include "formats/random.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bouncelab::path
{

/// Appends the lowest octets of a number, the most significant first.
inline void
AppendNumber(std::vector<std::uint8_t>& to, std::uint64_t value, std::size_t octets)
{
    for (std::size_t i = octets; i-- > 0;)
    {
        to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
}

/// Reads a number of up to eight octets, the most significant first.
inline std::uint64_t
ReadNumber(const std::uint8_t* from, std::size_t octets)
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < octets; ++i)
    {
        value = value << 8 | from[i];
    }
    return value;
}

/// Appends octets that look like chance.
inline void
AppendDraws(std::vector<std::uint8_t>& to, Draw draw, std::size_t octets)
{
    const std::string drawn = Octets(draw, octets);
    to.insert(to.end(), drawn.begin(), drawn.end());
}

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_OCTETS_H

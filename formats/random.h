#ifndef BOUNCELAB_FORMATS_RANDOM_H
#define BOUNCELAB_FORMATS_RANDOM_H

#include <cstdint>
#include <string_view>

namespace bouncelab
{

/// One step of SplitMix64 (Steele, Lea, Flood 2014): a bijective mixer of 64 bits.
constexpr std::uint64_t
Mix(std::uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

/**
 * A stream of draws that belongs to one actor for one purpose.
 *
 * Integers only: the same seed and name give the same draws on every machine. A stream's draws do
 * not depend on any other stream, so adding an actor does not disturb those that were there.
 */
class RandomStream
{
  public:
    /// \param seed the run's seed; \param name who draws and for what ("mail-host/ip-id").
    constexpr RandomStream(std::uint64_t seed, std::string_view name)
        : m_state(Mix(seed))
    {
        for (const char c : name)
        {
            m_state = Mix(m_state ^ static_cast<unsigned char>(c));
        }
    }

    constexpr std::uint64_t Next() { return Mix(m_state++); }

    /// A draw from 0 .. bound-1; bound 0 gives 0.
    constexpr std::uint64_t Below(std::uint64_t bound)
    {
        __extension__ typedef unsigned __int128 Wide;
        return static_cast<std::uint64_t>((static_cast<Wide>(Next()) * bound) >> 64);
    }

    /// A draw from first .. last, both included.
    constexpr std::int64_t Between(std::int64_t first, std::int64_t last)
    {
        return first +
               static_cast<std::int64_t>(Below(static_cast<std::uint64_t>(last - first) + 1));
    }

    /// True with the given probability, in millionths.
    constexpr bool Chance(std::uint32_t millionths) { return Below(1000000) < millionths; }

  private:
    std::uint64_t m_state;
};

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_RANDOM_H

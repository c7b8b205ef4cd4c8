#ifndef BOUNCELAB_FORMATS_RANDOM_H
#define BOUNCELAB_FORMATS_RANDOM_H

#include <cstddef>
#include <cstdint>
#include <string>
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

/// One draw: a value that is the same however often, and in which order, it is asked for.
class Draw
{
  public:
    explicit constexpr Draw(std::uint64_t value)
        : m_value(value)
    {
    }

    constexpr std::uint64_t Value() const { return m_value; }

    /// Uniform from 0 .. bound-1; bound 0 gives 0.
    constexpr std::uint64_t Below(std::uint64_t bound) const
    {
        __extension__ typedef unsigned __int128 Wide;
        return static_cast<std::uint64_t>((static_cast<Wide>(m_value) * bound) >> 64);
    }

    /// Uniform from first .. last, both included.
    constexpr std::int64_t Between(std::int64_t first, std::int64_t last) const
    {
        return first +
               static_cast<std::int64_t>(Below(static_cast<std::uint64_t>(last - first) + 1));
    }

    /// True with the given probability, in millionths.
    constexpr bool Chance(std::uint32_t millionths) const { return Below(1000000) < millionths; }

    /// One of a row of draws that all follow from this one, for what needs more than 64 bits.
    constexpr Draw At(std::uint64_t index) const { return Draw(Mix(m_value ^ Mix(index))); }

  private:
    std::uint64_t m_value;
};

/**
 * Who draws. A draw is a function of the run's seed, the actor, the purpose and an index: nothing
 * is used up, so neither the order of evaluation nor another actor can change it.
 *
 * Integers only: the same on every machine and with every compiler. An index is what the actor
 * counts anyway (commands, messages, connections), or a counter that is advanced in a statement of
 * its own. One (purpose, index) stands for one decision: a second one needs a purpose of its own.
 */
class DrawKey
{
  public:
    /// \param seed the run's seed; \param actor who draws: "mail-host/queue".
    constexpr DrawKey(std::uint64_t seed, std::string_view actor)
        : m_key(With(Mix(seed), actor))
    {
    }

    constexpr Draw operator()(std::string_view purpose, std::uint64_t index = 0) const
    {
        return Draw(Mix(With(m_key, purpose) ^ Mix(index)));
    }

    /// The key of a part of this actor: one of its sessions, say.
    constexpr DrawKey For(std::string_view part, std::uint64_t index = 0) const
    {
        return DrawKey((*this)(part, index).Value(), {});
    }

  private:
    /// Names are closed by what is no octet, so that "ab", "c" is not "a", "bc".
    static constexpr std::uint64_t With(std::uint64_t state, std::string_view name)
    {
        for (const char c : name)
        {
            state = Mix(state ^ static_cast<unsigned char>(c));
        }
        return Mix(state ^ 0x100);
    }

    std::uint64_t m_key;
};

/// \return as many octets as wanted that follow from a draw.
inline std::string
Octets(Draw draw, std::size_t count)
{
    std::string octets;
    octets.reserve(count);
    for (std::uint64_t word = 0; octets.size() < count; word >>= 8)
    {
        word = octets.size() % 8 == 0 ? draw.At(octets.size() / 8).Value() : word;
        octets += static_cast<char>(word & 255);
    }
    return octets;
}

/// \return as many characters as wanted out of an alphabet that is not empty.
inline std::string
Letters(Draw draw, std::string_view alphabet, std::size_t count)
{
    std::string letters;
    for (std::size_t i = 0; i < count; ++i)
    {
        letters += alphabet[draw.At(i).Below(alphabet.size())];
    }
    return letters;
}

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_RANDOM_H

#ifndef BOUNCELAB_TESTS_DRAW_SEQUENCE_H
#define BOUNCELAB_TESTS_DRAW_SEQUENCE_H

#include "formats/random.h"

#include <cstdint>
#include <string_view>

namespace tests
{

/// Draws one after another, for tests that make up their input. Product code has no such thing: the
/// order in which it is asked decides what comes, and that order is the compiler's where two draws
/// are arguments of one call.
class DrawSequence
{
  public:
    DrawSequence(std::uint64_t seed, std::string_view name)
        : m_draws(seed, name)
    {
    }

    std::uint64_t Next() { return Take().Value(); }

    std::uint64_t Below(std::uint64_t bound) { return Take().Below(bound); }

    std::int64_t Between(std::int64_t first, std::int64_t last)
    {
        return Take().Between(first, last);
    }

    bool Chance(std::uint32_t millionths) { return Take().Chance(millionths); }

  private:
    bouncelab::Draw Take()
    {
        ++m_taken;
        return m_draws("next", m_taken);
    }

    bouncelab::DrawKey m_draws;
    std::uint64_t m_taken = 0;
};

} // namespace tests

#endif // BOUNCELAB_TESTS_DRAW_SEQUENCE_H

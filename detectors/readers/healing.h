#ifndef BOUNCELAB_DETECTORS_READERS_HEALING_H
#define BOUNCELAB_DETECTORS_READERS_HEALING_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/// One damage of a line, and what was made of it.
struct Heal
{
    std::string_view what; //!< "a time that had been a port"
    std::string_view why;  //!< What shows that it was damage, and that this stood there.
    std::string from;      //!< As found.
    std::string to;        //!< As read; empty = it stays unknown.
};

/// A line as it was before it was damaged.
struct HealedLine
{
    std::string text;
    std::vector<Heal> heals;
};

/// Equal damages of a text.
struct Healing
{
    std::string_view what;
    std::string_view why;
    std::uint64_t lines = 0;
    std::uint32_t firstLine = 0;
    std::string from; //!< In the first line.
    std::string to;

    /// One sentence for people, the text's own words escaped.
    std::string ToString() const;
};

/// What was healed of a text, in the order of the first lines.
class HealingReport
{
  public:
    void Add(std::uint32_t line, const std::vector<Heal>& heals);

    const std::vector<Healing>& All() const { return m_all; }

  private:
    std::vector<Healing> m_all;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_HEALING_H

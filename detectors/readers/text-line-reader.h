#ifndef BOUNCELAB_DETECTORS_READERS_TEXT_LINE_READER_H
#define BOUNCELAB_DETECTORS_READERS_TEXT_LINE_READER_H

#include <cstdint>
#include <string>
#include <string_view>

namespace bouncelab::detectors
{

class HealingReport;

/**
 * Reads one kind of lines out of a text that may hold anything else around them. Lines come without
 * line ends, in order, numbered from 1. What a reader does not know it passes over.
 */
class TextLineReader
{
  public:
    virtual ~TextLineReader() = default;

    /// \return whether the line is one of the reader's kind.
    virtual bool Line(std::uint32_t number, std::string_view text) = 0;

    /// The text is over.
    virtual void End() = 0;

    /// What the reader reads, as a report calls it: "Exchange protocol log".
    virtual std::string_view Kind() const = 0;

    /// Whether a line that this reader took is nobody else's: the rows of a dump, whose columns
    /// show what other readers would take for their own.
    virtual bool IsExclusive() const { return false; }

    /// Damage of its lines that it mended; null where it mends none.
    virtual const HealingReport* Healings() const { return nullptr; }

    /// Lines that it would have read, and did not as there were too many (Caps).
    std::uint64_t LeftOut() const { return m_leftOut; }

  protected:
    void LeaveOut() { ++m_leftOut; }

  private:
    std::uint64_t m_leftOut = 0;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_TEXT_LINE_READER_H

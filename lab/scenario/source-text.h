#ifndef BOUNCELAB_LAB_SCENARIO_SOURCE_TEXT_H
#define BOUNCELAB_LAB_SCENARIO_SOURCE_TEXT_H

#include "lab/scenario/scenario-error.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::scenario
{

/**
 * The text of a file with the places of its lines. Lines and columns that go in count from 0 and in
 * bytes, as yaml-cpp's marks do; those that come out count from 1 and in characters.
 */
class SourceText
{
  public:
    /// \param text has to outlive the object
    SourceText(std::string_view text, const std::string& file);

    SourceLocation Whole() const { return {m_file, 0, 0}; } //!< The file as a whole.

    /// The whole file where line or column is negative. Quick when asked in the order of the text.
    SourceLocation At(int line, int column) const;

    /// Whether a null is written out there.
    bool NullIsWritten(int line, int column) const;

    /// Whether a quote that starts there has its other one, or there is no quote at all.
    bool QuoteIsClosed(int line, int column) const;

    /// That all of it is UTF-8 without tabs and control characters. \throws ScenarioError
    void CheckCharacters() const;

  private:
    std::size_t LineBegin(int line) const;
    std::string_view Rest(int line, int column) const;
    SourceLocation AtByte(std::size_t offset) const;

    std::string_view m_text;
    std::shared_ptr<const std::string> m_file;
    std::vector<std::size_t> m_lines; //!< Where each line begins.

    // The last place that was asked for: the next one is usually further on in the same line.
    mutable int m_lastLine = -1;
    mutable std::size_t m_lastByte = 0;
    mutable int m_lastCharacters = 0;
};

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_SOURCE_TEXT_H

#ifndef BOUNCELAB_DETECTORS_READERS_WRAPPED_LINES_H
#define BOUNCELAB_DETECTORS_READERS_WRAPPED_LINES_H

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/**
 * The lines into which a terminal, a mail program or a page broke a row: at its full width, between
 * words, right behind a reply's code, or before the status of a delivery. How wide the page was is
 * learned from the beginning of the text; lines come without other packaging.
 */
class WrappedLines
{
  public:
    /// \param lines the first of the text, some thousands at most
    void Learn(const std::vector<std::string>& lines);

    /// Whether a line is the rest of the one before it.
    /// \param joint set to what has to stand between them: nothing, or a space.
    bool Continues(std::string_view before, std::string_view line, std::string_view& joint);

    bool AnyJoined() const { return m_anyJoined; }

  private:
    bool IsCut(std::string_view before, std::string_view line);

    std::size_t m_width = 0;  //!< Lines are cut off at this length and go on in the next one.
    std::size_t m_widest = 0; //!< Longest line, where lines are broken between words; else 0.
    bool m_isCut = false;     //!< The reply's words that begin behind a line's end go on.
    bool m_isOpenRow = false; //!< The row of a delivery, whose status comes in a further line.
    bool m_inRecord = false;  //!< The line before belongs to a record that no stamp begins.
    bool m_anyJoined = false;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_WRAPPED_LINES_H

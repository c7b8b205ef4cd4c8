#ifndef BOUNCELAB_LAB_CLI_TERMINAL_H
#define BOUNCELAB_LAB_CLI_TERMINAL_H

#include <chrono>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::cli
{

/// What a word in a table says, for its color.
enum class TextStyle
{
    Plain,
    Good,
    Bad,
    Unsure,
    Faint,
};

/// Where output goes and what it can show: color and progress only on a terminal. Controls in what
/// is said reach no terminal (see ForTerminal), nor do those in the cells of a Table.
class Terminal
{
  public:
    using Clock = std::chrono::steady_clock;

    Terminal(); //!< Looks at stdout, stderr and NO_COLOR.

    void SetQuiet(bool quiet) { m_quiet = quiet; }

    bool IsQuiet() const { return m_quiet; }

    /// Columns that text and tables may take: the terminal's width, but 60 to 200; 100 elsewhere.
    std::size_t Width() const { return m_width; }

    /// Columns for a list of one row a thing: the terminal's, at least 60; no bound elsewhere,
    /// where programs read the rows.
    std::size_t RowWidth() const { return m_rowWidth; }

    /// The text in the color of its style, where stdout shows colors.
    std::string Paint(std::string_view text, TextStyle style) const;

    /// A line of progress on stderr that the next one overwrites. If that is no terminal, one that
    /// stays, every 30 s of long work, unless quiet.
    void Progress(std::string_view text, Clock::time_point now = Clock::now());
    void ClearProgress();

    /// A remark for people, on stderr, unless quiet.
    void Note(std::string_view text);

    /// Something that went wrong, as one line on stderr.
    void Error(std::string_view text);

    /// Another program's lines, on stderr.
    void Quote(std::string_view lines);

  private:
    bool m_color = false;
    bool m_showsProgress = false;
    bool m_quiet = false;
    bool m_progressShown = false;
    std::size_t m_width = 100;
    std::size_t m_rowWidth = std::numeric_limits<std::size_t>::max();
    std::optional<Clock::time_point> m_told; //!< When progress was begun, or said last.
};

} // namespace bouncelab::cli

#endif // BOUNCELAB_LAB_CLI_TERMINAL_H

#ifndef BOUNCELAB_LAB_CLI_TABLE_H
#define BOUNCELAB_LAB_CLI_TABLE_H

#include "lab/cli/terminal.h"

#include <string>
#include <vector>

namespace bouncelab::cli
{

/// One cell: lines of text, each with its style.
struct Cell
{
    struct CellLine
    {
        std::string text; //!< UTF-8.
        TextStyle style = TextStyle::Plain;
    };

    std::vector<CellLine> lines;

    Cell() = default;

    Cell(std::string text, TextStyle style = TextStyle::Plain)
        : lines{{std::move(text), style}}
    {
    }

    void Add(std::string text, TextStyle style = TextStyle::Plain)
    {
        lines.push_back({std::move(text), style});
    }
};

/**
 * A table for people. Columns are as wide as they need; when that is more than the terminal has,
 * the widest ones give way and their text is broken between words.
 */
class Table
{
  public:
    explicit Table(std::vector<std::string> heads);

    void Add(std::vector<Cell> row);

    bool IsEmpty() const { return m_rows.empty(); }

    /// The whole table with line ends.
    std::string Print(const Terminal& terminal) const { return Print(terminal, terminal.Width()); }

    /// \param most columns
    std::string Print(const Terminal& terminal, std::size_t most) const;

  private:
    std::vector<std::size_t> Widths(std::size_t most) const;

    std::vector<std::string> m_heads;
    std::vector<std::vector<Cell>> m_rows;
};

constexpr std::size_t COLUMN_GAP = 2; //!< Spaces between the columns of a table.

/// Columns that UTF-8 text takes on a terminal: two for a Chinese character, none for an accent on
/// another.
std::size_t DisplayWidth(std::string_view text);

/// The text in lines of at most width columns, broken between words where that is possible.
std::vector<std::string> Wrap(std::string_view text, std::size_t width);

} // namespace bouncelab::cli

#endif // BOUNCELAB_LAB_CLI_TABLE_H

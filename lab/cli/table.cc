#include "lab/cli/table.h"

#include "formats/text.h"

#include <algorithm>
#include <numeric>
#include <unistr.h>
#include <uniwidth.h>

namespace bouncelab::cli
{

namespace
{

// Of terminals; characters of unclear width take one column then.
constexpr const char* ENCODING = "UTF-8";

const std::uint8_t*
Octets(std::string_view text)
{
    return reinterpret_cast<const std::uint8_t*>(text.data());
}

/// How many octets of a word the columns hold; one character in any case.
std::size_t
FittingOctets(std::string_view word, std::size_t width)
{
    std::size_t fitting = 0;
    std::size_t columns = 0;
    while (fitting < word.size())
    {
        ucs4_t character = 0;
        const int octets = u8_mbtouc(&character, Octets(word) + fitting, word.size() - fitting);
        columns += static_cast<std::size_t>(std::max(0, uc_width(character, ENCODING)));
        if (fitting > 0 && columns > width)
        {
            break;
        }
        fitting += static_cast<std::size_t>(octets);
    }
    return fitting;
}

/// Looks at no more of a word than the columns hold, however long it is.
bool
Fits(std::string_view word, std::size_t width)
{
    return FittingOctets(word, width) == word.size() && DisplayWidth(word) <= width;
}

/// A cell's lines, each at most width columns.
std::vector<Cell::CellLine>
WrapCell(const Cell& cell, std::size_t width)
{
    std::vector<Cell::CellLine> lines;
    for (const Cell::CellLine& line : cell.lines)
    {
        for (std::string& part : Wrap(line.text, width))
        {
            lines.push_back({std::move(part), line.style});
        }
    }
    return lines;
}

} // namespace

std::size_t
DisplayWidth(std::string_view text)
{
    return static_cast<std::size_t>(u8_width(Octets(text), text.size(), ENCODING));
}

std::vector<std::string>
Wrap(std::string_view text, std::size_t width)
{
    std::vector<std::string> lines;
    std::string line;
    const auto flush = [&]
    {
        lines.push_back(line);
        line.clear();
    };
    while (!text.empty())
    {
        const std::size_t end = std::min(text.find(' '), text.size());
        std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t taken = DisplayWidth(line) + 1;
        if (!line.empty() && (taken > width || !Fits(word, width - taken)))
        {
            flush();
        }
        else if (!line.empty())
        {
            line += ' ';
        }
        while (line.empty() && !Fits(word, width))
        {
            line = word.substr(0, FittingOctets(word, width));
            word.remove_prefix(line.size());
            flush();
        }
        line += word;
    }
    if (!line.empty() || lines.empty())
    {
        flush();
    }
    return lines;
}

Table::Table(std::vector<std::string> heads)
    : m_heads(std::move(heads))
{
}

void
Table::Add(std::vector<Cell> row)
{
    for (Cell& cell : row)
    {
        for (Cell::CellLine& line : cell.lines)
        {
            line.text = ForTerminal(line.text);
        }
    }
    m_rows.push_back(std::move(row));
}

std::vector<std::size_t>
Table::Widths(std::size_t most) const
{
    std::vector<std::size_t> widths;
    for (const std::string& head : m_heads)
    {
        widths.push_back(DisplayWidth(head));
    }
    for (const auto& row : m_rows)
    {
        for (std::size_t i = 0; i < row.size(); ++i)
        {
            for (const Cell::CellLine& line : row[i].lines)
            {
                widths[i] = std::max(widths[i], DisplayWidth(line.text));
            }
        }
    }
    std::size_t total = std::accumulate(widths.begin(), widths.end(), std::size_t{0}) +
                        COLUMN_GAP * (widths.size() - 1);
    while (total > most)
    {
        const auto widest = std::max_element(widths.begin(), widths.end());
        if (*widest <= 10)
        {
            break;
        }
        --*widest;
        --total;
    }
    return widths;
}

std::string
Table::Print(const Terminal& terminal, std::size_t most) const
{
    const std::vector<std::size_t> widths = Widths(most);
    const bool isTall =
        std::any_of(m_rows.begin(),
                    m_rows.end(),
                    [](const auto& row)
                    {
                        return std::any_of(row.begin(),
                                           row.end(),
                                           [](const Cell& cell) { return cell.lines.size() > 1; });
                    });
    std::string rule;
    for (const std::size_t width : widths)
    {
        for (std::size_t i = 0; i < width; ++i)
        {
            rule += "─";
        }
        rule.append(COLUMN_GAP, ' ');
    }
    rule.resize(TrimEnd(rule).size());
    std::string out;
    std::string line;
    const auto put = [&](const std::vector<std::vector<Cell::CellLine>>& cells, std::size_t at)
    {
        line.clear();
        std::size_t pending = 0;
        for (std::size_t i = 0; i < widths.size(); ++i)
        {
            const bool isThere = i < cells.size() && at < cells[i].size();
            if (isThere && !cells[i][at].text.empty())
            {
                line.append(pending, ' ');
                line += terminal.Paint(cells[i][at].text, cells[i][at].style);
                pending = 0;
            }
            pending += widths[i] + COLUMN_GAP - (isThere ? DisplayWidth(cells[i][at].text) : 0);
        }
        out += line + '\n';
    };
    std::vector<std::vector<Cell::CellLine>> heads;
    for (std::size_t i = 0; i < m_heads.size(); ++i)
    {
        heads.push_back(WrapCell(Cell(m_heads[i]), widths[i]));
    }
    const auto putAll = [&](const std::vector<std::vector<Cell::CellLine>>& cells)
    {
        std::size_t height = 1;
        for (const auto& cell : cells)
        {
            height = std::max(height, cell.size());
        }
        for (std::size_t at = 0; at < height; ++at)
        {
            put(cells, at);
        }
    };
    putAll(heads);
    out += rule + '\n';
    for (std::size_t r = 0; r < m_rows.size(); ++r)
    {
        std::vector<std::vector<Cell::CellLine>> cells;
        for (std::size_t i = 0; i < m_rows[r].size(); ++i)
        {
            cells.push_back(WrapCell(m_rows[r][i], widths[i]));
        }
        putAll(cells);
        if (isTall && r + 1 < m_rows.size())
        {
            out += '\n';
        }
    }
    return out;
}

} // namespace bouncelab::cli

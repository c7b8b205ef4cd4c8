#include "lab/cli/range-update.h"

#include "formats/text.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <tuple>

namespace bouncelab::cli
{

namespace
{

std::vector<std::string>
LinesIn(const std::string& file)
{
    const std::string text = score::ReadTextFile(file);
    const std::vector<std::string_view> lines = score::LinesOf(text);
    return {lines.begin(), lines.end()};
}

} // namespace

scenario::LineCount
ToleranceRange(const std::vector<std::uint64_t>& counts)
{
    // Howe's factor for 99 % of the population with 95 % confidence, from 200 counts:
    // 2.576 * sqrt(199 * (1 + 1/200) / 167.4), the last the 5 % quantile of chi-square with 199.
    constexpr double FACTOR = 2.816;
    const auto size = static_cast<double>(counts.size());
    const double mean =
        static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t(0))) / size;
    double squares = 0;
    for (const std::uint64_t count : counts)
    {
        const double distance = static_cast<double>(count) - mean;
        squares += distance * distance;
    }
    const double reach = FACTOR * std::sqrt(squares / (size - 1));
    const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
    const auto low = static_cast<std::uint64_t>(std::max(0.0, std::floor(mean - reach)));
    const auto high = static_cast<std::uint64_t>(std::ceil(mean + reach));
    return {std::min(low, *least), std::max(high, *most), false, true, {}};
}

bool
HasRanges(const scenario::Expectations& expectations)
{
    for (const auto& [detector, vantages] : expectations.verdicts)
    {
        for (const auto& [vantage, expected] : vantages)
        {
            if (expected.lines.isMeasured)
            {
                return true;
            }
        }
    }
    return false;
}

std::string
RangeUpdate::Cell::Range() const
{
    const scenario::LineCount range = ToleranceRange(counts);
    // Silence is another verdict.
    return fmt::format("{} to {}", std::max<std::uint64_t>(range.least, 1), range.most);
}

RangeUpdate::Cell&
RangeUpdate::CellOf(const scenario::Expectations& expectations,
                    const std::string& path,
                    const scenario::ExpectedVerdict& expected)
{
    const scenario::SourceLocation at = expectations.marks.Find(path + ".count");
    Cell& cell = m_cells[at.ToString()];
    cell.path = path;
    cell.at = at;
    cell.old = expected.count;
    return cell;
}

void
RangeUpdate::Add(const scenario::Expectations& expectations, const score::RunScore& score)
{
    for (const score::DetectorScore& said : score.detectors)
    {
        const auto* expected = expectations.VerdictOf(said.detector, said.vantage);
        if (expected && expected->lines.isMeasured)
        {
            const std::string path = expectations.VerdictPath(said.detector, said.vantage);
            CellOf(expectations, path, *expected).counts.push_back(said.LinesOf(expected->verdict));
        }
    }
}

void
RangeUpdate::Keep(const std::string& variant, const scenario::Expectations& expectations)
{
    for (const auto& [detector, vantages] : expectations.verdicts)
    {
        for (const auto& [vantage, expected] : vantages)
        {
            if (expected.lines.isMeasured)
            {
                const std::string path = expectations.VerdictPath(detector, vantage);
                CellOf(expectations, path, expected).keptFor = variant;
            }
        }
    }
}

std::vector<std::string>
RangeUpdate::Report() const
{
    std::vector<std::string> lines;
    for (const auto& [at, cell] : m_cells)
    {
        if (cell.counts.size() < 2)
        {
            continue;
        }
        const auto [least, most] = std::minmax_element(cell.counts.begin(), cell.counts.end());
        lines.push_back(fmt::format("{}: {}: {} -> {} ({} counts from {} to {}){}",
                                    at,
                                    cell.path,
                                    cell.old,
                                    cell.Range(),
                                    cell.counts.size(),
                                    *least,
                                    *most,
                                    cell.keptFor.empty()
                                        ? ""
                                        : fmt::format(", kept: variant {} has it, too, and was not "
                                                      "measured",
                                                      cell.keptFor)));
    }
    return lines;
}

void
RangeUpdate::Write() const
{
    std::vector<const Cell*> cells;
    for (const auto& [at, cell] : m_cells)
    {
        if (!cell.keptFor.empty())
        {
            continue;
        }
        if (cell.counts.size() < RANGE_SEEDS)
        {
            throw std::runtime_error(fmt::format("{}: {}: {} counts, expected {} or more",
                                                 at,
                                                 cell.path,
                                                 cell.counts.size(),
                                                 RANGE_SEEDS));
        }
        cells.push_back(&cell);
    }
    // From the end of each file, so that the columns of what is still to be replaced stay true.
    std::sort(cells.begin(),
              cells.end(),
              [](const Cell* a, const Cell* b)
              {
                  return std::tie(*a->at.file, a->at.line, a->at.column) >
                         std::tie(*b->at.file, b->at.line, b->at.column);
              });
    std::map<std::string, std::vector<std::string>> files;
    for (const Cell* cell : cells)
    {
        std::vector<std::string>& lines = files[*cell->at.file];
        if (lines.empty())
        {
            lines = LinesIn(*cell->at.file);
        }
        lines.at(static_cast<std::size_t>(cell->at.line) - 1)
            .replace(static_cast<std::size_t>(cell->at.column) - 1,
                     cell->old.size(),
                     cell->Range());
    }
    for (const auto& [file, lines] : files)
    {
        score::WriteTextFile(file, fmt::format("{}\n", fmt::join(lines, "\n")));
    }
}

} // namespace bouncelab::cli

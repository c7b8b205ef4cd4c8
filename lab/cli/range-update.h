#ifndef BOUNCELAB_LAB_CLI_RANGE_UPDATE_H
#define BOUNCELAB_LAB_CLI_RANGE_UPDATE_H

#include "lab/scenario/expectations.h"
#include "lab/score/run-score.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bouncelab::cli
{

constexpr std::uint64_t RANGE_FIRST_SEED = 1001; //!< Neither the suite nor acceptance uses these.
constexpr std::uint64_t RANGE_SEEDS = 200;

/**
 * The range that holds 99 % of a normal population with 95 % confidence (Howe 1969), by mean and
 * deviation of the counts, rounded outwards, and never narrower than what was seen.
 *
 * \param counts two or more
 */
scenario::LineCount ToleranceRange(const std::vector<std::uint64_t>& counts);

/// Whether expectations have a measured range at all.
bool HasRanges(const scenario::Expectations& expectations);

/**
 * Collects how many lines chance gave where expectations have a measured range, and puts the new
 * ranges into the files, in the places of the old numbers. A place that several variants or
 * vantages inherit gets the counts of all of them.
 */
class RangeUpdate
{
  public:
    void Add(const scenario::Expectations& expectations, const score::RunScore& score);

    /// Keeps the ranges that a variant which is not measured inherits, too.
    void Keep(const std::string& variant, const scenario::Expectations& expectations);

    /// A line for each range: file:line:column: path: old and new range, or why it is kept.
    std::vector<std::string> Report() const;

    /// \throws std::runtime_error where a range has too few counts; then nothing is written
    void Write() const;

  private:
    struct Cell
    {
        std::string path; //!< verdicts.tarpit.server
        scenario::SourceLocation at;
        std::string old;     //!< "18 to 60"
        std::string keptFor; //!< A variant that was not measured, if any.
        std::vector<std::uint64_t> counts;

        std::string Range() const;
    };

    Cell& CellOf(const scenario::Expectations& expectations,
                 const std::string& path,
                 const scenario::ExpectedVerdict& expected);

    std::map<std::string, Cell> m_cells; //!< By where it was written.
};

} // namespace bouncelab::cli

#endif // BOUNCELAB_LAB_CLI_RANGE_UPDATE_H

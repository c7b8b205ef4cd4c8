#ifndef BOUNCELAB_LAB_MATRIX_SWEEP_TABLE_H
#define BOUNCELAB_LAB_MATRIX_SWEEP_TABLE_H

#include "lab/matrix/sweep-plan.h"
#include "lab/score/measured-value.h"
#include "lab/score/run-score.h"

#include <string>
#include <vector>

namespace bouncelab::matrix
{

/**
 * The tidy table of a sweep as CSV (RFC 4180, lines end in LF): a row for each run, vantage and
 * detector. Numbers are in base units, and the unit ends the column's name (docs/formats.md). What
 * is not there is empty.
 */
class SweepTable
{
  public:
    /// \param plan has to outlive the table
    /// \throws scenario::ScenarioError for a measurement that no variant has
    explicit SweepTable(const SweepPlan& plan, const scenario::Marks& marks);

    const std::vector<std::string>& Columns() const { return m_columns; }

    std::string Header() const;

    /// The lines of one run.
    std::string Rows(const Cell& cell,
                     const score::RunFolder& run,
                     const score::RunScore& score) const;

  private:
    struct KeyColumn
    {
        std::string key;
        std::string unit; //!< "s", "bit_per_s", or empty
    };

    struct MeasureColumn
    {
        score::MeasuredValue value;
        std::string unit;
    };

    void AddKeys(const Grid& grid);
    void AddMeasures(const SweepPlan& plan, const scenario::Marks& marks);
    void Add(const std::string& name, const std::string& unit, const std::string& otherwise);

    std::vector<std::string> m_columns;
    std::vector<KeyColumn> m_keys;
    std::vector<MeasureColumn> m_measures;
};

/// One field of a CSV line, in quotes where it has to be.
std::string CsvField(const std::string& text);

/// The fields of the CSV record that starts at a place, which moves behind it.
std::vector<std::string> CsvRecord(std::string_view text, std::size_t& at);

} // namespace bouncelab::matrix

#endif // BOUNCELAB_LAB_MATRIX_SWEEP_TABLE_H

#ifndef BOUNCELAB_LAB_MATRIX_SWEEP_FILES_H
#define BOUNCELAB_LAB_MATRIX_SWEEP_FILES_H

#include "lab/matrix/matrix.h"
#include "lab/matrix/sweep-plan.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::matrix
{

/// Where a sweep writes, besides its runs.
struct SweepFiles
{
    std::filesystem::path csv;
    std::filesystem::path sqlite;
    std::filesystem::path record; //!< What sweep this is, see RecordOf().
    std::filesystem::path times;  //!< What each run took: never the same bytes.
    std::filesystem::path part;   //!< The table as long as runs are missing.

    /// \param table its name with or without an extension
    static SweepFiles Of(const std::filesystem::path& table);
};

/**
 * All that decides what a table holds: the build, the campaign, each variant's scenario and
 * personas by digest, the columns, the shard.
 */
nlohmann::ordered_json RecordOf(const SweepPlan& plan,
                                const scenario::PersonaLibrary& personas,
                                const std::string& build,
                                const std::vector<std::string>& columns,
                                const Shard& shard);

/// What runs of a sweep have taken, on the average.
struct MeanCost
{
    double seconds = 0;
    double bytes = 0;
};

/// Of those that the table's file of times tells of; nothing if there are none.
std::optional<MeanCost> MeanCostIn(const SweepFiles& files);

/**
 * The table of a sweep while it grows, run by run. Killed at any moment, it goes on behind the last
 * run whose rows are whole.
 */
class GrowingTable
{
  public:
    /**
     * \param record see RecordOf() \param resumes goes on with what is there, if anything is
     * \throws scenario::ScenarioError if another sweep, or one that is at work, has its table there
     */
    GrowingTable(SweepFiles files,
                 const nlohmann::ordered_json& record,
                 const std::string& header,
                 bool resumes);

    /// Runs whose rows are there.
    std::size_t Runs() const { return m_runs; }

    /// Whether the table is in its place, so that nothing can be added.
    bool IsFinished() const { return m_part == nullptr; }

    void Add(const CellResult& result);

    /// When all runs are there: puts the table in its place, and the same as SQLite beside it.
    void Finish();

  private:
    using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

    bool IsWhole() const;
    void CheckRecord(const nlohmann::ordered_json& record, bool resumes) const;
    void Open(const std::string& header);
    void Recover();

    SweepFiles m_files;
    File m_part{nullptr, std::fclose};
    File m_times{nullptr, std::fclose};
    std::size_t m_runs = 0;
};

/**
 * Puts the tables of all shards of a sweep together, in order, with the record of the whole.
 *
 * \throws scenario::ScenarioError unless they are all shards of one sweep by one build, each once
 * and finished
 */
void MergeShards(const std::vector<std::filesystem::path>& tables, const SweepFiles& whole);

/// Writes the rows of a CSV file into the table `results` of a new SQLite file: numbers as numbers,
/// empty fields as NULL. \throws MachineError
void WriteSqlite(const std::filesystem::path& csv, const std::filesystem::path& sqlite);

} // namespace bouncelab::matrix

#endif // BOUNCELAB_LAB_MATRIX_SWEEP_FILES_H

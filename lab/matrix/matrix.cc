#include "lab/matrix/matrix.h"

#include "lab/matrix/run-destination.h"
#include "lab/run/judge.h"
#include "lab/run/process-pool.h"
#include "lab/scenario/scenario-error.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>

#include <memory>

namespace bouncelab::matrix
{

namespace
{

namespace fs = std::filesystem;

std::uint64_t
BytesBelow(const fs::path& folder)
{
    std::uint64_t bytes = 0;
    for (const std::string& file : score::FilesBelow(folder))
    {
        bytes += fs::file_size(folder / file);
    }
    return bytes;
}

/// A cell in the process that is its own.
class CellWork
{
  public:
    CellWork(Cell cell,
             const MatrixOptions& options,
             const std::string& detectors,
             std::size_t index)
        : m_cell(std::move(cell))
        , m_options(options)
        , m_detectors(detectors)
        , m_place(options.out / PlaceOf(m_cell), options.staging / std::to_string(index))
    {
    }

    /// \return what Unpack() takes apart
    std::string Do(const RowMaker& rows)
    {
        const StandingRun found =
            LookAt(m_place.Folder(), m_cell.spec, scenario::PersonaLibrary(m_cell.spec.personas));
        if (found.standing == Standing::Other)
        {
            throw scenario::ScenarioError(
                {std::make_shared<const std::string>(m_place.Folder().string()), 0, 0},
                "",
                found.difference + ": give another --out");
        }
        if (found.standing == Standing::Complete)
        {
            const std::string text = Rows(m_place.Folder(), rows, false);
            return fmt::format("1 {}\n{}", BytesBelow(m_place.Folder()), text);
        }
        m_cell.spec.out = m_place.StagingFolder();
        run::RunAndJudge(m_cell.spec, m_options.how, m_detectors);
        const std::string text = Rows(m_cell.spec.out, rows, true);
        return fmt::format("0 {}\n{}", PutAway(), text);
    }

  private:
    std::string Rows(const fs::path& folder, const RowMaker& rows, bool isNew) const
    {
        const score::RunFolder run(folder);
        const score::RunScore score = score::ScoreRun(
            run,
            scenario::ExpectationsFor(m_cell.spec.scenarioFile, m_cell.spec.variant));
        if (isNew)
        {
            score::SealRun(folder, score);
        }
        return rows(m_cell, run, score);
    }

    /// \return the bytes that stay
    std::uint64_t PutAway() const
    {
        if (m_options.keep == Keep::Nothing)
        {
            fs::remove_all(m_cell.spec.out);
            return 0;
        }
        Prune(m_cell.spec.out, m_options.keep);
        const std::uint64_t bytes = BytesBelow(m_cell.spec.out);
        m_place.Settle(true);
        return bytes;
    }

    Cell m_cell;
    const MatrixOptions& m_options;
    const std::string& m_detectors;
    RunDestination m_place;
};

CellResult
Unpack(const run::WorkResult& ended)
{
    CellResult result{ended.index, ended.status, ended.text, false, ended.took, 0};
    if (ended.status == 0)
    {
        const std::size_t line = ended.text.find('\n');
        result.stood = ended.text[0] == '1';
        result.bytes = std::stoull(ended.text.substr(2, line - 2));
        result.text = ended.text.substr(line + 1);
    }
    return result;
}

} // namespace

void
RunCells(const Cells& cells,
         const MatrixOptions& options,
         const RowMaker& rows,
         const MatrixCallbacks& callbacks)
{
    const std::string detectors =
        options.how.detector.empty() ? std::string() : run::DetectorList(options.how.detector);
    const auto work = [&](std::size_t index)
    {
        return options.known.count(index) != 0
                   ? std::string()
                   : CellWork(cells.at(index), options, detectors, index).Do(rows);
    };
    run::PoolCallbacks pool;
    pool.done = [&](const run::WorkResult& ended)
    {
        const auto known = options.known.find(ended.index);
        return callbacks.done(known != options.known.end() && ended.status == 0 ? known->second
                                                                                : Unpack(ended));
    };
    pool.tick = callbacks.tick;
    run::InProcesses(cells.count, options.how.jobs, work, pool);
}

} // namespace bouncelab::matrix

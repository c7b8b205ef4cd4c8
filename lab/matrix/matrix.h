#ifndef BOUNCELAB_LAB_MATRIX_MATRIX_H
#define BOUNCELAB_LAB_MATRIX_MATRIX_H

#include "lab/matrix/cell.h"
#include "lab/matrix/keep.h"
#include "lab/run/run-many.h"
#include "lab/score/run-score.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

namespace bouncelab::matrix
{

/// What came of one cell.
struct CellResult
{
    std::size_t index = 0;
    int status = 0;                    //!< 0 done; else whose fault it is, see run::Fault.
    std::string text;                  //!< Its rows; one line that says what is wrong if it failed.
    bool stood = false;                //!< The run was there already.
    std::chrono::milliseconds took{0}; //!< Run, detectors, score and rows.
    std::uint64_t bytes = 0;           //!< That the kept part of its folder takes.
};

/// How a matrix is carried out.
struct MatrixOptions
{
    std::filesystem::path out;     //!< Runs are put there, see PlaceOf().
    std::filesystem::path staging; //!< On the same file system, see run::WorkFolders.
    run::RunManyOptions how;       //!< Runs at once, built-in detectors, temporary folder.
    Keep keep = Keep::All;
    std::map<std::size_t, CellResult> known{}; //!< Cells that have been carried out already.
};

/**
 * Makes the rows of a finished, sealed run, as text: called in the run's own process, where
 * detectors from outside can be started, too.
 */
using RowMaker =
    std::function<std::string(const Cell&, const score::RunFolder&, const score::RunScore&)>;

/// For the caller of RunCells().
struct MatrixCallbacks
{
    /// In the order of the cells. \return false to start no further cell
    std::function<bool(const CellResult&)> done;
    std::function<void()> tick{}; //!< About once a second, for progress.
};

/**
 * Carries out the runs of a matrix, each in a process of its own, and hands their rows on in the
 * order of the cells. A run that stands in its place, complete, is not made again; one that was
 * pruned or damaged is. Runs get into their place whole or not at all, so that a matrix may be
 * killed at any moment and be called again.
 *
 * A run in whose place another one stands fails with status 2.
 *
 * The calling process must not have used ns-3's simulator.
 *
 * \throws run::DetectorError if the detectors cannot say what they are
 */
void RunCells(const Cells& cells,
              const MatrixOptions& options,
              const RowMaker& rows,
              const MatrixCallbacks& callbacks);

} // namespace bouncelab::matrix

#endif // BOUNCELAB_LAB_MATRIX_MATRIX_H

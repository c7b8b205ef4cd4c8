#ifndef BOUNCELAB_LAB_MATRIX_CELL_H
#define BOUNCELAB_LAB_MATRIX_CELL_H

#include "lab/run/run-spec.h"
#include "lab/scenario/persona-library.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>

namespace bouncelab::matrix
{

/// One run of a matrix: scenario, variant, settings, seed.
struct Cell
{
    std::string scenario; //!< Its name.
    run::RunSpec spec;    //!< What decides what it writes; `out` is the engine's.
};

/// The runs of a matrix by their numbers, made when they are asked for: there may be a million.
struct Cells
{
    std::size_t count = 0;
    std::function<Cell(std::size_t)> at;
};

/// Where a run lies below a folder of results: SCENARIO/VARIANT/KEY=VALUE/.../seed-N, a folder for
/// each setting, so that no two runs with different settings share a place.
std::filesystem::path PlaceOf(const Cell& cell);

/// How a place stands to the run that belongs there.
enum class Standing
{
    Empty,
    Complete, //!< The very run: same scenario, settings, seed, vantages and version, and whole.
    Partial,  //!< The very run, but pruned (see Keep) or damaged.
    Other,    //!< Another one.
};

struct StandingRun
{
    Standing standing = Standing::Empty;
    std::string difference; //!< Of another run: "holds a run with seed 2, this one has 1".
};

/**
 * Compares what stands in a folder with a run. Digests of all files are checked.
 *
 * \throws scenario::ScenarioError if the run's scenario cannot be had
 */
StandingRun LookAt(const std::filesystem::path& folder,
                   const run::RunSpec& spec,
                   const scenario::PersonaLibrary& personas);

} // namespace bouncelab::matrix

#endif // BOUNCELAB_LAB_MATRIX_CELL_H

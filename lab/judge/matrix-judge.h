#ifndef BOUNCELAB_LAB_JUDGE_MATRIX_JUDGE_H
#define BOUNCELAB_LAB_JUDGE_MATRIX_JUDGE_H

#include "lab/judge/subject.h"
#include "lab/matrix/matrix.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace bouncelab::judge
{

/// What a detector is judged on, and where what it says is kept.
struct JudgeOptions
{
    matrix::Cells runs;
    matrix::MatrixOptions how;
    std::vector<std::string> vantages; //!< Only these; empty = all.
    std::filesystem::path records;     //!< See RecordOf().
};

/**
 * Judges a program over the runs of a matrix. Runs that stand complete are not made again.
 *
 * \param callbacks `done` decides what becomes of a run that failed
 * \return in the order of the runs, then by vantage and detector
 */
std::vector<score::JudgedCell> JudgeMatrix(const Subject& subject,
                                           const JudgeOptions& options,
                                           const matrix::MatrixCallbacks& callbacks);

} // namespace bouncelab::judge

#endif // BOUNCELAB_LAB_JUDGE_MATRIX_JUDGE_H

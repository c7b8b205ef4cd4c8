#ifndef BOUNCELAB_LAB_CLI_SCORE_TABLE_H
#define BOUNCELAB_LAB_CLI_SCORE_TABLE_H

#include "lab/cli/table.h"
#include "lab/score/run-score.h"

#include <string>
#include <vector>

namespace bouncelab::cli
{

/**
 * What each detector said: a row for each variant. Several runs of a variant are counted together,
 * with 95 % bounds by runs (score::Rate): of the runs as expected, of the faults that a detector
 * found, and where it had false alarms or was not as expected, of these.
 */
Table ScoreTable(const std::vector<score::RunScore>& scores);

/// Every claim of every run with its documented and its simulated value, and every verdict that was
/// not as expected, in lines of at most width columns.
std::string ClaimText(const std::vector<score::RunScore>& scores, std::size_t width);

} // namespace bouncelab::cli

#endif // BOUNCELAB_LAB_CLI_SCORE_TABLE_H

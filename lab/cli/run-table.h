#ifndef BOUNCELAB_LAB_CLI_RUN_TABLE_H
#define BOUNCELAB_LAB_CLI_RUN_TABLE_H

#include "lab/cli/terminal.h"
#include "lab/score/run-score.h"

#include <string>
#include <vector>

namespace bouncelab::cli
{

/// A run for the table, and where its files lie.
struct TableRun
{
    score::RunScore score;
    std::string folder;   //!< As people type it.
    bool isJudged = true; //!< Whether expectations speak of it: not of a run with --set, and not
                          //!< of one without any.
    std::string alerts;   //!< The file that was judged in place of the run's verdicts, if any.
};

/**
 * The table of `run` and `score`: a row a variant, grouped by scenario. The first sign says whether
 * everything came as expected (✓), or not (✗), or that nothing is expected (·), and nothing else;
 * with several seeds it says in how many. Detectors that were silent as expected are left out.
 * Below a row that is not as expected stand the reasons, with the file to look into.
 */
std::string RunTable(const std::vector<TableRun>& runs, const Terminal& terminal);

/// Whether a claim was missed by just what was predicted: a star in the table.
bool HasPredictedMiss(const std::vector<TableRun>& runs);

/// "46 of 47 as expected, 1 not: relay-tests/clock-off"; without a line end.
std::string Tally(const std::vector<TableRun>& runs);

} // namespace bouncelab::cli

#endif // BOUNCELAB_LAB_CLI_RUN_TABLE_H

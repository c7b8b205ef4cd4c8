#ifndef BOUNCELAB_LAB_CLI_JUDGE_TABLE_H
#define BOUNCELAB_LAB_CLI_JUDGE_TABLE_H

#include "lab/cli/terminal.h"
#include "lab/score/detector-report.h"

#include <string>
#include <vector>

namespace bouncelab::cli
{

/// "[0.25, 0.75]", "[–]" where there are none.
std::string BoundsText(const std::optional<score::Interval>& bounds);

/// What `judge` prints: figures with their bounds, of one detector also by variant and by cause,
/// and the first misses, false alarms and failures with the place to look at.
std::string JudgeText(const std::vector<score::DetectorReport>& reports,
                      const std::vector<score::JudgedCell>& cells,
                      const Terminal& terminal);

} // namespace bouncelab::cli

#endif // BOUNCELAB_LAB_CLI_JUDGE_TABLE_H

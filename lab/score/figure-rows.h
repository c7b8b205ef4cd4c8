#ifndef BOUNCELAB_LAB_SCORE_FIGURE_ROWS_H
#define BOUNCELAB_LAB_SCORE_FIGURE_ROWS_H

#include "lab/score/run-folder.h"

#include <string>
#include <string_view>
#include <vector>

/// The table of a page that says which figures of facts were seen, one row a claim and variant.
namespace bouncelab::score
{

/// The rows of a run's claims of facts about injection (I01 and up), as lines of Markdown.
std::vector<std::string> FigureRows(const RunFolder& run);

/**
 * A page whose rows of one scenario are these, and no others; rows of facts are sorted, and stand
 * at the head of its first table.
 */
std::string WithFigures(std::string_view page,
                        const std::string& scenario,
                        const std::vector<std::string>& rows);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_FIGURE_ROWS_H

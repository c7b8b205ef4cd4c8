#ifndef BOUNCELAB_LAB_REPORT_TOPOLOGY_CHART_H
#define BOUNCELAB_LAB_REPORT_TOPOLOGY_CHART_H

#include "lab/scenario/scenario.h"

#include <string>

namespace bouncelab::report
{

/// The network of a scenario as it was understood, as text of at most 100 columns: a tree from the
/// site's gateway on, or else from what joins most, one node a line. A node that two lines lead to
/// stands where it is met first, and is named where it is met again; machines that are numbered
/// stand in one line.
std::string TopologyText(const scenario::Scenario& scenario);

/// The same as a picture, an SVG document. The same scenario gives the same bytes.
std::string TopologyChart(const scenario::Scenario& scenario);

} // namespace bouncelab::report

#endif // BOUNCELAB_LAB_REPORT_TOPOLOGY_CHART_H

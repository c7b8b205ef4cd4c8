#ifndef BOUNCELAB_LAB_REPORT_RANGE_CHART_H
#define BOUNCELAB_LAB_REPORT_RANGE_CHART_H

#include <string>
#include <vector>

namespace bouncelab::report
{

/// A bar: the middle of what several runs gave, and its range.
struct RangeBar
{
    std::string label;
    double least = 0;
    double middle = 0;
    double most = 0;
    std::string text; //!< At its end; "0.316 s".
};

/// Bars with one scale of their own, which begins at 0.
struct RangePanel
{
    std::string title;
    std::vector<RangeBar> bars;
};

/**
 * A picture of panels below one another, as an SVG document: readable without color, and in dark
 * and light pages alike. The same panels give the same bytes. Negative values are drawn as 0.
 */
std::string RangeChart(const std::string& title, const std::vector<RangePanel>& panels);

} // namespace bouncelab::report

#endif // BOUNCELAB_LAB_REPORT_RANGE_CHART_H

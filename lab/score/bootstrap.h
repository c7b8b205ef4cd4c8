#ifndef BOUNCELAB_LAB_SCORE_BOOTSTRAP_H
#define BOUNCELAB_LAB_SCORE_BOOTSTRAP_H

#include "formats/random.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bouncelab::score
{

/// Bounds of a figure; of a rate by default.
struct Interval
{
    double low = 0;
    double high = 1;
};

constexpr double TAIL = 0.025; //!< On either side of 95 %.

/// What so many runs without an exception leave possible (Clopper and Pearson 1934): the least rate
/// that brings them with a probability of TAIL.
inline double
LeastRate(std::size_t runs)
{
    return std::pow(TAIL, 1 / static_cast<double>(runs));
}

/// As figures and their bounds are written, in ten-thousandths: further digits say nothing.
inline double
Rounded(double value)
{
    constexpr double PARTS = 10000;
    return std::round(value * PARTS) / PARTS;
}

/**
 * 95 % bounds of a figure by drawing whole runs again (percentiles of a cluster bootstrap; Davison
 * and Hinkley 1997, 3.8), with the same draws whenever there are as many runs.
 *
 * \param runs at least 1
 * \param figure of (std::vector<std::size_t>: the runs that were drawn)
 */
template <class Figure>
Interval
Bootstrap(std::size_t runs, const Figure& figure)
{
    constexpr std::size_t RESAMPLES = 2000;
    const DrawKey draws(0, "bootstrap");
    std::uint64_t drawn = 0;
    std::vector<double> figures(RESAMPLES);
    std::vector<std::size_t> sample(runs);
    for (double& each : figures)
    {
        for (std::size_t& run : sample)
        {
            ++drawn;
            run = draws("run", drawn).Below(runs);
        }
        each = figure(sample);
    }
    std::sort(figures.begin(), figures.end());
    const auto cut = static_cast<std::size_t>(TAIL * RESAMPLES);
    return {figures[cut], figures[RESAMPLES - 1 - cut]};
}

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_BOOTSTRAP_H
